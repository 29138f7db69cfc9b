//! Every command in every state of an order and of a task does exactly what the tables say.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Sale, Shape, context, rep, system, task_id};
use quo_domain::event::EventBody;
use quo_domain::ids::TaskId;
use quo_domain::machine::{Guard, Name};
use quo_domain::order::{self, MACHINE, Order, OrderCommand, OrderState, OrderVerb, TRANSITIONS};
use quo_domain::task::{self, Finding, TaskState, TaskVerb};
use quo_domain::{Context, Principal, Refusal};

fn one_task() -> Shape {
    Shape {
        tasks: vec![("billing", vec![])],
        ..Shape::default()
    }
}

/// The order, command and circumstances in which a row of the order's table is taken.
fn order_case(
    state: OrderState,
    verb: OrderVerb,
    when: Option<Guard>,
) -> (Order, OrderCommand, Context) {
    let task = || task_id("billing");
    let mut shape = Shape::default();
    if when == Some(Guard::LastTask) {
        shape = one_task();
    }
    if verb == OrderVerb::Decompose && when.is_none() {
        shape.tasks.clear();
    }
    if (state, verb) == (OrderState::Held, OrderVerb::WorkOnTask)
        || (state, verb, when) == (OrderState::Held, OrderVerb::RepairTask, None)
    {
        // One task failed, another, independent one is under way or failed as well.
        shape.tasks = vec![("billing", vec![]), ("other", vec![])];
    }
    if let OrderState::Cancelling | OrderState::CancellationHeld = state {
        // The last one is never begun, so that the order is not completed.
        shape.tasks = vec![("billing", vec![]), ("later", vec!["billing"])];
        shape.undo = vec!["billing"];
        if when.is_none() || when == Some(Guard::StepContinues) {
            shape.tasks.push(("other", vec![]));
            shape.undo.push("other");
        }
    }
    if (state, verb, when) == (OrderState::Held, OrderVerb::Cancel, None) {
        shape.tasks = vec![("billing", vec![]), ("other", vec![])];
        shape.undo = vec!["other"];
    }
    if (state, verb) == (OrderState::InProgress, OrderVerb::Cancel) {
        shape.undo = vec!["billing"];
    }
    let mut sale = Sale::with_order_in(state, shape);
    let started = |sale: &mut Sale| sale.start_task("billing");
    let fail = |may_pass| OrderCommand::FailTask {
        task: task(),
        attempt: 1,
        may_pass,
        detail: "no".to_owned(),
    };
    let complete = |attempt| OrderCommand::CompleteTask {
        task: task(),
        attempt,
        reference: None,
    };
    let command = match (verb, when) {
        (OrderVerb::Submit, _) => OrderCommand::Submit,
        (OrderVerb::Validate, when) => {
            if when.is_none() {
                sale.order.as_mut().unwrap().commitment.snapshot.answer = serde_json::json!("0.01");
            }
            OrderCommand::Validate
        }
        (OrderVerb::Decompose, _) => OrderCommand::Decompose,
        (OrderVerb::Cancel, _) => {
            if when.is_none() && state == OrderState::Held {
                sale.complete("other");
            } else if when.is_none() && state == OrderState::InProgress {
                sale.complete("billing");
            } else if state == OrderState::Held {
                // Held by the validation, since a failed task has been started.
                sale = Sale::with_order_in(OrderState::Submitted, Shape::default());
                sale.order.as_mut().unwrap().commitment.snapshot.answer = serde_json::json!("0.01");
                sale.order_command(&rep(), OrderCommand::Validate).unwrap();
            }
            OrderCommand::Cancel
        }
        (OrderVerb::WorkOnTask, Some(Guard::UndoFailed)) => {
            started(&mut sale);
            fail(false)
        }
        (OrderVerb::WorkOnTask, Some(Guard::NothingToUndo)) => {
            started(&mut sale);
            complete(1)
        }
        (OrderVerb::WorkOnTask, _)
            if matches!(state, OrderState::Cancelling | OrderState::CancellationHeld) =>
        {
            OrderCommand::StartTask {
                task: task_id("other"),
                timeout_ms: 1,
            }
        }
        (OrderVerb::RepairTask, None) if state == OrderState::CancellationHeld => {
            sale.fail_for_good("other");
            OrderCommand::RetryTask { task: task() }
        }
        (OrderVerb::RepairTask, Some(Guard::NoUndoFailed)) => {
            OrderCommand::RetryTask { task: task() }
        }
        (OrderVerb::WorkOnTask, when) if state == OrderState::InProgress => {
            started(&mut sale);
            if when == Some(Guard::TaskFailed) {
                fail(false)
            } else {
                complete(1)
            }
        }
        (OrderVerb::WorkOnTask, _) if state == OrderState::Held => OrderCommand::StartTask {
            task: task_id("other"),
            timeout_ms: 1,
        },
        (OrderVerb::WorkOnTask, _) => complete(1),
        (OrderVerb::RepairTask, None) if state == OrderState::Held => {
            sale.fail_for_good("other");
            OrderCommand::RetryTask { task: task() }
        }
        (OrderVerb::RepairTask, Some(Guard::NoTaskFailed)) => {
            OrderCommand::RetryTask { task: task() }
        }
        (OrderVerb::RepairTask, _) => OrderCommand::SkipTask { task: task() },
    };
    let by = if verb == OrderVerb::WorkOnTask {
        system()
    } else {
        rep()
    };
    (sale.order.clone().unwrap(), command, context(&by, sale.now))
}

fn decide(
    order: &Order,
    command: &OrderCommand,
    context: &Context,
) -> Result<(Vec<&'static str>, Order), Refusal> {
    let decision = order::decide(order, command, context)?;
    let mut after = Some(order.clone());
    for event in &decision.events {
        Order::apply(&mut after, event).unwrap();
    }
    Ok((
        decision.events.iter().map(EventBody::event_type).collect(),
        after.unwrap(),
    ))
}

/// Whether an event type is the one of the row; `*` stands for any ending.
fn fits(pattern: &str, event_type: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => event_type.starts_with(prefix),
        None => event_type == pattern,
    }
}

#[test]
fn every_command_in_every_state_of_an_order() {
    let mut rows_taken = 0;
    for &state in OrderState::ALL {
        for &verb in OrderVerb::ALL {
            let rows: Vec<_> = MACHINE.rows(state, verb).collect();
            for row in &rows {
                let (order, command, context) = order_case(state, verb, row.when);
                assert_eq!(order.state, state);
                let (types, after) = decide(&order, &command, &context)
                    .unwrap_or_else(|e| panic!("`{verb}` in `{state}`: {e}"));
                assert!(
                    types.iter().any(|t| fits(row.event, t)),
                    "`{verb}` in `{state}`: {types:?}"
                );
                assert_eq!(
                    after.state, row.to,
                    "`{verb}` in `{state}` when {:?}",
                    row.when
                );
                rows_taken += 1;
            }
            if rows.is_empty() {
                let (order, command, context) = order_case(state, verb, Some(Guard::StepContinues));
                let refusal = decide(&order, &command, &context).unwrap_err();
                let allowed = MACHINE.allowed(state).into_iter().map(Name::name).collect();
                let machine = "product order";
                let (state, command) = (state.name(), verb.name());
                assert_eq!(
                    refusal,
                    Refusal::NotAllowed {
                        machine,
                        command,
                        state,
                        allowed
                    }
                );
            }
        }
    }
    assert_eq!(rows_taken, TRANSITIONS.len());
}

/// A command of the verb that satisfies every guard and takes the row with this `when`.
fn task_command(verb: TaskVerb, when: Option<Guard>, task: TaskId) -> (OrderCommand, Principal) {
    let attempt = 1;
    let detail = "no".to_owned();
    let command = match verb {
        TaskVerb::Start => OrderCommand::StartTask {
            task,
            timeout_ms: 30_000,
        },
        TaskVerb::Complete => OrderCommand::CompleteTask {
            task,
            attempt,
            reference: None,
        },
        TaskVerb::Fail => {
            let may_pass = when == Some(Guard::MayTryAgain);
            OrderCommand::FailTask {
                task,
                attempt,
                may_pass,
                detail,
            }
        }
        TaskVerb::OutcomeUnknown => OrderCommand::TaskOutcomeUnknown {
            task,
            attempt,
            interrupted: false,
            detail,
        },
        TaskVerb::BeginReconciliation => OrderCommand::BeginReconciliation { task },
        TaskVerb::Reconcile => {
            let finding = match when {
                Some(Guard::FoundDone) => Finding::Done { reference: None },
                Some(Guard::FoundUndone) => Finding::Undone,
                Some(Guard::StillUnknown) => Finding::Unknown,
                Some(Guard::MayTryAgain) => Finding::NotDone,
                _ => Finding::Failed { detail },
            };
            OrderCommand::ReconcileTask { task, finding }
        }
        TaskVerb::Retry => OrderCommand::RetryTask { task },
        TaskVerb::Skip => OrderCommand::SkipTask { task },
        TaskVerb::Release | TaskVerb::Withdraw => panic!("nobody sends it"),
    };
    let by = if matches!(verb, TaskVerb::Retry | TaskVerb::Skip) {
        rep()
    } else {
        system()
    };
    (command, by)
}

#[test]
fn every_command_in_every_state_of_a_task() {
    for &state in TaskState::ALL {
        // A release is not sent; it follows from a predecessor's end, below. Nor is the withdrawal of a cancellation.
        for &verb in TaskVerb::ALL
            .iter()
            .filter(|verb| !matches!(verb, TaskVerb::Release | TaskVerb::Withdraw))
        {
            let rows: Vec<_> = task::MACHINE.rows(state, verb).collect();
            for row in &rows {
                let (mut sale, task) = Sale::with_task_in(state, Shape::default());
                if (state, verb) == (TaskState::Completed, TaskVerb::Start) {
                    sale = Sale::undoing(state);
                }
                let (command, by) = task_command(verb, row.when, task.clone());
                let (types, after) = decide(sale.order(), &command, &context(&by, sale.now))
                    .unwrap_or_else(|e| panic!("`{verb}` in `{state}`: {e}"));
                assert_eq!(types[0], row.event, "`{verb}` in `{state}`");
                assert_eq!(
                    after.task(&task).unwrap().state,
                    row.to,
                    "`{verb}` in `{state}`"
                );
            }
            if rows.is_empty() {
                let (sale, task) = Sale::with_task_in(state, Shape::default());
                let (command, by) = task_command(verb, None, task);
                let refusal = decide(sale.order(), &command, &context(&by, sale.now)).unwrap_err();
                let allowed = task::MACHINE
                    .allowed(state)
                    .into_iter()
                    .map(Name::name)
                    .collect();
                let machine = "fulfilment task";
                let (state, command) = (state.name(), verb.name());
                assert_eq!(
                    refusal,
                    Refusal::NotAllowed {
                        machine,
                        command,
                        state,
                        allowed
                    }
                );
            }
        }
    }
}

#[test]
fn a_task_is_released_when_all_it_waits_for_is_done() {
    let tasks = vec![("a", vec![]), ("b", vec![]), ("c", vec!["a", "b"])];
    let mut sale = Sale::with_order_in(
        OrderState::InProgress,
        Shape {
            tasks,
            ..Shape::default()
        },
    );
    let state = |sale: &Sale, task| sale.order().task(&task_id(task)).unwrap().state;
    assert_eq!(state(&sale, "c"), TaskState::Pending);
    sale.complete("a");
    assert_eq!(state(&sale, "c"), TaskState::Pending);
    sale.order_command(&rep(), OrderCommand::SkipTask { task: task_id("b") })
        .unwrap();
    assert_eq!(state(&sale, "c"), TaskState::Ready);
    sale.complete("c");
    assert_eq!(sale.order().state, OrderState::Completed);
}

#[test]
fn an_unknown_outcome_is_reconciled_before_any_retry() {
    let (mut sale, task) = Sale::with_task_in(TaskState::Unknown, Shape::default());
    let start = OrderCommand::StartTask {
        task: task.clone(),
        timeout_ms: 1,
    };
    let says = sale
        .order_command(&system(), start.clone())
        .unwrap_err()
        .to_string();
    assert_eq!(
        says,
        "`start task` is not allowed in state `unknown`; allowed: `begin reconciliation`"
    );
    sale.look_up("billing");
    assert!(sale.order_command(&system(), start.clone()).is_err());
    sale.reconcile("billing", Finding::Unknown);
    sale.look_up("billing");
    sale.reconcile("billing", Finding::NotDone);
    // Known not to have happened: now a second try, after its wait, and under the same key.
    let says = sale
        .order_command(&system(), start.clone())
        .unwrap_err()
        .to_string();
    assert_eq!(
        says,
        "`start task` is refused: task `billing` waits until 2026-07-02T10:00:00.500Z"
    );
    sale.now = sale.now.plus_millis(500);
    sale.order_command(&system(), start).unwrap();
    let task = sale.order().task(&task).unwrap();
    assert_eq!(
        (task.tries, task.external_key.as_str()),
        (2, "acme/O-1/billing")
    );
}

#[test]
fn a_try_that_the_platform_broke_off_and_nobody_saw_is_not_counted() {
    let shape = Shape {
        tries: 2,
        ..Shape::default()
    };
    let (mut sale, task) = Sale::with_task_in(TaskState::Started, shape);
    let broken_off = |sale: &mut Sale, interrupted| {
        let command = OrderCommand::TaskOutcomeUnknown {
            task: task.clone(),
            attempt: sale.order().task(&task).unwrap().tries,
            interrupted,
            detail: "the service stopped".to_owned(),
        };
        sale.order_command(&system(), command).unwrap();
        sale.look_up("billing");
        sale.reconcile("billing", Finding::NotDone);
        sale.order().task(&task).unwrap().state
    };
    for _ in 0..5 {
        assert_eq!(broken_off(&mut sale, true), TaskState::Ready);
        sale.now = sale.now.plus_millis(task::BACKOFF_MS_MAX);
        sale.start_task("billing");
    }
    // The two that count.
    assert_eq!(broken_off(&mut sale, false), TaskState::Ready);
    sale.now = sale.now.plus_millis(task::BACKOFF_MS_MAX);
    sale.start_task("billing");
    assert_eq!(broken_off(&mut sale, false), TaskState::Failed);
}

#[test]
fn tries_are_counted_and_late_answers_are_not_taken_for_the_next_try() {
    let (mut sale, task) = Sale::with_task_in(TaskState::Started, Shape::default());
    let fail = |attempt| OrderCommand::FailTask {
        task: task.clone(),
        attempt,
        may_pass: true,
        detail: "busy".to_owned(),
    };
    sale.order_command(&system(), fail(1)).unwrap();
    sale.now = sale.now.plus_millis(1_000);
    sale.start_task("billing");
    let says = sale
        .order_command(&system(), fail(1))
        .unwrap_err()
        .to_string();
    assert_eq!(
        says,
        "`fail task` is refused: try 1 of task `billing` is not the one under way"
    );
    sale.order_command(&system(), fail(2)).unwrap();
    assert_eq!(
        sale.order().task(&task).unwrap().state,
        TaskState::Failed,
        "two tries, no third"
    );
    assert_eq!(sale.order().state, OrderState::Held);
    sale.order_command(&rep(), OrderCommand::RetryTask { task: task.clone() })
        .unwrap();
    assert_eq!(sale.order().state, OrderState::InProgress);
    sale.complete("billing");
    sale.complete("provision");
    assert_eq!(sale.order().state, OrderState::Completed);
}

#[test]
fn no_try_begins_after_its_window() {
    let (mut sale, task) = Sale::with_task_in(TaskState::Started, Shape::default());
    sale.now = sale.now.plus_millis(120 * 60_000 + 1);
    let (attempt, detail) = (1, "busy".to_owned());
    let command = OrderCommand::FailTask {
        task: task.clone(),
        attempt,
        may_pass: true,
        detail,
    };
    sale.order_command(&system(), command).unwrap();
    assert_eq!(sale.order().task(&task).unwrap().state, TaskState::Failed);
}

#[test]
fn an_order_with_another_snapshot_than_the_accepted_is_held() {
    let mut sale = Sale::with_order_in(OrderState::Submitted, Shape::default());
    sale.order.as_mut().unwrap().commitment.snapshot.answer = serde_json::json!({"net": "0.01"});
    sale.order_command(&rep(), OrderCommand::Validate).unwrap();
    assert_eq!(sale.order().state, OrderState::Held);
    let problem = sale.order().problem.clone().unwrap();
    assert!(
        problem.starts_with("the order carries `sha256:"),
        "{problem}"
    );
    assert!(sale.order_command(&rep(), OrderCommand::Decompose).is_err());
}
