//! The verifier: what must hold in a package beyond the validity of its bytes, so that whoever runs it need not check.
//!
//! It trusts nothing but the archive's validity (bytecheck). It is total, takes little more than one pass over the
//! package, and stops at the first fault. It does not judge whether the rules are sensible, only
//! whether they are well formed: every index leads somewhere, every routine fits the place that refers to it, code
//! reads what it wrote and ends, tables find what they hold.
//!
//! A routine may stand wherever everything it looks at is there: one of [`Scope::Quote`](crate::Scope) everywhere, one
//! of `Item` on that product also where a charge of it is priced.

mod adjustments;
mod calc;
mod candidates;
mod code;
mod fulfilment;
mod prices;
mod products;
mod shape;
mod source_map;
mod tables;
mod terms;
mod vocabulary;

use std::fmt;

use crate::access::{at, some};
use crate::code::{ArchivedBank, ArchivedScope};
use crate::rules::ArchivedModel;
use crate::{Bank, NONE, Scope};

pub(crate) use source_map::verify_source_map;

/// A fault of a model: where it is and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct VerifyError {
    place: String,
    problem: String,
}

impl VerifyError {
    pub(crate) fn new(place: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self {
            place: place.to_string(),
            problem: problem.to_string(),
        }
    }

    /// Where the fault is, such as ``product `Platform` ``.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// Returns a [`VerifyError`] unless the condition holds; place and problem are evaluated only then.
macro_rules! ensure {
    ($holds:expr, $place:expr, $($problem:tt)+) => {
        if !$holds {
            return Err($crate::verify::VerifyError::new($place, format!($($problem)+)));
        }
    };
}
pub(crate) use ensure;

type Verified = Result<(), VerifyError>;

/// Verifies a model.
pub(crate) fn verify(model: &ArchivedModel) -> Verified {
    vocabulary::verify(model)?;
    products::verify(model)?;
    tables::verify(model)?;
    calc::verify(model)?;
    code::verify(model)?;
    calc::verify_results(model)?;
    products::verify_rules(model)?;
    prices::verify(model)?;
    fulfilment::verify(model)?;
    terms::verify(model)
}

/// Checks that an index is below a length.
fn in_range(index: u32, len: usize, place: impl fmt::Display, what: &str) -> Verified {
    ensure!(index != NONE, place, "refers to no {what} where it must");
    ensure!(at(index) < len, place, "refers to {what} {index} of {len}");
    Ok(())
}

/// Checks that an index is below a length or [`NONE`].
fn in_range_or_none(index: u32, len: usize, place: impl fmt::Display, what: &str) -> Verified {
    if index == NONE {
        return Ok(());
    }
    in_range(index, len, place, what)
}

/// Checks that numbers of strings lead to strings.
fn are_strings(model: &ArchivedModel, place: impl fmt::Display, strings: &[u32]) -> Verified {
    let count = model.strings.count();
    match strings.iter().find(|string| **string >= count) {
        Some(string) => Err(VerifyError::new(
            place,
            format!("refers to string {string} of {count}"),
        )),
        None => Ok(()),
    }
}

/// Checks that a window does not end before it begins.
fn is_window(from: i32, to: i32, place: impl fmt::Display) -> Verified {
    ensure!(
        from <= to,
        place,
        "ends on day {to}, before it begins on day {from}"
    );
    Ok(())
}

/// What a place that refers to a routine provides and expects.
#[derive(Clone, Copy)]
struct Need {
    scope: Scope,
    product: u32,
    within: u32,
    result: Bank,
}

impl Need {
    /// A narrow result on the quote.
    const QUOTE: Need = Need {
        scope: Scope::Quote,
        product: NONE,
        within: NONE,
        result: Bank::Narrow,
    };

    /// A narrow result on an item of this product.
    fn item(product: u32) -> Need {
        Need {
            scope: Scope::Item,
            product,
            ..Need::QUOTE
        }
    }
}

/// Checks that a routine may stand in a place.
fn fits(
    model: &ArchivedModel,
    id: u32,
    need: Need,
    place: impl fmt::Display,
    what: &str,
) -> Verified {
    let Some(routine) = model.program.routines.get(at(id)) else {
        return in_range(id, model.program.routines.len(), place, what);
    };
    let result = match routine.result {
        ArchivedBank::Narrow => Bank::Narrow,
        ArchivedBank::Wide => Bank::Wide,
    };
    ensure!(
        result == need.result,
        place,
        "{what} is routine {id}, whose result is in the other bank"
    );
    ensure!(
        routine.narrow_args == 0 && routine.wide_args == 0,
        place,
        "{what} is routine {id}, which takes arguments"
    );
    let (product, within) = (routine.product.to_native(), routine.within.to_native());
    let same_item = product == need.product && (within == NONE || within == need.within);
    let fits = match routine.scope {
        ArchivedScope::Quote => true,
        ArchivedScope::Item => matches!(need.scope, Scope::Item | Scope::Charge) && same_item,
        ArchivedScope::Charge => need.scope == Scope::Charge && same_item,
        ArchivedScope::Total => need.scope == Scope::Total,
    };
    ensure!(
        fits,
        place,
        "{what} is routine {id}, which looks at what is not there: its scope is {:?}{}",
        routine.scope,
        some(product)
            .map(|product| format!(" of product {product}"))
            .unwrap_or_default()
    );
    Ok(())
}

/// Whether edges between `count` nodes form no cycle. The edges are sorted by where they begin; nodes are in range.
fn acyclic(count: usize, edges: &[(u32, u32)]) -> bool {
    let mut incoming = vec![0usize; count];
    for (_, to) in edges {
        if let Some(incoming) = incoming.get_mut(at(*to)) {
            *incoming += 1;
        }
    }
    let mut free: Vec<usize> = (0..count)
        .filter(|node| incoming.get(*node) == Some(&0))
        .collect();
    let mut removed = 0;
    while let Some(node) = free.pop() {
        removed += 1;
        let start = edges.partition_point(|(from, _)| at(*from) < node);
        for (_, to) in edges
            .iter()
            .skip(start)
            .take_while(|(from, _)| at(*from) == node)
        {
            if let Some(left) = incoming.get_mut(at(*to)) {
                *left -= 1;
                if *left == 0 {
                    free.push(at(*to));
                }
            }
        }
    }
    removed == count
}

/// Whether numbers ascend, each above the one before.
fn strictly_ascending<T: PartialOrd>(numbers: impl IntoIterator<Item = T>) -> bool {
    let mut numbers = numbers.into_iter();
    let Some(mut last) = numbers.next() else {
        return true;
    };
    numbers.all(|number| {
        let ascends = last < number;
        last = number;
        ascends
    })
}
