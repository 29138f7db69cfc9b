//! Fulfilment plans.

use super::expressions::{Literal, Path};
use super::frame::{Name, NameRef};
use super::products::When;
use super::support::{self, accessors, nodes};

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
    /// `waiting 5 minutes, doubling`
    TaskWaiting = TASK_WAITING;
    /// `no cancelling once provision has started`
    CutOff = CUT_OFF;
    /// `part nodes after billing`
    PartAfter = PART_AFTER;
}

accessors!(Fulfil {
    /// The product or bundle.
    one product: NameRef;
    /// The tasks.
    many tasks: Task;
    /// The tasks after whose start nothing can be cancelled.
    many cut_offs: CutOff;
    /// What the tasks of parts wait for.
    many part_afters: PartAfter;
});

accessors!(CutOff {
    /// The task.
    one task: NameRef;
});

accessors!(PartAfter {
    /// The part.
    one part: NameRef;
    /// What its tasks wait for.
    one after: TaskAfter;
});

accessors!(TaskWaiting {
    /// The wait after the first try that failed.
    one period: Literal;
});

impl TaskWaiting {
    /// Whether each further wait is twice as long.
    #[must_use]
    pub fn is_doubling(&self) -> bool {
        support::has_word(&self.0, "doubling")
    }
}

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
    /// How long to wait between two tries.
    one waiting: TaskWaiting;
    /// How long it may take.
    one within: TaskWithin;
    /// What takes it back.
    one undo: TaskUndo;
});

accessors!(TaskAfter {
    /// The tasks of the same plan.
    many tasks: NameRef;
    /// The tasks of parts.
    many part_tasks: Path;
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
