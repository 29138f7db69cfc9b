//! What a command does to a quote family.
//!
//! The transition table says whether a command may happen and where it leads; this file makes the
//! events and timers of the row that was found.

use super::carry::{carried, carried_cases};
use super::event::{
    QuoteAccepted, QuoteApproved, QuoteCancelled, QuoteConverted, QuoteCreated, QuoteEvent,
    QuoteExpired, QuoteHeaderChanged, QuoteLineAdded, QuoteLineConfigured, QuoteLineRemoved,
    QuotePresented, QuotePriced, QuoteRepriced, QuoteRevised, QuoteSubmittedForApproval,
    QuoteValidated, QuoteValidationFailed,
};
use super::guards::Guards;
use super::{
    Acceptance, Commitment, MACHINE, QuoteAction, QuoteCommand, QuoteFamily, QuoteState, QuoteVerb,
    Revision,
};
use crate::approval::ApprovalCase;
use crate::context::{Context, Decision};
use crate::fingerprint;
use crate::ids::{OrderId, RevisionNo};
use crate::machine::{Guard, Transition};
use crate::refusal::Refusal;
use crate::snapshot::PricedSnapshot;
use crate::timer::{TimerIntent, TimerKind};

pub(super) type Decided = Result<Decision<QuoteEvent>, Refusal>;
type Row = Transition<QuoteState, QuoteVerb>;

/// What a command does to a quote; `family` is `None` when the quote does not exist yet.
///
/// A conversion decided here is only the quote's side of it; use
/// [`conversion::convert`](crate::conversion::convert), which captures the order with it.
///
/// # Errors
/// [`Refusal`] when the command may not happen now.
pub fn decide(family: Option<&QuoteFamily>, command: &QuoteCommand, context: &Context) -> Decided {
    if let QuoteAction::Create { quote, header } = &command.action {
        return match family {
            Some(family) => Err(Refusal::Exists {
                what: "quote",
                id: family.id.to_string(),
            }),
            None => Ok(Decision::of(
                QuoteCreated {
                    quote: quote.clone(),
                    revision: RevisionNo::FIRST,
                    header: header.clone(),
                    by: context.principal.actor.clone(),
                }
                .into(),
            )),
        };
    }
    let Some(family) = family else {
        return Err(Refusal::NotFound {
            what: "quote",
            id: "not created yet".to_owned(),
        });
    };
    Deciding::new(family, command, context)?.decide()
}

/// The quote's side of a conversion, and what the order is to carry.
pub(crate) fn convert(
    family: &QuoteFamily,
    revision: Option<RevisionNo>,
    order: &OrderId,
    context: &Context,
) -> Result<(Decision<QuoteEvent>, Commitment, Acceptance), Refusal> {
    let command = QuoteCommand {
        revision,
        action: QuoteAction::Convert {
            order: order.clone(),
        },
    };
    let decision = decide(Some(family), &command, context)?;
    let revision = Deciding::new(family, &command, context)?.revision;
    match (revision.commitment(&family.id), revision.acceptance.clone()) {
        (Some(commitment), Some(acceptance)) => Ok((decision, commitment, acceptance)),
        _ => Err(Refusal::Guarded {
            command: "convert",
            guard: Guard::FullyApproved,
            detail: "the accepted commitment is incomplete".to_owned(),
        }),
    }
}

/// A command being decided on one revision.
pub(super) struct Deciding<'a> {
    pub family: &'a QuoteFamily,
    pub revision: &'a Revision,
    pub action: &'a QuoteAction,
    pub context: &'a Context,
}

impl<'a> Deciding<'a> {
    fn new(
        family: &'a QuoteFamily,
        command: &'a QuoteCommand,
        context: &'a Context,
    ) -> Result<Self, Refusal> {
        let revision = family
            .revision(command.revision)
            .ok_or_else(|| Refusal::NotFound {
                what: "revision",
                id: command
                    .revision
                    .map_or_else(|| "latest".to_owned(), |r| r.to_string()),
            })?;
        Ok(Self {
            family,
            revision,
            action: &command.action,
            context,
        })
    }

    fn decide(&self) -> Decided {
        match self.action {
            QuoteAction::Approve { case, role } => self.answer(*case, role, true),
            QuoteAction::Reject { case, role } => self.answer(*case, role, false),
            QuoteAction::Delegate { case, role, to } => self.delegate(*case, role, to),
            QuoteAction::Escalate { case } => self.escalate(*case),
            _ => {
                let row = self.resolve(false)?;
                self.follow(row)
            }
        }
    }

    /// Finds the row of the command in the revision's table.
    pub(super) fn resolve(&self, more_approvals_missing: bool) -> Result<&'static Row, Refusal> {
        let guards = Guards {
            family: self.family,
            revision: self.revision,
            action: self.action,
            context: self.context,
            more_approvals_missing,
        };
        // Only a creation has no verb, and it never gets here; it would meet no row either.
        let verb = self.action.verb().unwrap_or(QuoteVerb::Revise);
        MACHINE.resolve(self.revision.state, verb, &self.context.principal, |g| {
            guards.holds(g)
        })
    }

    /// The events and timers of a row, for every command but those about an approval case.
    fn follow(&self, row: &Row) -> Decided {
        let quote = self.family.id.clone();
        let revision = self.revision.number;
        let by = self.context.principal.actor.clone();
        let changed = |event: QuoteEvent| Ok(Decision::of(event).with_timers(self.clear_timers()));
        match self.action {
            QuoteAction::ChangeHeader { header } => changed(
                QuoteHeaderChanged {
                    quote,
                    revision,
                    header: header.clone(),
                    by,
                }
                .into(),
            ),
            QuoteAction::AddLine { line } => changed(
                QuoteLineAdded {
                    quote,
                    revision,
                    line: line.clone(),
                    by,
                }
                .into(),
            ),
            QuoteAction::ConfigureLine {
                line,
                configuration,
            } => {
                let (line, configuration) = (line.clone(), configuration.clone());
                changed(
                    QuoteLineConfigured {
                        quote,
                        revision,
                        line,
                        configuration,
                        by,
                    }
                    .into(),
                )
            }
            QuoteAction::RemoveLine { line } => changed(
                QuoteLineRemoved {
                    quote,
                    revision,
                    line: line.clone(),
                    by,
                }
                .into(),
            ),
            QuoteAction::Price {
                content_version,
                snapshot,
            } => {
                let (content_version, snapshot) = (*content_version, (**snapshot).clone());
                let timer = self.expiry_intent(&snapshot);
                let event = QuotePriced {
                    quote,
                    revision,
                    content_version,
                    snapshot,
                };
                Ok(Decision::of(event.into()).with_timers([timer]))
            }
            QuoteAction::Reprice {
                content_version,
                snapshot,
            } => {
                let (content_version, snapshot) = (*content_version, (**snapshot).clone());
                let previous_package = self.revision.pinned_package.clone();
                let timer = self.expiry_intent(&snapshot);
                let event = QuoteRepriced {
                    quote,
                    revision,
                    content_version,
                    snapshot,
                    previous_package,
                };
                Ok(Decision::of(event.into()).with_timers([timer]))
            }
            QuoteAction::Validate => self.validated(row),
            QuoteAction::SubmitForApproval => self.submitted(row),
            QuoteAction::Present => {
                let price = self.price()?;
                let expires_at = price.expires_at().ok().flatten();
                let answer_fingerprint = price.answer_fingerprint.clone();
                let event = QuotePresented {
                    quote,
                    revision,
                    answer_fingerprint,
                    expires_at,
                };
                Ok(Decision::of(event.into()))
            }
            QuoteAction::Accept { .. } => self.accepted(),
            QuoteAction::Convert { order } => self.converted(order),
            QuoteAction::Expire => {
                let expired_at = self
                    .price()?
                    .expires_at()
                    .ok()
                    .flatten()
                    .unwrap_or(self.context.now);
                changed(
                    QuoteExpired {
                        quote,
                        revision,
                        expired_at,
                    }
                    .into(),
                )
            }
            QuoteAction::Cancel => changed(
                QuoteCancelled {
                    quote,
                    revision,
                    from: self.revision.state,
                }
                .into(),
            ),
            QuoteAction::Revise => {
                let latest = self
                    .family
                    .revisions
                    .last()
                    .map_or(revision, |last| last.number);
                let (supersedes, revision) = (revision, latest.next());
                changed(
                    QuoteRevised {
                        quote,
                        revision,
                        supersedes,
                        by,
                    }
                    .into(),
                )
            }
            QuoteAction::Create { .. }
            | QuoteAction::Approve { .. }
            | QuoteAction::Reject { .. }
            | QuoteAction::Delegate { .. }
            | QuoteAction::Escalate { .. } => Err(Refusal::NotFound {
                what: "transition",
                id: row.command.to_string(),
            }),
        }
    }

    fn validated(&self, row: &Row) -> Decided {
        let (quote, revision) = (self.family.id.clone(), self.revision.number);
        let price = self.price()?;
        let answer_fingerprint = price.answer_fingerprint.clone();
        Ok(Decision::of(if row.to == QuoteState::Validated {
            let warnings = price.warnings.clone();
            QuoteValidated {
                quote,
                revision,
                answer_fingerprint,
                warnings,
            }
            .into()
        } else {
            let mut blocking = price.blocking.clone();
            if blocking.is_empty() {
                blocking.push("the configuration is not valid".to_owned());
            }
            QuoteValidationFailed {
                quote,
                revision,
                answer_fingerprint,
                blocking,
            }
            .into()
        }))
    }

    fn submitted(&self, row: &Row) -> Decided {
        let (quote, revision) = (self.family.id.clone(), self.revision.number);
        let price = self.price()?;
        let answer_fingerprint = price.answer_fingerprint.clone();
        if row.to == QuoteState::Approved {
            // Approvals of earlier revisions that still hold are part of what was approved.
            let approval_fingerprint = fingerprint::of(&carried_cases(self.family, price))?;
            let event = QuoteApproved {
                quote,
                revision,
                answer_fingerprint,
                approval_fingerprint,
            };
            return Ok(Decision::of(event.into()));
        }
        let needs: Vec<_> = price.needed_approvals().cloned().collect();
        let carried = carried(self.family, price);
        let deadlines: Vec<_> = needs
            .iter()
            .zip(&carried)
            .map(|(need, carried)| match carried {
                Some(_) => None,
                None => ApprovalCase::deadline_from(need, self.context.now),
            })
            .collect();
        let carried = if carried.iter().any(Option::is_some) {
            carried
        } else {
            Vec::new()
        };
        let timers = (1..).zip(&deadlines).filter_map(|(case, deadline)| {
            deadline.map(|due| self.approval_intent(case, Some(due)))
        });
        let timers: Vec<_> = timers.collect();
        let by = self.context.principal.actor.clone();
        let event = QuoteSubmittedForApproval {
            quote,
            revision,
            answer_fingerprint,
            needs,
            deadlines,
            carried,
            by,
        };
        Ok(Decision::of(event.into()).with_timers(timers))
    }

    fn accepted(&self) -> Decided {
        let commitment = self.revision.commitment(&self.family.id).ok_or_else(|| {
            self.missing(Guard::FullyApproved, "the quote is not priced and approved")
        })?;
        let event = QuoteAccepted {
            quote: self.family.id.clone(),
            revision: self.revision.number,
            at: self.context.now,
            by: self.context.principal.actor.clone(),
            request_fingerprint: commitment.snapshot.request_fingerprint.clone(),
            answer_fingerprint: commitment.snapshot.answer_fingerprint.clone(),
            approval_fingerprint: commitment.approval_fingerprint.clone(),
            commitment_fingerprint: commitment.fingerprint()?,
        };
        Ok(Decision::of(event.into()).with_timers(self.clear_timers()))
    }

    fn converted(&self, order: &OrderId) -> Decided {
        let acceptance =
            self.revision.acceptance.as_ref().ok_or_else(|| {
                self.missing(Guard::FullyApproved, "the quote was never accepted")
            })?;
        Ok(Decision::of(
            QuoteConverted {
                quote: self.family.id.clone(),
                revision: self.revision.number,
                order: order.clone(),
                commitment_fingerprint: acceptance.commitment_fingerprint.clone(),
            }
            .into(),
        ))
    }

    pub(super) fn price(&self) -> Result<&PricedSnapshot, Refusal> {
        self.revision
            .current_price()
            .ok_or_else(|| self.missing(Guard::PriceIsCurrent, "the quote has no current price"))
    }

    fn missing(&self, guard: Guard, detail: &str) -> Refusal {
        let command = self
            .action
            .verb()
            .map_or("create", crate::machine::Name::name);
        Refusal::Guarded {
            command,
            guard,
            detail: detail.to_owned(),
        }
    }

    /// Clears what timers the revision may have: of its price and of its open approval steps.
    pub(super) fn clear_timers(&self) -> Vec<TimerIntent> {
        let expiry = self
            .revision
            .current_price()
            .filter(|price| price.expires_on.is_some())
            .map(|_| TimerIntent::Clear {
                id: self.family.expiry_timer(self.revision.number),
            });
        let cases = self
            .revision
            .approvals
            .iter()
            .filter(|case| case.deadline.is_some());
        expiry
            .into_iter()
            .chain(cases.map(|case| self.approval_intent(case.number, None)))
            .collect()
    }

    fn expiry_intent(&self, snapshot: &PricedSnapshot) -> TimerIntent {
        let revision = self.revision.number;
        let id = self.family.expiry_timer(revision);
        match snapshot.expires_at().ok().flatten() {
            Some(due) => {
                let kind = TimerKind::QuoteExpiry { revision };
                TimerIntent::Set {
                    id,
                    due,
                    stream: self.family.stream(),
                    kind,
                }
            }
            None => TimerIntent::Clear { id },
        }
    }

    pub(super) fn approval_intent(&self, case: u32, due: Option<crate::Timestamp>) -> TimerIntent {
        let revision = self.revision.number;
        let id = self.family.approval_timer(revision, case);
        match due {
            Some(due) => {
                let kind = TimerKind::ApprovalDeadline { revision, case };
                TimerIntent::Set {
                    id,
                    due,
                    stream: self.family.stream(),
                    kind,
                }
            }
            None => TimerIntent::Clear { id },
        }
    }
}
