//! The life of a quote revision, as a table.
//!
//! Content may change up to the approval; every change drops the price and what rests on it. From
//! the submission on, a change is a new revision, which supersedes this one, so that a family never
//! has two revisions that could become an order.

use super::command::QuoteVerb as C;
use crate::machine::{Authority, Guard, Machine, SideEffect, Transition, names};

names! {
    /// The states of a quote revision.
    pub enum QuoteState {
        /// Its content is being put together.
        Draft = "draft",
        /// Its lines are configured.
        Configured = "configured",
        /// It has a current price.
        Priced = "priced",
        /// Nothing forbids the sale.
        Validated = "validated",
        /// Someone has to approve it.
        PendingApproval = "pending approval",
        /// It may be shown to the customer.
        Approved = "approved",
        /// The customer has it.
        Presented = "presented",
        /// The customer accepted: the commitment.
        Accepted = "accepted",
        /// It became an order.
        Converted = "converted",
        /// An approver refused it.
        Rejected = "rejected",
        /// Its last day passed.
        Expired = "expired",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// A later revision took its place.
        Superseded = "superseded",
    }
}

use QuoteState::{
    Accepted, Approved, Cancelled, Configured, Converted, Draft, Expired, PendingApproval,
    Presented, Priced, Rejected, Superseded, Validated,
};

type Row = Transition<QuoteState, C>;

const fn header(from: QuoteState) -> Row {
    Row::new(from, C::ChangeHeader, from, "quo.quote.header_changed")
}

const fn header_of_priced(from: QuoteState) -> Row {
    Row::new(
        from,
        C::ChangeHeader,
        Configured,
        "quo.quote.header_changed",
    )
    .effects(&[SideEffect::DropsPrice, SideEffect::ClearsTimers])
}

const fn add(from: QuoteState) -> Row {
    Row::new(from, C::AddLine, Draft, "quo.quote.line_added")
        .guarded(&[Guard::LineIsNew])
        .effects(&[SideEffect::DropsPrice, SideEffect::ClearsTimers])
        .compensated_by(C::RemoveLine)
}

const fn configure(from: QuoteState) -> Row {
    Row::new(
        from,
        C::ConfigureLine,
        Configured,
        "quo.quote.line_configured",
    )
    .guarded(&[Guard::LineExists])
    .effects(&[SideEffect::DropsPrice, SideEffect::ClearsTimers])
    .compensated_by(C::ConfigureLine)
}

const fn remove(from: QuoteState) -> Row {
    Row::new(from, C::RemoveLine, Draft, "quo.quote.line_removed")
        .guarded(&[Guard::LineExists])
        .effects(&[SideEffect::DropsPrice, SideEffect::ClearsTimers])
        .compensated_by(C::AddLine)
}

const fn price(from: QuoteState) -> Row {
    Row::new(from, C::Price, Priced, "quo.quote.priced")
        .guarded(&[
            Guard::HasLines,
            Guard::PricedFromThisContent,
            Guard::PackageIsPinned,
            Guard::SnapshotIsWellFormed,
        ])
        .effects(&[SideEffect::PinsPackage, SideEffect::SetsExpiryTimer])
        .times_out_with(C::Expire)
}

const fn reprice(from: QuoteState) -> Row {
    Row::new(from, C::Reprice, Priced, "quo.quote.repriced")
        .guarded(&[
            Guard::HasLines,
            Guard::PricedFromThisContent,
            Guard::SnapshotIsWellFormed,
        ])
        .effects(&[SideEffect::PinsPackage, SideEffect::SetsExpiryTimer])
        .times_out_with(C::Expire)
}

const fn expire(from: QuoteState) -> Row {
    Row::new(from, C::Expire, Expired, "quo.quote.expired")
        .by(Authority::System)
        .guarded(&[Guard::ExpiryPassed])
        .effects(&[SideEffect::ClearsTimers, SideEffect::WithdrawsApprovalCases])
        .compensated_by(C::Revise)
}

const fn cancel(from: QuoteState) -> Row {
    Row::new(from, C::Cancel, Cancelled, "quo.quote.cancelled")
        .guarded(&[Guard::ReasonGiven])
        .effects(&[SideEffect::ClearsTimers, SideEffect::WithdrawsApprovalCases])
}

const fn revise(from: QuoteState) -> Row {
    Row::new(from, C::Revise, Superseded, "quo.quote.revised").effects(&[
        SideEffect::CreatesRevision,
        SideEffect::ClearsTimers,
        SideEffect::WithdrawsApprovalCases,
    ])
}

/// The transition table of a quote revision.
pub const TRANSITIONS: &[Row] = &[
    header(Draft),
    add(Draft),
    configure(Draft),
    remove(Draft),
    price(Draft),
    reprice(Draft),
    cancel(Draft),
    header(Configured),
    add(Configured),
    configure(Configured),
    remove(Configured),
    price(Configured),
    reprice(Configured),
    cancel(Configured),
    header_of_priced(Priced),
    add(Priced),
    configure(Priced),
    remove(Priced),
    price(Priced),
    reprice(Priced),
    Row::new(Priced, C::Validate, Validated, "quo.quote.validated")
        .when(Guard::NothingBlocks)
        .guarded(&[Guard::PriceIsCurrent, Guard::NotExpired]),
    Row::new(Priced, C::Validate, Priced, "quo.quote.validation_failed"),
    expire(Priced),
    cancel(Priced),
    revise(Priced),
    header_of_priced(Validated),
    add(Validated),
    configure(Validated),
    remove(Validated),
    price(Validated),
    reprice(Validated),
    Row::new(
        Validated,
        C::SubmitForApproval,
        PendingApproval,
        "quo.quote.submitted_for_approval",
    )
    .when(Guard::ApprovalNeeded)
    .guarded(&[Guard::PriceIsCurrent, Guard::NotExpired])
    .effects(&[SideEffect::OpensApprovalCases, SideEffect::SetsDeadline])
    .times_out_with(C::Escalate)
    .compensated_by(C::Revise),
    Row::new(
        Validated,
        C::SubmitForApproval,
        Approved,
        "quo.quote.approved",
    )
    .guarded(&[Guard::PriceIsCurrent, Guard::NotExpired])
    .compensated_by(C::Revise),
    expire(Validated),
    cancel(Validated),
    revise(Validated),
    Row::new(
        PendingApproval,
        C::Delegate,
        PendingApproval,
        "quo.approval.delegated",
    )
    .by(Authority::Approver)
    .guarded(&[Guard::NotExpired])
    .times_out_with(C::Escalate),
    Row::new(
        PendingApproval,
        C::Approve,
        PendingApproval,
        "quo.approval.granted",
    )
    .when(Guard::MoreApprovalsMissing)
    .by(Authority::Approver)
    .guarded(&[Guard::NotExpired])
    .times_out_with(C::Escalate),
    Row::new(PendingApproval, C::Approve, Approved, "quo.quote.approved")
        .by(Authority::Approver)
        .guarded(&[Guard::NotExpired])
        .effects(&[SideEffect::ClearsTimers])
        .compensated_by(C::Revise),
    Row::new(PendingApproval, C::Reject, Rejected, "quo.quote.rejected")
        .by(Authority::Approver)
        .effects(&[SideEffect::ClearsTimers, SideEffect::WithdrawsApprovalCases])
        .compensated_by(C::Revise),
    Row::new(
        PendingApproval,
        C::Escalate,
        PendingApproval,
        "quo.approval.escalated",
    )
    .by(Authority::System)
    .effects(&[SideEffect::SetsDeadline])
    .times_out_with(C::Escalate),
    expire(PendingApproval),
    cancel(PendingApproval),
    revise(PendingApproval),
    Row::new(Approved, C::Present, Presented, "quo.quote.presented")
        .guarded(&[
            Guard::PriceIsCurrent,
            Guard::FullyApproved,
            Guard::NotExpired,
        ])
        .times_out_with(C::Expire)
        .compensated_by(C::Revise),
    reprice(Approved),
    expire(Approved),
    cancel(Approved),
    revise(Approved),
    Row::new(Presented, C::Accept, Accepted, "quo.quote.accepted")
        .guarded(&[
            Guard::PriceIsCurrent,
            Guard::FullyApproved,
            Guard::FingerprintNamed,
            Guard::NotExpired,
            Guard::OnlyConvertible,
        ])
        .effects(&[SideEffect::ClearsTimers])
        .compensated_by(C::Cancel),
    expire(Presented),
    cancel(Presented),
    revise(Presented),
    Row::new(Accepted, C::Convert, Converted, "quo.quote.converted")
        .guarded(&[Guard::OnlyConvertible])
        .effects(&[SideEffect::CapturesOrder]),
    cancel(Accepted),
    revise(Accepted),
    revise(Rejected),
    revise(Expired),
];

/// The state machine of a quote revision.
pub const MACHINE: Machine<QuoteState, C> = Machine {
    name: "quote revision",
    initial: Draft,
    created_by: "quo.quote.created",
    transitions: TRANSITIONS,
};
