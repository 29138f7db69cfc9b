//! Static checks over checked rules, one file a check.
//!
//! The first three are asked while rules are read, as what they find keeps a table from being used. All others look at the
//! checked rules as a whole, in [`rules`]; nothing of them changes what the rules mean. What makes a wrong or a missing
//! decision possible is an error; what is only suspicious is a warning; a check that would take too long says so in a note.

mod apart;
mod cases;
pub mod clauses;
mod competing;
mod condition;
pub mod cover;
mod dead_rows;
mod floors;
mod missing_price;
mod never;
mod no_time;
pub mod overlap;
mod price_gap;
mod request_value;
mod requests;
mod retired;
mod same_approver;
pub mod scene;
mod search;
mod selling;
mod set;
mod takes_too_much;
pub mod tiers;
mod tries_fit;
mod undecided;
mod unused;
mod windows;

use quo_source::{Diagnostic, FileId, Sources, Span, Stopped, Work, codes};
use quo_syntax::ast;

use crate::decl::Items;
use crate::hir::Rules;

pub use apart::conditions as apart;

/// Everything that can be said about rules that are right in themselves.
///
/// # Errors
/// When the work budget is used up or the work is cancelled.
pub fn rules(
    rules: &Rules,
    items: &Items,
    trees: &[(FileId, ast::SourceFile)],
    sources: &Sources,
    work: &Work,
) -> Result<Vec<Diagnostic>, Stopped> {
    let mut found = Vec::new();
    for check in [
        price_gap::check,
        missing_price::check,
        windows::check,
        competing::check,
        undecided::check,
        dead_rows::check,
        never::check,
        floors::check,
        retired::parts,
        requests::check,
        takes_too_much::check,
        same_approver::check,
        no_time::check,
        tries_fit::check,
    ] {
        work.spend(1)?;
        check(rules, &mut found);
    }
    retired::adjustments(rules, items, &mut found);
    unused::check(rules, trees, sources, &mut found);
    Ok(found)
}

/// A search that was too large to finish.
fn not_finished(what: &str, span: Span) -> Diagnostic {
    Diagnostic::remark(
        codes::NOT_FINISHED,
        format!("it was not checked whether {what}"),
    )
    .at(span, "too many combinations to go through")
    .note("fewer overlapping ranges, or fewer columns in one table, make it possible")
}
