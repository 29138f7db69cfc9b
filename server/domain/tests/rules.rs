//! The rules of a sale, told as stories: what is refused, in which words, and what is not.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Sale, Shape, approver, context, header, line, principal, rep, snapshot, system};
use quo_domain::approval::CaseState;
use quo_domain::event::EventBody;
use quo_domain::ids::{LineId, OrderId, QuoteId, RevisionNo};
use quo_domain::order::OrderState;
use quo_domain::quote::{QuoteAction, QuoteCommand, QuoteEvent, QuoteFamily, QuoteState};
use quo_domain::snapshot::{Worse, Worsening};
use quo_domain::timer::TimerIntent;
use quo_domain::{ActorKind, Principal, Timestamp, conversion, quote};

fn says(result: Result<(), quo_domain::Refusal>) -> String {
    result.unwrap_err().to_string()
}

fn approve(role: &str) -> QuoteAction {
    QuoteAction::Approve {
        case: None,
        role: role.to_owned(),
    }
}

/// The timers as lines a person can read.
fn timers(sale: &Sale) -> Vec<String> {
    sale.timers
        .iter()
        .map(|intent| match intent {
            TimerIntent::Set { id, due, .. } => format!("set {id} {due}"),
            TimerIntent::Clear { id } => format!("clear {id}"),
        })
        .collect()
}

#[test]
fn a_sale_from_the_first_line_to_the_last_task() {
    let mut sale = Sale::with_order_in(OrderState::InProgress, Shape::default());
    sale.complete("billing");
    sale.complete("provision");
    let quote: Vec<_> = sale
        .quote_events
        .iter()
        .map(EventBody::event_type)
        .collect();
    assert_eq!(
        quote,
        [
            "quo.quote.created",
            "quo.quote.line_added",
            "quo.quote.line_configured",
            "quo.quote.priced",
            "quo.quote.validated",
            "quo.quote.submitted_for_approval",
            "quo.approval.granted",
            "quo.quote.approved",
            "quo.quote.presented",
            "quo.quote.accepted",
            "quo.quote.converted",
        ]
    );
    let order: Vec<_> = sale
        .order_events
        .iter()
        .map(EventBody::event_type)
        .collect();
    assert_eq!(
        order,
        [
            "quo.order.captured",
            "quo.order.submitted",
            "quo.order.validated",
            "quo.order.decomposed",
            "quo.order.task_released",
            "quo.order.task_started",
            "quo.order.task_completed",
            "quo.order.task_released",
            "quo.order.task_started",
            "quo.order.task_completed",
            "quo.order.completed",
        ]
    );
    assert_eq!(
        timers(&sale),
        [
            "set quote/Q-1/revision/1/expiry 2026-08-01T00:00:00.000Z",
            "set quote/Q-1/revision/1/approval/1 2026-07-02T18:00:00.000Z",
            "clear quote/Q-1/revision/1/approval/1",
            "clear quote/Q-1/revision/1/expiry",
            "set order/O-1/task/billing 2026-07-02T10:00:30.000Z",
            "clear order/O-1/task/billing",
            "set order/O-1/task/provision 2026-07-02T10:00:30.000Z",
            "clear order/O-1/task/provision",
        ]
    );
}

#[test]
fn the_order_carries_the_accepted_commitment_whole() {
    let sale = Sale::in_state(QuoteState::Converted, Shape::default());
    let (family, order) = (sale.family(), sale.order());
    let revision = &family.revisions[0];
    assert_eq!(
        Some(&order.commitment),
        revision.commitment(&family.id).as_ref()
    );
    assert_eq!(order.commitment.snapshot, snapshot(&sale.shape));
    assert_eq!(order.commitment.lines, revision.lines);
    assert_eq!(order.commitment.approvals[0].state, CaseState::Approved);
    let promised = &revision.acceptance.as_ref().unwrap().commitment_fingerprint;
    assert_eq!(&order.commitment.fingerprint().unwrap(), promised);
    assert_eq!(revision.order, Some(order.id.clone()));
}

#[test]
fn every_change_of_content_drops_the_price_and_its_timer() {
    let changes = [
        QuoteAction::ChangeHeader { header: header() },
        QuoteAction::AddLine { line: line("2") },
        QuoteAction::ConfigureLine {
            line: LineId::parse("1").unwrap(),
            configuration: serde_json::json!(null),
        },
        QuoteAction::RemoveLine {
            line: LineId::parse("1").unwrap(),
        },
    ];
    for change in changes {
        let mut sale = Sale::in_state(QuoteState::Validated, Shape::default());
        sale.quote(&rep(), change).unwrap();
        let revision = sale.family().revision(None).unwrap();
        assert_eq!(revision.current_price(), None);
        assert!(matches!(
            revision.state,
            QuoteState::Draft | QuoteState::Configured
        ));
        assert_eq!(
            timers(&sale).last().unwrap(),
            "clear quote/Q-1/revision/1/expiry"
        );
        assert!(says(sale.quote(&rep(), QuoteAction::SubmitForApproval)).contains("not allowed"));
    }
}

#[test]
fn a_price_of_other_content_is_stale() {
    let mut sale = Sale::in_state(QuoteState::Configured, Shape::default());
    let stale = sale.price_action();
    sale.quote(&rep(), QuoteAction::AddLine { line: line("2") })
        .unwrap();
    assert_eq!(
        says(sale.quote(&rep(), stale)),
        "`price` is refused: the price is of content version 3, the quote is at 4"
    );
}

#[test]
fn a_price_is_accepted_under_its_own_fingerprint_only() {
    let mut sale = Sale::in_state(QuoteState::Presented, Shape::default());
    let answer_fingerprint = "v1:older".to_owned();
    assert_eq!(
        says(sale.quote(&rep(), QuoteAction::Accept { answer_fingerprint })),
        "`accept` is refused: the acceptance names the price `v1:older`, the quote has `v1:answer`"
    );
}

#[test]
fn a_revision_keeps_its_package_until_it_is_repriced() {
    let mut sale = Sale::in_state(QuoteState::Priced, Shape::default());
    sale.quote(&rep(), QuoteAction::AddLine { line: line("2") })
        .unwrap();
    let mut other = snapshot(&sale.shape);
    other.package = "p2".to_owned();
    let (content_version, snapshot) = (4, Box::new(other));
    let price = QuoteAction::Price {
        content_version,
        snapshot: snapshot.clone(),
    };
    assert_eq!(
        says(sale.quote(&rep(), price)),
        "`price` is refused: the revision is pinned to package `p1`, not `p2`; reprice to change it"
    );
    sale.quote(
        &rep(),
        QuoteAction::Reprice {
            content_version,
            snapshot,
        },
    )
    .unwrap();
    let QuoteEvent::QuoteRepriced(event) = sale.quote_events.last().unwrap() else {
        panic!()
    };
    assert_eq!(event.previous_package.as_deref(), Some("p1"));
    let revision = sale.family().revision(None).unwrap();
    assert_eq!(revision.pinned_package.as_deref(), Some("p2"));
}

#[test]
fn nobody_approves_what_they_prepared_nor_twice_nor_without_the_role() {
    let shape = Shape {
        approvals: vec![vec![vec!["SalesManager", "DealDesk"], vec!["CFO"]]],
        ..Shape::default()
    };
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape);
    let prepared = principal(ActorKind::User, "rep", "SalesManager");
    assert_eq!(
        says(sale.quote(&prepared, approve("SalesManager"))),
        "`approve` is refused: `user:rep` prepared what is to be approved"
    );
    assert_eq!(
        says(sale.quote(&approver("Intern"), approve("SalesManager"))),
        "`approve` is refused: `user:holder-of-Intern` does not hold the role `SalesManager`"
    );
    assert_eq!(
        says(sale.quote(&approver("CFO"), approve("CFO"))),
        "`approve` is refused: approval case 1 waits for `SalesManager` and `DealDesk`, not for `CFO`"
    );
    let both = principal(ActorKind::User, "boss", "SalesManager DealDesk CFO");
    sale.quote(&both, approve("DealDesk")).unwrap();
    assert_eq!(
        says(sale.quote(&both, approve("SalesManager"))),
        "`approve` is refused: `user:boss` has already decided in this approval case"
    );
    sale.quote(&approver("SalesManager"), approve("SalesManager"))
        .unwrap();
    assert_eq!(sale.state(), QuoteState::PendingApproval);
    sale.quote(&approver("CFO"), approve("CFO")).unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
}

#[test]
fn whoever_prepared_it_may_approve_where_the_matrix_does_not_forbid_it() {
    let shape = Shape {
        requester_may: true,
        ..Shape::default()
    };
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape);
    let prepared = principal(ActorKind::User, "rep", "SalesManager");
    sale.quote(&prepared, approve("SalesManager")).unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
}

#[test]
fn one_role_is_enough_where_the_matrix_says_so() {
    let shape = Shape {
        approvals: vec![vec![vec!["SalesManager", "DealDesk"], vec!["CFO", "CEO"]]],
        any_of: vec![1],
        ..Shape::default()
    };
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape);
    assert_eq!(
        says(sale.quote(&approver("CFO"), approve("CFO"))),
        "`approve` is refused: approval case 1 waits for `SalesManager` or `DealDesk`, not for `CFO`"
    );
    sale.now = sale.now.plus_millis(1_000);
    sale.quote(&approver("DealDesk"), approve("DealDesk"))
        .unwrap();
    let case = &sale.family().revisions[0].approvals[0];
    assert_eq!((case.step, case.missing_roles()), (2, vec!["CFO", "CEO"]));
    // The next step has its own time from now on.
    assert_eq!(
        timers(&sale).last().unwrap(),
        "set quote/Q-1/revision/1/approval/1 2026-07-02T18:00:01.000Z"
    );
    sale.quote(&approver("CEO"), approve("CEO")).unwrap();
    assert_eq!(
        sale.state(),
        QuoteState::PendingApproval,
        "the second step needs both"
    );
    sale.quote(&approver("CFO"), approve("CFO")).unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
}

#[test]
fn everyone_who_touched_the_quote_prepared_it() {
    let mut sale = Sale::in_state(QuoteState::Configured, Shape::default());
    let manager = principal(ActorKind::User, "manager", "SalesManager");
    sale.quote(&manager, QuoteAction::ChangeHeader { header: header() })
        .unwrap();
    for action in [
        sale.price_action(),
        QuoteAction::Validate,
        QuoteAction::SubmitForApproval,
    ] {
        sale.quote(&rep(), action).unwrap();
    }
    assert!(says(sale.quote(&manager, approve("SalesManager"))).contains("prepared"));
}

#[test]
fn an_unanswered_step_goes_up_and_the_last_stays_open() {
    let shape = Shape {
        approvals: vec![vec![vec!["DealDesk"], vec!["CFO"]]],
        ..Shape::default()
    };
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape);
    let escalate = || QuoteAction::Escalate { case: 1 };
    assert_eq!(
        says(sale.quote(&system(), escalate())),
        "`escalate` is refused: the step has time until 2026-07-02T18:00:00.000Z"
    );
    sale.now = "2026-07-02T18:00:00Z".parse().unwrap();
    sale.quote(&system(), escalate()).unwrap();
    let case = |sale: &Sale| sale.family().revision(None).unwrap().approvals[0].clone();
    assert_eq!(case(&sale).missing_roles(), ["CFO"]);
    assert_eq!(case(&sale).escalated, [1]);
    sale.now = "2026-07-03T02:00:00Z".parse().unwrap();
    sale.quote(&system(), escalate()).unwrap();
    assert_eq!(case(&sale).state, CaseState::Overdue);
    assert_eq!(
        timers(&sale)[2..],
        [
            "set quote/Q-1/revision/1/approval/1 2026-07-03T02:00:00.000Z",
            "clear quote/Q-1/revision/1/approval/1",
        ]
    );
    sale.quote(&approver("CFO"), approve("CFO")).unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
}

#[test]
fn an_unanswered_step_goes_up_to_the_role_that_is_named_and_then_to_the_next() {
    let shape = Shape {
        approvals: vec![vec![vec!["SalesManager", "Legal"], vec!["CFO"]]],
        any_of: vec![1],
        goes_up_to: Some("DealDesk"),
        ..Shape::default()
    };
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape);
    let case = |sale: &Sale| sale.family().revision(None).unwrap().approvals[0].clone();
    sale.now = "2026-07-02T18:00:00Z".parse().unwrap();
    sale.quote(&system(), QuoteAction::Escalate { case: 1 })
        .unwrap();
    assert_eq!((case(&sale).step, case(&sale).escalated), (1, vec![1]));
    assert_eq!(case(&sale).missing_roles(), ["DealDesk"]);
    let refused = says(sale.quote(&approver("Legal"), approve("Legal")));
    assert!(refused.contains("waits for `DealDesk`"), "{refused}");
    sale.now = "2026-07-03T02:00:00Z".parse().unwrap();
    sale.quote(&system(), QuoteAction::Escalate { case: 1 })
        .unwrap();
    assert_eq!(case(&sale).missing_roles(), ["CFO"]);
    sale.now = "2026-07-03T10:00:00Z".parse().unwrap();
    sale.quote(&system(), QuoteAction::Escalate { case: 1 })
        .unwrap();
    assert_eq!(case(&sale).missing_roles(), ["DealDesk"]);
    sale.quote(&approver("DealDesk"), approve("DealDesk"))
        .unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
}

#[test]
fn a_decision_is_handed_on_where_the_matrix_allows_it() {
    let hand_on = |to: &Principal| QuoteAction::Delegate {
        case: None,
        role: "SalesManager".to_owned(),
        to: to.actor.clone(),
    };
    let deputy = approver("Legal");
    let allowed = Shape {
        delegation: true,
        ..Shape::default()
    };
    let mut sale = Sale::in_state(QuoteState::PendingApproval, allowed);
    let refused = says(sale.quote(&deputy, hand_on(&deputy)));
    assert!(refused.contains("does not hold the role"), "{refused}");
    let refused = says(sale.quote(&deputy, approve("SalesManager")));
    assert!(refused.contains("does not hold the role"), "{refused}");
    sale.quote(&approver("SalesManager"), hand_on(&deputy))
        .unwrap();
    sale.quote(&deputy, approve("SalesManager")).unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
    let mut sale = Sale::in_state(QuoteState::PendingApproval, Shape::default());
    let refused = says(sale.quote(&approver("SalesManager"), hand_on(&deputy)));
    assert!(
        refused.contains("lets nobody hand a decision on"),
        "{refused}"
    );
}

#[test]
fn the_same_person_never_decides_twice_in_the_cases_of_a_matrix() {
    let shape = |never_twice| Shape {
        approvals: vec![vec![vec!["SalesManager"]], vec![vec!["Legal"]]],
        never_twice,
        ..Shape::default()
    };
    let mut both = approver("SalesManager");
    both.roles.insert("Legal".to_owned());
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape(true));
    sale.quote(&both, approve("SalesManager")).unwrap();
    let refused = says(sale.quote(&both, approve("Legal")));
    assert!(
        refused.contains("in another case of `Commercial`"),
        "{refused}"
    );
    sale.quote(&approver("Legal"), approve("Legal")).unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape(false));
    sale.quote(&both, approve("SalesManager")).unwrap();
    sale.quote(&both, approve("Legal")).unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);
}

#[test]
fn a_revision_is_asked_for_again_only_where_it_got_worse() {
    let judged = |discount| Shape {
        ask_again: vec![Worsening {
            column: "discount".to_owned(),
            worse: Worse::Rises,
            ordinal: discount,
        }],
        ..Shape::default()
    };
    let resubmitted = |shape: Shape| {
        let mut sale = Sale::in_state(QuoteState::PendingApproval, judged(1_000));
        sale.quote(&approver("SalesManager"), approve("SalesManager"))
            .unwrap();
        sale.quote(&rep(), QuoteAction::Revise).unwrap();
        sale.shape = shape;
        for action in [
            sale.price_action(),
            QuoteAction::Validate,
            QuoteAction::SubmitForApproval,
        ] {
            sale.quote(&rep(), action).unwrap();
        }
        sale
    };
    let better = resubmitted(judged(999));
    assert_eq!(better.state(), QuoteState::Approved);
    let revision = better.family().revision(None).unwrap();
    let case = &revision.approvals[0];
    assert_eq!(case.state, CaseState::Approved);
    assert_eq!(case.carried_from, Some(RevisionNo::FIRST));
    assert_eq!(case.decisions.len(), 1);
    assert_eq!(resubmitted(judged(1_000)).state(), QuoteState::Approved);
    assert_eq!(
        resubmitted(judged(1_001)).state(),
        QuoteState::PendingApproval
    );
    // Other people are asked whatever the values say.
    let others = Shape {
        approvals: vec![vec![vec!["DealDesk"]]],
        ..judged(10)
    };
    assert_eq!(resubmitted(others).state(), QuoteState::PendingApproval);
    // Without the statement every revision is asked for again.
    let silent = Shape::default();
    assert_eq!(resubmitted(silent).state(), QuoteState::PendingApproval);
}

#[test]
fn several_cases_are_all_needed_and_one_refusal_ends_them() {
    let shape = Shape {
        approvals: vec![vec![vec!["SalesManager"]], vec![vec!["Legal"]], vec![]],
        ..Shape::default()
    };
    let mut sale = Sale::in_state(QuoteState::PendingApproval, shape);
    assert_eq!(
        sale.family().revisions[0].approvals.len(),
        2,
        "a need without roles is none"
    );
    let mut refused = sale.clone();
    sale.quote(&approver("Legal"), approve("Legal")).unwrap();
    assert_eq!(sale.state(), QuoteState::PendingApproval);
    sale.quote(&approver("SalesManager"), approve("SalesManager"))
        .unwrap();
    assert_eq!(sale.state(), QuoteState::Approved);

    let role = "Legal".to_owned();
    refused
        .quote(&approver("Legal"), QuoteAction::Reject { case: None, role })
        .unwrap();
    assert_eq!(refused.state(), QuoteState::Rejected);
    let states: Vec<_> = refused.family().revisions[0]
        .approvals
        .iter()
        .map(|c| c.state)
        .collect();
    assert_eq!(states, [CaseState::Withdrawn, CaseState::Refused]);
}

#[test]
fn a_quote_expires_after_its_last_day_and_not_before() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let accept = || QuoteAction::Accept {
        answer_fingerprint: "v1:answer".to_owned(),
    };
    let mut sale = Sale::in_state(QuoteState::Presented, Shape::default());
    sale.now = at("2026-07-31T23:59:59.999Z");
    assert_eq!(
        says(sale.quote(&system(), QuoteAction::Expire)),
        "`expire` is refused: the quote is valid until 2026-08-01T00:00:00.000Z"
    );
    sale.clone().quote(&rep(), accept()).unwrap();
    sale.now = at("2026-08-01T00:00:00Z");
    assert_eq!(
        says(sale.quote(&rep(), accept())),
        "`accept` is refused: the quote expired at 2026-08-01T00:00:00.000Z"
    );
    sale.quote(&system(), QuoteAction::Expire).unwrap();
    assert_eq!(sale.state(), QuoteState::Expired);
}

#[test]
fn a_new_revision_takes_the_place_of_the_old_one() {
    let mut sale = Sale::in_state(QuoteState::Accepted, Shape::default());
    sale.quote(&rep(), QuoteAction::Revise).unwrap();
    let family = sale.family().clone();
    assert_eq!(family.revisions[0].state, QuoteState::Superseded);
    let new = family.revision(None).unwrap();
    assert_eq!((new.number, new.state), (RevisionNo(2), QuoteState::Draft));
    assert_eq!(new.lines, family.revisions[0].lines);
    assert_eq!((&new.pinned_package, &new.price), (&None, &None));
    let order = OrderId::parse("O-9").unwrap();
    let refused = conversion::convert(
        &family,
        Some(RevisionNo(1)),
        &order,
        &context(&rep(), sale.now),
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        "`convert` is not allowed in state `superseded`; allowed: nothing, it is final"
    );
}

#[test]
fn a_snapshot_whose_plan_cannot_be_carried_out_is_no_price() {
    let tasks = vec![("a", vec!["b"]), ("b", vec!["a"])];
    let mut sale = Sale::in_state(
        QuoteState::Draft,
        Shape {
            tasks,
            ..Shape::default()
        },
    );
    let price = sale.price_action();
    assert_eq!(
        says(sale.quote(&rep(), price)),
        "`price` is refused: the tasks `a`, `b` wait for each other"
    );
}

#[test]
fn a_quote_is_created_once_and_must_exist() {
    let mut sale = Sale::in_state(QuoteState::Draft, Shape::default());
    let quote_id = QuoteId::parse("Q-1").unwrap();
    let create = QuoteAction::Create {
        quote: quote_id,
        header: header(),
    };
    assert_eq!(
        says(sale.quote(&rep(), create)),
        "there is already a quote `Q-1`"
    );
    let command = QuoteCommand {
        revision: Some(RevisionNo(7)),
        action: QuoteAction::Present,
    };
    let context = context(&rep(), sale.now);
    let refused = quote::decide(sale.family.as_ref(), &command, &context).unwrap_err();
    assert_eq!(refused.to_string(), "there is no revision `7`");
    assert!(quote::decide(None, &command, &context).is_err());
}

#[test]
fn events_that_make_no_sense_are_refused_when_folded() {
    let sale = Sale::in_state(QuoteState::Priced, Shape::default());
    let mut none = None;
    let error = QuoteFamily::apply(&mut none, &sale.quote_events[1]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an event `quo.quote.line_added` does not fit what came before it: the quote was never created"
    );
    let mut twice = sale.family.clone();
    assert!(QuoteFamily::apply(&mut twice, &sale.quote_events[0]).is_err());
}
