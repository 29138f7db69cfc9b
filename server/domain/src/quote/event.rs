//! What has happened to a quote.
//!
//! Each payload names its quote and revision and carries all that a reader needs to fold it; a
//! field is added only with a new schema version and an upcaster, or where its absence says what
//! was the case for all events before there was one.

use crate::event::events;
use crate::ids::{LineId, OrderId, QuoteId, RevisionNo};
use crate::principal::Actor;
use crate::quote::{Carried, Header, QuoteLine};
use crate::snapshot::{ApprovalNeed, PricedSnapshot};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

events! {
    /// An event of a quote family.
    pub enum QuoteEvent {
        /// The quote exists, with its first revision.
        QuoteCreated = "quo.quote.created" v 1,
        /// The header was replaced.
        QuoteHeaderChanged = "quo.quote.header_changed" v 1,
        /// A line was added.
        QuoteLineAdded = "quo.quote.line_added" v 1,
        /// A line's configuration was replaced.
        QuoteLineConfigured = "quo.quote.line_configured" v 1,
        /// A line was removed.
        QuoteLineRemoved = "quo.quote.line_removed" v 1,
        /// A price was recorded.
        QuotePriced = "quo.quote.priced" v 1,
        /// A price from a newly routed package was recorded.
        QuoteRepriced = "quo.quote.repriced" v 1,
        /// Nothing forbids the sale.
        QuoteValidated = "quo.quote.validated" v 1,
        /// Something forbids the sale.
        QuoteValidationFailed = "quo.quote.validation_failed" v 1,
        /// Approval cases were opened.
        QuoteSubmittedForApproval = "quo.quote.submitted_for_approval" v 1,
        /// One role approved.
        ApprovalGranted = "quo.approval.granted" v 1,
        /// One role refused.
        ApprovalRefused = "quo.approval.refused" v 1,
        /// One role handed its decision on.
        ApprovalDelegated = "quo.approval.delegated" v 1,
        /// A step was not answered in time.
        ApprovalEscalated = "quo.approval.escalated" v 1,
        /// Every approval it needs is given, or it needs none.
        QuoteApproved = "quo.quote.approved" v 1,
        /// An approver refused.
        QuoteRejected = "quo.quote.rejected" v 1,
        /// It was shown to the customer.
        QuotePresented = "quo.quote.presented" v 1,
        /// The customer accepted.
        QuoteAccepted = "quo.quote.accepted" v 1,
        /// It became an order.
        QuoteConverted = "quo.quote.converted" v 1,
        /// Its last day passed.
        QuoteExpired = "quo.quote.expired" v 1,
        /// It was cancelled.
        QuoteCancelled = "quo.quote.cancelled" v 1,
        /// A new revision replaced an older one.
        QuoteRevised = "quo.quote.revised" v 1,
    }
}

/// Declares the payload structs: each begins with the quote and the revision.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            /// The quote.
            pub quote: QuoteId,
            /// The revision.
            pub revision: RevisionNo,
            $($(#[$field_doc])* pub $field: $type,)*
        }
    )*};
}

payloads! {
    /// Payload of `quo.quote.created`.
    QuoteCreated {
        /// The header.
        header: Header,
        /// Who prepared it.
        by: Actor,
    }
    /// Payload of `quo.quote.header_changed`.
    QuoteHeaderChanged {
        /// The whole new header.
        header: Header,
        /// Who prepared it.
        by: Actor,
    }
    /// Payload of `quo.quote.line_added`.
    QuoteLineAdded {
        /// The line.
        line: QuoteLine,
        /// Who prepared it.
        by: Actor,
    }
    /// Payload of `quo.quote.line_configured`.
    QuoteLineConfigured {
        /// The line.
        line: LineId,
        /// Its whole new configuration.
        configuration: Value,
        /// Who prepared it.
        by: Actor,
    }
    /// Payload of `quo.quote.line_removed`.
    QuoteLineRemoved {
        /// The line.
        line: LineId,
        /// Who prepared it.
        by: Actor,
    }
    /// Payload of `quo.quote.priced`.
    QuotePriced {
        /// The content that was priced.
        content_version: u64,
        /// What the engine answered.
        snapshot: PricedSnapshot,
    }
    /// Payload of `quo.quote.repriced`.
    QuoteRepriced {
        /// The content that was priced.
        content_version: u64,
        /// What the engine answered.
        snapshot: PricedSnapshot,
        /// The package it was pinned to before.
        previous_package: Option<String>,
    }
    /// Payload of `quo.quote.validated`.
    QuoteValidated {
        /// The price that was validated.
        answer_fingerprint: String,
        /// What should be looked at, in words.
        warnings: Vec<String>,
    }
    /// Payload of `quo.quote.validation_failed`.
    QuoteValidationFailed {
        /// The price that was validated.
        answer_fingerprint: String,
        /// What forbids the sale, in words.
        blocking: Vec<String>,
    }
    /// Payload of `quo.quote.submitted_for_approval`.
    QuoteSubmittedForApproval {
        /// The price that is to be approved.
        answer_fingerprint: String,
        /// The approvals asked for, in the order of their case numbers.
        needs: Vec<ApprovalNeed>,
        /// When the steps now open must be answered, in the same order.
        deadlines: Vec<Option<Timestamp>>,
        /// For each need the earlier revision and its case whose approval still holds; empty where none does.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        carried: Vec<Option<Carried>>,
        /// Who asks.
        by: Actor,
    }
    /// Payload of `quo.approval.granted`.
    ApprovalGranted {
        /// The approval case, counted from 1.
        case: u32,
        /// The step, counted from 1.
        step: u32,
        /// The role that approved.
        role: String,
        /// Who approved.
        by: Actor,
        /// When.
        at: Timestamp,
        /// The price that was approved.
        answer_fingerprint: String,
        /// When the step that opens with this must be answered, if one opens.
        next_deadline: Option<Timestamp>,
    }
    /// Payload of `quo.approval.refused`.
    ApprovalRefused {
        /// The approval case, counted from 1.
        case: u32,
        /// The step, counted from 1.
        step: u32,
        /// The role that refused.
        role: String,
        /// Who refused.
        by: Actor,
        /// When.
        at: Timestamp,
        /// The price that was refused.
        answer_fingerprint: String,
    }
    /// Payload of `quo.approval.delegated`.
    ApprovalDelegated {
        /// The approval case, counted from 1.
        case: u32,
        /// The role whose decision is handed on.
        role: String,
        /// Who holds it.
        by: Actor,
        /// Who decides in their place.
        to: Actor,
        /// When.
        at: Timestamp,
    }
    /// Payload of `quo.approval.escalated`.
    ApprovalEscalated {
        /// The approval case, counted from 1.
        case: u32,
        /// The step that was not answered, counted from 1.
        step: u32,
        /// The step that takes over; `None` when there is no further one, and the step stays open.
        to_step: Option<u32>,
        /// The role that is asked in the place of the step, where the rule names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_role: Option<String>,
        /// When the step that takes over must be answered.
        next_deadline: Option<Timestamp>,
    }
    /// Payload of `quo.quote.approved`.
    QuoteApproved {
        /// The price that was approved.
        answer_fingerprint: String,
        /// Fingerprint of all approval cases with their decisions.
        approval_fingerprint: String,
    }
    /// Payload of `quo.quote.rejected`.
    QuoteRejected {
        /// The approval case that was refused, counted from 1.
        case: u32,
    }
    /// Payload of `quo.quote.presented`.
    QuotePresented {
        /// The price that was shown.
        answer_fingerprint: String,
        /// The first instant at which it can no longer be accepted.
        expires_at: Option<Timestamp>,
    }
    /// Payload of `quo.quote.accepted`.
    QuoteAccepted {
        /// When.
        at: Timestamp,
        /// Who accepted.
        by: Actor,
        /// Fingerprint of the priced request.
        request_fingerprint: String,
        /// Fingerprint of the accepted price.
        answer_fingerprint: String,
        /// Fingerprint of the approvals.
        approval_fingerprint: String,
        /// Fingerprint of everything that was promised.
        commitment_fingerprint: String,
    }
    /// Payload of `quo.quote.converted`.
    QuoteConverted {
        /// The order.
        order: OrderId,
        /// Fingerprint of everything that was promised.
        commitment_fingerprint: String,
    }
    /// Payload of `quo.quote.expired`.
    QuoteExpired {
        /// The first instant at which it could no longer be accepted.
        expired_at: Timestamp,
    }
    /// Payload of `quo.quote.cancelled`.
    QuoteCancelled {
        /// The state it was in.
        from: crate::quote::QuoteState,
    }
    /// Payload of `quo.quote.revised`: `revision` is the new one.
    QuoteRevised {
        /// The revision it replaces.
        supersedes: RevisionNo,
        /// Who prepared it.
        by: Actor,
    }
}
