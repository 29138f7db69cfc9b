//! What can be asked of a quote, as its callers say it.
//!
//! JSON form: `{"command": "add line", ...}`; the application may also build these directly.

use crate::ids::{LineId, OrderId, QuoteId, RevisionNo};
use crate::machine::names;
use crate::principal::Actor;
use crate::quote::{Header, QuoteLine};
use crate::snapshot::PricedSnapshot;
use serde::{Deserialize, Serialize};
use serde_json::Value;

names! {
    /// The commands of a revision's state machine.
    pub enum QuoteVerb {
        /// Replaces the header: account, selling date, facts.
        ChangeHeader = "change header",
        /// Adds a line.
        AddLine = "add line",
        /// Replaces the configuration of a line.
        ConfigureLine = "configure line",
        /// Removes a line.
        RemoveLine = "remove line",
        /// Records a price from the pinned package.
        Price = "price",
        /// Records a price from whichever package is now routed to, and pins that.
        Reprice = "reprice",
        /// Records whether the priced quote may be sold.
        Validate = "validate",
        /// Opens the approvals it needs.
        SubmitForApproval = "submit for approval",
        /// Gives one role's approval.
        Approve = "approve",
        /// Refuses one role's approval.
        Reject = "reject",
        /// Hands one role's decision on to somebody else.
        Delegate = "delegate",
        /// Passes an unanswered approval step on.
        Escalate = "escalate",
        /// Shows it to the customer.
        Present = "present",
        /// The customer accepts.
        Accept = "accept",
        /// Makes it an order.
        Convert = "convert",
        /// Ends it as expired.
        Expire = "expire",
        /// Ends it by decision.
        Cancel = "cancel",
        /// Replaces it by a new revision.
        Revise = "revise",
    }
}

/// A command to a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuoteCommand {
    /// The revision it is about; the latest when not given.
    #[serde(default)]
    pub revision: Option<RevisionNo>,
    /// What is asked.
    #[serde(flatten)]
    pub action: QuoteAction,
}

/// What is asked of a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all_fields = "camelCase")]
pub enum QuoteAction {
    /// Creates the quote with its first revision.
    #[serde(rename = "create")]
    Create {
        /// Id of the new quote.
        quote: QuoteId,
        /// The header.
        header: Header,
    },
    /// See [`QuoteVerb::ChangeHeader`].
    #[serde(rename = "change header")]
    ChangeHeader {
        /// The whole new header.
        header: Header,
    },
    /// See [`QuoteVerb::AddLine`].
    #[serde(rename = "add line")]
    AddLine {
        /// The line.
        line: QuoteLine,
    },
    /// See [`QuoteVerb::ConfigureLine`].
    #[serde(rename = "configure line")]
    ConfigureLine {
        /// The line.
        line: LineId,
        /// Its whole new configuration.
        configuration: Value,
    },
    /// See [`QuoteVerb::RemoveLine`].
    #[serde(rename = "remove line")]
    RemoveLine {
        /// The line.
        line: LineId,
    },
    /// See [`QuoteVerb::Price`].
    #[serde(rename = "price")]
    Price {
        /// The [`Revision::content_version`](crate::quote::Revision::content_version) that was
        /// priced.
        content_version: u64,
        /// What the engine answered.
        snapshot: Box<PricedSnapshot>,
    },
    /// See [`QuoteVerb::Reprice`].
    #[serde(rename = "reprice")]
    Reprice {
        /// The [`Revision::content_version`](crate::quote::Revision::content_version) that was
        /// priced.
        content_version: u64,
        /// What the engine answered.
        snapshot: Box<PricedSnapshot>,
    },
    /// See [`QuoteVerb::Validate`].
    #[serde(rename = "validate")]
    Validate,
    /// See [`QuoteVerb::SubmitForApproval`].
    #[serde(rename = "submit for approval")]
    SubmitForApproval,
    /// See [`QuoteVerb::Approve`].
    #[serde(rename = "approve")]
    Approve {
        /// The approval case, counted from 1; when not given, the first that asks for the role.
        case: Option<u32>,
        /// The role in which the actor approves.
        role: String,
    },
    /// See [`QuoteVerb::Reject`].
    #[serde(rename = "reject")]
    Reject {
        /// The approval case, counted from 1; when not given, the first that asks for the role.
        case: Option<u32>,
        /// The role in which the actor rejects.
        role: String,
    },
    /// See [`QuoteVerb::Delegate`].
    #[serde(rename = "delegate")]
    Delegate {
        /// The approval case, counted from 1; when not given, the first that asks for the role.
        case: Option<u32>,
        /// The role whose decision is handed on.
        role: String,
        /// Who decides in the actor's place.
        to: Actor,
    },
    /// See [`QuoteVerb::Escalate`].
    #[serde(rename = "escalate")]
    Escalate {
        /// The approval case, counted from 1.
        case: u32,
    },
    /// See [`QuoteVerb::Present`].
    #[serde(rename = "present")]
    Present,
    /// See [`QuoteVerb::Accept`].
    #[serde(rename = "accept")]
    Accept {
        /// The answer fingerprint of the price the customer saw.
        answer_fingerprint: String,
    },
    /// See [`QuoteVerb::Convert`]; send it through [`conversion::convert`](crate::conversion::convert),
    /// which captures the order with it.
    #[serde(rename = "convert")]
    Convert {
        /// Id of the new order.
        order: OrderId,
    },
    /// See [`QuoteVerb::Expire`].
    #[serde(rename = "expire")]
    Expire,
    /// See [`QuoteVerb::Cancel`].
    #[serde(rename = "cancel")]
    Cancel,
    /// See [`QuoteVerb::Revise`].
    #[serde(rename = "revise")]
    Revise,
}

impl QuoteAction {
    /// The command of the state machine; `None` for the creation, which precedes it.
    #[must_use]
    pub const fn verb(&self) -> Option<QuoteVerb> {
        Some(match self {
            Self::Create { .. } => return None,
            Self::ChangeHeader { .. } => QuoteVerb::ChangeHeader,
            Self::AddLine { .. } => QuoteVerb::AddLine,
            Self::ConfigureLine { .. } => QuoteVerb::ConfigureLine,
            Self::RemoveLine { .. } => QuoteVerb::RemoveLine,
            Self::Price { .. } => QuoteVerb::Price,
            Self::Reprice { .. } => QuoteVerb::Reprice,
            Self::Validate => QuoteVerb::Validate,
            Self::SubmitForApproval => QuoteVerb::SubmitForApproval,
            Self::Approve { .. } => QuoteVerb::Approve,
            Self::Reject { .. } => QuoteVerb::Reject,
            Self::Delegate { .. } => QuoteVerb::Delegate,
            Self::Escalate { .. } => QuoteVerb::Escalate,
            Self::Present => QuoteVerb::Present,
            Self::Accept { .. } => QuoteVerb::Accept,
            Self::Convert { .. } => QuoteVerb::Convert,
            Self::Expire => QuoteVerb::Expire,
            Self::Cancel => QuoteVerb::Cancel,
            Self::Revise => QuoteVerb::Revise,
        })
    }
}
