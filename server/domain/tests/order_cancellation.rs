//! An order that is cancelled: what was done is undone, in the opposite order, and nothing else is begun.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Sale, Shape, rep, system, task_id};
use quo_domain::order::{OrderCommand, OrderState};
use quo_domain::task::{Finding, TaskState};
use quo_domain::timer::TimerIntent;

fn state(sale: &Sale, task: &str) -> TaskState {
    sale.order().task(&task_id(task)).unwrap().state
}

/// `a` before `b` before `d`, and `c` that nothing waits for; all but `b` can be undone.
fn chain() -> Shape {
    Shape {
        tasks: vec![
            ("a", vec![]),
            ("b", vec!["a"]),
            ("c", vec![]),
            ("d", vec!["b"]),
        ],
        undo: vec!["a", "c", "d"],
        ..Shape::default()
    }
}

#[test]
fn what_was_done_is_undone_in_the_opposite_order() {
    use TaskState::{Completed, Undone, Withdrawn};
    let mut sale = Sale::with_order_in(OrderState::InProgress, chain());
    for task in ["a", "b", "d"] {
        sale.complete(task);
    }
    sale.order_command(&rep(), OrderCommand::Cancel).unwrap();
    assert_eq!(sale.order().state, OrderState::Cancelling);
    assert_eq!(state(&sale, "c"), Withdrawn);
    let start = |task| OrderCommand::StartTask {
        task: task_id(task),
        timeout_ms: 1,
    };
    let says = sale.order_command(&system(), start("a")).unwrap_err();
    assert_eq!(
        says.to_string(),
        "`start task` is refused: a task that came after `a` is not undone yet"
    );
    let says = sale.order_command(&system(), start("b")).unwrap_err();
    assert_eq!(
        says.to_string(),
        "`start task` is refused: task `b` is done, and not to be undone"
    );
    sale.complete("d");
    assert_eq!(state(&sale, "d"), Undone);
    assert_eq!(sale.order().state, OrderState::Cancelling);
    sale.complete("a");
    let ended = ["a", "b", "c", "d"].map(|task| state(&sale, task));
    assert_eq!(ended, [Undone, Completed, Withdrawn, Undone]);
    assert_eq!(sale.order().state, OrderState::Cancelled);
    let open = sale.timers.iter().rev().find_map(|timer| match timer {
        TimerIntent::Set { id, .. } => Some(id.clone()),
        TimerIntent::Clear { .. } => None,
    });
    let cleared = sale.timers.last().cloned();
    assert_eq!(
        cleared,
        open.map(|id| TimerIntent::Clear { id }),
        "the last deadline is cleared"
    );
}

#[test]
fn what_is_under_way_is_waited_for_and_then_undone() {
    let mut sale = Sale::with_order_in(OrderState::InProgress, chain());
    sale.start_task("a");
    sale.lose("c");
    sale.order_command(&rep(), OrderCommand::Cancel).unwrap();
    assert_eq!(sale.order().state, OrderState::Cancelling);
    let withdrawn = ["b", "d"].map(|task| state(&sale, task));
    assert_eq!(withdrawn, [TaskState::Withdrawn; 2]);
    // One comes to nothing and is not tried again, though it could be; the other turns out to be done.
    let fail = OrderCommand::FailTask {
        task: task_id("a"),
        attempt: 1,
        may_pass: true,
        detail: "busy".to_owned(),
    };
    sale.order_command(&system(), fail).unwrap();
    assert_eq!(state(&sale, "a"), TaskState::Failed);
    assert_eq!(sale.order().state, OrderState::Cancelling);
    sale.look_up("c");
    sale.reconcile("c", Finding::Done { reference: None });
    assert_eq!(state(&sale, "c"), TaskState::Completed);
    sale.complete("c");
    assert_eq!(sale.order().state, OrderState::Cancelled);
}

#[test]
fn a_lost_undo_is_looked_up_before_another_try() {
    let mut sale = Sale::undoing(TaskState::UndoUnknown);
    let start = OrderCommand::StartTask {
        task: task_id("billing"),
        timeout_ms: 1,
    };
    assert!(sale.order_command(&system(), start.clone()).is_err());
    sale.look_up("billing");
    sale.reconcile("billing", Finding::NotDone);
    assert_eq!(state(&sale, "billing"), TaskState::Completed);
    let says = sale.order_command(&system(), start.clone()).unwrap_err();
    assert!(says.to_string().contains("waits until"), "{says}");
    sale.now = sale.now.plus_millis(1_000);
    sale.lose("billing");
    assert_eq!(sale.attempt("billing"), 2);
    sale.look_up("billing");
    sale.reconcile("billing", Finding::Undone);
    assert_eq!(state(&sale, "billing"), TaskState::Undone);
}

#[test]
fn an_undo_that_fails_holds_the_cancellation_until_a_person_decides() {
    let mut sale = Sale::with_order_in(OrderState::CancellationHeld, chain_of_two());
    assert_eq!(state(&sale, "billing"), TaskState::UndoFailed);
    let task = task_id("billing");
    let retry = OrderCommand::RetryTask { task: task.clone() };
    sale.order_command(&rep(), retry).unwrap();
    assert_eq!(sale.order().state, OrderState::Cancelling);
    sale.fail_for_good("billing");
    assert_eq!(sale.order().state, OrderState::CancellationHeld);
    sale.order_command(&rep(), OrderCommand::SkipTask { task })
        .unwrap();
    assert_eq!(state(&sale, "billing"), TaskState::Kept);
    assert_eq!(sale.order().state, OrderState::Cancelled);
}

fn chain_of_two() -> Shape {
    Shape {
        undo: vec!["billing"],
        ..Shape::default()
    }
}

#[test]
fn a_task_that_failed_is_not_begun_again_once_the_order_is_being_cancelled() {
    let mut sale = Sale::with_order_in(OrderState::InProgress, chain());
    sale.complete("c");
    sale.fail_for_good("a");
    sale.order_command(&rep(), OrderCommand::Cancel).unwrap();
    sale.fail_for_good("c");
    let retry = OrderCommand::RetryTask { task: task_id("a") };
    let says = sale.order_command(&rep(), retry).unwrap_err();
    assert_eq!(
        says.to_string(),
        "`retry task` is refused: the order is being cancelled"
    );
}

#[test]
fn past_the_cut_off_nothing_is_cancelled() {
    let shape = Shape {
        cut_off: Some("b"),
        ..chain()
    };
    let mut sale = Sale::with_order_in(OrderState::InProgress, shape);
    sale.complete("a");
    let mut before = sale.clone();
    before.order_command(&rep(), OrderCommand::Cancel).unwrap();
    assert_eq!(before.order().state, OrderState::Cancelling);
    sale.start_task("b");
    let says = sale
        .order_command(&rep(), OrderCommand::Cancel)
        .unwrap_err();
    assert_eq!(
        says.to_string(),
        "`cancel` is refused: task `b` has been started, after which the order is no longer cancelled"
    );
}
