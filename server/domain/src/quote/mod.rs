//! A quote: a family of revisions in one consistency boundary, folded from one stream.
//!
//! [`decide`] answers a command, [`QuoteFamily::apply`] folds an event. Approval cases live inside
//! the revision they belong to, since "no acceptance without approval" must hold in one
//! transaction. It must not know how a price comes about, nor where events are kept.

mod apply;
mod approve;
mod carry;
mod command;
mod decide;
mod event;
mod guards;
mod machine;

pub use carry::Carried;
pub use command::{QuoteAction, QuoteCommand, QuoteVerb};
pub(crate) use decide::convert;
pub use decide::decide;
pub use event::*;
pub(crate) use guards::reason_given;
pub use machine::{MACHINE, QuoteState, TRANSITIONS};

use crate::approval::ApprovalCase;
use crate::event::{EventBody, EventError, RecordedEvent};
use crate::fingerprint::{self, FingerprintError};
use crate::ids::{LineId, OrderId, QuoteId, RevisionNo, StreamId, TimerId};
use crate::principal::Actor;
use crate::snapshot::PricedSnapshot;
use crate::time::Timestamp;
use crate::upcast::Upcasters;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a quote is about, besides its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// The customer's account.
    pub account: String,
    /// The ruleset that decides.
    pub ruleset: String,
    /// The day the sale is made for, `2026-07-02`; it chooses the package.
    pub selling_date: String,
    /// Facts of the request that are not about a line, by fact name.
    pub facts: Value,
    /// Percentages asked for by the seller, by the name of the adjustment; null when there are none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub asked: Value,
    /// Constraints that somebody overrides, each with rule, role, reason and perhaps a line; null when there are none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub overrides: Value,
    /// `removed` or `added` by the name of the clause; null when none is changed.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub clauses: Value,
    /// Codes of promotions, a list of texts; null when none is given.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub codes: Value,
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuoteLine {
    /// Unique within the revision.
    pub id: LineId,
    /// The product or bundle offered.
    pub offering: String,
    /// Its options, parts and line facts, as the ruleset's request has them.
    pub configuration: Value,
}

/// The price a revision has now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// The content it was made from.
    pub content_version: u64,
    /// What the engine answered.
    pub snapshot: PricedSnapshot,
}

/// The acceptance of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acceptance {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// Fingerprint of the [`Commitment`].
    pub commitment_fingerprint: String,
}

/// Everything that was promised: what an acceptance fixes and an order carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Commitment {
    /// The quote.
    pub quote: QuoteId,
    /// The accepted revision.
    pub revision: RevisionNo,
    /// Its header.
    pub header: Header,
    /// Its lines.
    pub lines: Vec<QuoteLine>,
    /// The price, whole.
    pub snapshot: PricedSnapshot,
    /// The approvals with their decisions.
    pub approvals: Vec<ApprovalCase>,
    /// Fingerprint of the approvals.
    pub approval_fingerprint: String,
}

impl Commitment {
    /// The fingerprint that acceptance and order name.
    ///
    /// # Errors
    /// [`FingerprintError`] when the commitment has no canonical JSON form.
    pub fn fingerprint(&self) -> Result<String, FingerprintError> {
        fingerprint::of(self)
    }
}

/// A revision of a quote.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Its number.
    pub number: RevisionNo,
    /// Its state.
    pub state: QuoteState,
    /// Header as it stands.
    pub header: Header,
    /// Lines as they stand, in the order they were added.
    pub lines: Vec<QuoteLine>,
    /// Counts the changes of header and lines; a price names the one it was made from.
    pub content_version: u64,
    /// The package it is pinned to, by digest, from its first price on.
    pub pinned_package: Option<String>,
    /// Its price; dropped by every change of content.
    pub price: Option<Price>,
    /// What the last validation found to forbid the sale.
    pub blocking: Vec<String>,
    /// Approval cases, in the order of their numbers.
    pub approvals: Vec<ApprovalCase>,
    /// Fingerprint of the approvals, once all are given.
    pub approval_fingerprint: Option<String>,
    /// The acceptance.
    pub acceptance: Option<Acceptance>,
    /// The order it became.
    pub order: Option<OrderId>,
    /// Everyone who created, changed or submitted it: they cannot approve it.
    pub prepared_by: BTreeSet<Actor>,
}

impl Revision {
    /// The current price, if it was made from the content as it stands.
    #[must_use]
    pub fn current_price(&self) -> Option<&PricedSnapshot> {
        self.price
            .as_ref()
            .filter(|price| price.content_version == self.content_version)
            .map(|price| &price.snapshot)
    }

    /// The line with the id.
    #[must_use]
    pub fn line(&self, id: &LineId) -> Option<&QuoteLine> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// What is promised with this revision, once it is priced and approved.
    #[must_use]
    pub fn commitment(&self, quote: &QuoteId) -> Option<Commitment> {
        Some(Commitment {
            quote: quote.clone(),
            revision: self.number,
            header: self.header.clone(),
            lines: self.lines.clone(),
            snapshot: self.current_price()?.clone(),
            approvals: self.approvals.clone(),
            approval_fingerprint: self.approval_fingerprint.clone()?,
        })
    }
}

/// A quote with all its revisions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuoteFamily {
    /// The quote.
    pub id: QuoteId,
    /// Version of its stream: the number of events folded.
    pub version: u64,
    /// Its revisions, oldest first; never empty.
    pub revisions: Vec<Revision>,
}

impl QuoteFamily {
    /// Folds stored events, lifting older versions.
    ///
    /// # Errors
    /// [`EventError`] when an event cannot be read or does not fit what came before it.
    pub fn load(
        events: &[RecordedEvent],
        upcasters: &Upcasters,
    ) -> Result<Option<Self>, EventError> {
        let mut family = None;
        for recorded in events {
            Self::apply(&mut family, &recorded.body(upcasters)?)?;
        }
        Ok(family)
    }

    /// Folds one event into the family; the first creates it.
    ///
    /// # Errors
    /// [`EventError::History`] when the event does not fit what came before it.
    pub fn apply(family: &mut Option<Self>, event: &QuoteEvent) -> Result<(), EventError> {
        let history = |detail: &str| EventError::History {
            event_type: event.event_type(),
            detail: detail.to_owned(),
        };
        match (family.as_mut(), event) {
            (None, QuoteEvent::QuoteCreated(created)) => {
                *family = Some(apply::created(created));
                Ok(())
            }
            (None, _) => Err(history("the quote was never created")),
            (Some(_), QuoteEvent::QuoteCreated(_)) => Err(history("the quote exists already")),
            (Some(family), event) => {
                apply::apply(family, event).ok_or_else(|| {
                    history("its revision, price or approval case does not exist")
                })?;
                family.version = family.version.saturating_add(1);
                Ok(())
            }
        }
    }

    /// The stream of the family.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        StreamId::of_quote(&self.id)
    }

    /// The revision with the number, or the latest.
    #[must_use]
    pub fn revision(&self, number: Option<RevisionNo>) -> Option<&Revision> {
        match number {
            Some(number) => self
                .revisions
                .iter()
                .find(|revision| revision.number == number),
            None => self.revisions.last(),
        }
    }

    /// The timer of a revision's expiry.
    #[must_use]
    pub fn expiry_timer(&self, revision: RevisionNo) -> TimerId {
        TimerId::of_stream(&self.stream(), &format!("revision/{revision}/expiry"))
    }

    /// The timer of an approval case's open step.
    #[must_use]
    pub fn approval_timer(&self, revision: RevisionNo, case: u32) -> TimerId {
        TimerId::of_stream(
            &self.stream(),
            &format!("revision/{revision}/approval/{case}"),
        )
    }
}
