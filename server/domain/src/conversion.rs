//! From quote to order: both sides of a conversion, decided together.
//!
//! The quote's event and the order's creation belong into one transaction, with a claim that the
//! database keeps unique, so that no accepted revision ever becomes two orders. Neither aggregate
//! knows the other; this module is the one place that knows both.

use crate::context::{Context, Decision};
use crate::ids::{OrderId, QuoteId, RevisionNo};
use crate::order::{self, OrderEvent};
use crate::quote::{self, QuoteFamily};
use crate::refusal::Refusal;

/// Kind of the claim that makes order creation unique per accepted revision.
pub const ORDER_OF_REVISION: &str = "order-of-revision";

/// Both sides of a conversion, to be appended in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// What happens to the quote.
    pub quote: Decision<quote::QuoteEvent>,
    /// What happens to the order, whose stream must not exist yet.
    pub order: Decision<OrderEvent>,
    /// Value of the claim of kind [`ORDER_OF_REVISION`]; its owner is the order.
    pub claim: String,
}

/// The value a revision claims when it becomes an order.
#[must_use]
pub fn claim_of(quote: &QuoteId, revision: RevisionNo) -> String {
    format!("{quote}/{revision}")
}

/// Decides the conversion of a revision (the latest when not given) into the order `order`.
///
/// # Errors
/// [`Refusal`] when the revision may not become an order.
pub fn convert(
    family: &QuoteFamily,
    revision: Option<RevisionNo>,
    order: &OrderId,
    context: &Context,
) -> Result<Conversion, Refusal> {
    let (quote, commitment, acceptance) = quote::convert(family, revision, order, context)?;
    let claim = claim_of(&commitment.quote, commitment.revision);
    let order = order::capture(order, commitment, acceptance);
    Ok(Conversion {
        quote,
        order,
        claim,
    })
}
