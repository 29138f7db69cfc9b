//! Every command in every state of a quote revision does exactly what the table says.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Sale, Shape, approver, context, header, line, principal, rep, snapshot, system};
use quo_domain::event::EventBody;
use quo_domain::ids::{LineId, OrderId, RevisionNo};
use quo_domain::machine::{Authority, Guard, Name, Transition};
use quo_domain::quote::{
    self, MACHINE, QuoteAction, QuoteCommand, QuoteFamily, QuoteState, QuoteVerb, TRANSITIONS,
};
use quo_domain::{ActorKind, Context, Principal, Refusal};

/// The shape in which a row's alternative is the one taken.
fn shape_for(when: Option<Guard>, verb: QuoteVerb) -> Shape {
    let approvals = match (verb, when) {
        (QuoteVerb::SubmitForApproval, None) => vec![],
        (QuoteVerb::Approve, Some(Guard::MoreApprovalsMissing)) => {
            vec![vec![vec!["SalesManager", "DealDesk"]]]
        }
        _ => vec![vec![vec!["SalesManager"]]],
    };
    let blocking = match (verb, when) {
        (QuoteVerb::Validate, None) => vec!["not sold in this country"],
        _ => vec![],
    };
    Shape {
        approvals,
        delegation: verb == QuoteVerb::Delegate,
        blocking,
        ..Shape::default()
    }
}

/// A command of the verb that satisfies every guard, by whoever may send it.
fn command_of(verb: QuoteVerb, sale: &Sale) -> (QuoteAction, Principal) {
    let first = || LineId::parse("1").unwrap();
    let content_version = sale.family().revisions[0].content_version;
    let role = || "SalesManager".to_owned();
    let action = match verb {
        QuoteVerb::ChangeHeader => QuoteAction::ChangeHeader { header: header() },
        QuoteVerb::AddLine => QuoteAction::AddLine { line: line("2") },
        QuoteVerb::ConfigureLine => QuoteAction::ConfigureLine {
            line: first(),
            configuration: serde_json::json!({}),
        },
        QuoteVerb::RemoveLine => QuoteAction::RemoveLine { line: first() },
        QuoteVerb::Price => QuoteAction::Price {
            content_version,
            snapshot: Box::new(snapshot(&sale.shape)),
        },
        QuoteVerb::Reprice => QuoteAction::Reprice {
            content_version,
            snapshot: Box::new(snapshot(&sale.shape)),
        },
        QuoteVerb::Validate => QuoteAction::Validate,
        QuoteVerb::SubmitForApproval => QuoteAction::SubmitForApproval,
        QuoteVerb::Approve => QuoteAction::Approve {
            case: Some(1),
            role: role(),
        },
        QuoteVerb::Reject => QuoteAction::Reject {
            case: Some(1),
            role: role(),
        },
        QuoteVerb::Delegate => QuoteAction::Delegate {
            case: Some(1),
            role: role(),
            to: rep().actor,
        },
        QuoteVerb::Escalate => QuoteAction::Escalate { case: 1 },
        QuoteVerb::Present => QuoteAction::Present,
        QuoteVerb::Accept => QuoteAction::Accept {
            answer_fingerprint: "v1:answer".to_owned(),
        },
        QuoteVerb::Convert => QuoteAction::Convert {
            order: OrderId::parse("O-2").unwrap(),
        },
        QuoteVerb::Expire => QuoteAction::Expire,
        QuoteVerb::Cancel => QuoteAction::Cancel,
        QuoteVerb::Revise => QuoteAction::Revise,
    };
    let by = match verb {
        QuoteVerb::Approve | QuoteVerb::Reject | QuoteVerb::Delegate => approver("SalesManager"),
        QuoteVerb::Escalate | QuoteVerb::Expire => system(),
        _ => rep(),
    };
    (action, by)
}

/// A case of the machine: a family, a command to its first revision, and its circumstances.
struct Case {
    family: QuoteFamily,
    command: QuoteCommand,
    context: Context,
}

impl Case {
    fn of(state: QuoteState, verb: QuoteVerb, when: Option<Guard>) -> Self {
        let sale = Sale::in_state(state, shape_for(when, verb));
        let (action, by) = command_of(verb, &sale);
        let mut context = context(&by, sale.now);
        if matches!(verb, QuoteVerb::Expire | QuoteVerb::Escalate) {
            // What is due is due.
            context.now = "2026-08-01T00:00:00Z".parse().unwrap();
        }
        let command = QuoteCommand {
            revision: Some(RevisionNo::FIRST),
            action,
        };
        Self {
            family: sale.family.unwrap(),
            command,
            context,
        }
    }

    /// A command in a sale that nothing blocks.
    fn plain(state: QuoteState, verb: QuoteVerb) -> Self {
        Self::of(state, verb, Some(Guard::NothingBlocks))
    }

    /// The types of the events decided, and the state of the first revision after them.
    fn decide(&self) -> Result<(Vec<&'static str>, QuoteState), Refusal> {
        let decision = quote::decide(Some(&self.family), &self.command, &self.context)?;
        let mut family = Some(self.family.clone());
        for event in &decision.events {
            QuoteFamily::apply(&mut family, event).unwrap();
        }
        let types = decision.events.iter().map(EventBody::event_type).collect();
        Ok((types, family.unwrap().revisions[0].state))
    }
}

#[test]
fn every_command_in_every_state_does_what_the_table_says() {
    let mut rows_taken = 0;
    for &state in QuoteState::ALL {
        for &verb in QuoteVerb::ALL {
            let rows: Vec<_> = MACHINE.rows(state, verb).collect();
            for row in &rows {
                let (types, after) = Case::of(state, verb, row.when)
                    .decide()
                    .unwrap_or_else(|e| panic!("`{verb}` in `{state}`: {e}"));
                assert!(
                    types.contains(&row.event),
                    "`{verb}` in `{state}` gave {types:?}"
                );
                assert_eq!(after, row.to, "`{verb}` in `{state}`");
                rows_taken += 1;
            }
            if rows.is_empty() {
                let refusal = Case::plain(state, verb).decide().unwrap_err();
                let allowed = MACHINE.allowed(state).into_iter().map(Name::name).collect();
                let machine = "quote revision";
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

/// Breaks the guard in a case where everything holds.
fn break_guard(case: &mut Case, guard: Guard) {
    let far = "2027-01-01T00:00:00Z".parse().unwrap();
    let revision = &mut case.family.revisions[0];
    match guard {
        Guard::HasLines => revision.lines.clear(),
        Guard::LineIsNew => case.command.action = QuoteAction::AddLine { line: line("1") },
        Guard::LineExists => revision.lines[0].id = LineId::parse("other").unwrap(),
        Guard::PricedFromThisContent | Guard::PriceIsCurrent => revision.content_version += 1,
        Guard::PackageIsPinned => revision.pinned_package = Some("p0".to_owned()),
        Guard::SnapshotIsWellFormed => revision.header.selling_date = "2026-07-03".to_owned(),
        Guard::NotExpired => case.context.now = far,
        Guard::ExpiryPassed => case.context.now = common::start(),
        Guard::FullyApproved => revision.approval_fingerprint = None,
        Guard::FingerprintNamed => {
            let answer_fingerprint = "v1:other".to_owned();
            case.command.action = QuoteAction::Accept { answer_fingerprint };
        }
        Guard::OnlyConvertible => {
            let mut other = revision.clone();
            other.number = RevisionNo(2);
            other.state = QuoteState::Accepted;
            case.family.revisions.push(other);
        }
        Guard::ReasonGiven => case.context.reason = Some(" ".to_owned()),
        other => panic!("no way to break `{other}`"),
    }
}

#[test]
fn every_guard_of_the_table_refuses() {
    for row in TRANSITIONS {
        for &guard in row.guards {
            let mut case = Case::of(row.from, row.command, row.when);
            break_guard(&mut case, guard);
            match case.decide() {
                Err(Refusal::Guarded {
                    guard: refused_by, ..
                }) => {
                    assert_eq!(refused_by, guard, "`{}` in `{}`", row.command, row.from);
                }
                other => panic!("`{}` without `{guard}`: {other:?}", row.command),
            }
        }
    }
}

fn wrong_actor(row: &Transition<QuoteState, QuoteVerb>) -> Principal {
    match row.authority {
        Authority::System => rep(),
        Authority::Approver => principal(ActorKind::Service, "robot", "SalesManager"),
        Authority::Business | Authority::Anyone => system(),
    }
}

#[test]
fn every_row_is_closed_to_other_kinds_of_actors() {
    for row in TRANSITIONS {
        let mut case = Case::of(row.from, row.command, row.when);
        case.context.principal = wrong_actor(row);
        let refused = case.decide().unwrap_err();
        assert!(
            matches!(refused, Refusal::NotAuthorised { .. }),
            "`{}` in `{}`: {refused}",
            row.command,
            row.from
        );
    }
}

#[test]
fn no_state_that_ended_leads_to_an_order() {
    for state in [
        QuoteState::Rejected,
        QuoteState::Expired,
        QuoteState::Cancelled,
        QuoteState::Superseded,
        QuoteState::Converted,
    ] {
        let refused = Case::plain(state, QuoteVerb::Convert).decide().unwrap_err();
        assert!(matches!(refused, Refusal::NotAllowed { .. }), "{refused}");
    }
    let message = Case::plain(QuoteState::Expired, QuoteVerb::Convert)
        .decide()
        .unwrap_err();
    assert_eq!(
        message.to_string(),
        "`convert` is not allowed in state `expired`; allowed: `revise`"
    );
    let message = Case::plain(QuoteState::Cancelled, QuoteVerb::Accept)
        .decide()
        .unwrap_err();
    assert_eq!(
        message.to_string(),
        "`accept` is not allowed in state `cancelled`; allowed: nothing, it is final"
    );
}

#[test]
fn accepted_content_never_changes() {
    let changes = [
        QuoteVerb::ChangeHeader,
        QuoteVerb::AddLine,
        QuoteVerb::ConfigureLine,
        QuoteVerb::RemoveLine,
        QuoteVerb::Price,
        QuoteVerb::Reprice,
    ];
    for state in [
        QuoteState::Presented,
        QuoteState::Accepted,
        QuoteState::Converted,
    ] {
        for verb in changes {
            assert!(
                MACHINE.rows(state, verb).next().is_none(),
                "`{verb}` in `{state}`"
            );
        }
    }
}
