//! Fulfilment plans.

use super::expressions::Literal;
use super::frame::{Name, NameRef};
use super::products::When;
use super::support::{accessors, nodes};

nodes! {
    /// `fulfil Suite { … }`
    Fulfil = FULFIL_ITEM;
    /// `provision on Provisioning after entitlement, try 5 times`
    Task = TASK;
    /// `after a, b`
    TaskAfter = TASK_AFTER;
    /// `try 5 times`
    TaskTry = TASK_TRY;
    /// `within 2 hours`
    TaskWithin = TASK_WITHIN;
    /// `undo with deprovision`
    TaskUndo = TASK_UNDO;
}

accessors!(Fulfil {
    /// The product or bundle.
    one product: NameRef;
    /// The tasks.
    many tasks: Task;
});

accessors!(Task {
    /// Its name.
    one name: Name;
    /// The system it runs on.
    one system: NameRef;
    /// What it waits for.
    one after: TaskAfter;
    /// Whether it is needed.
    one when: When;
    /// How often it is tried.
    one tries: TaskTry;
    /// How long it may take.
    one within: TaskWithin;
    /// What takes it back.
    one undo: TaskUndo;
});

accessors!(TaskAfter {
    /// The tasks.
    many tasks: NameRef;
});

accessors!(TaskTry {
    /// The number of tries.
    one times: Literal;
});

accessors!(TaskWithin {
    /// The time.
    one period: Literal;
});

accessors!(TaskUndo {
    /// The name of the task that takes it back.
    one task: NameRef;
});
