//! Lengths of time that are nothing: `valid 0 days`, `0 days after quote.date`.

use quo_source::{Diagnostic, codes};

use crate::hir::{Lasting, Rules};

/// Reports answers and quotes that hold for no time.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    let nothing = |lasting: Lasting| matches!(lasting, Lasting::Days(0) | Lasting::Months(0));
    for qualification in &rules.qualifications {
        if nothing(qualification.valid) {
            let diagnostic = Diagnostic::warning(
                codes::NO_TIME,
                "an answer that is valid for no time holds on its own day only",
            )
            .at(qualification.span, "asked for again the day after")
            .note("write for how long it holds, such as `valid 30 days`");
            // A category has one for each of its products.
            if !found.contains(&diagnostic) {
                found.push(diagnostic);
            }
        }
    }
    for validity in &rules.validities {
        if validity.after.is_some_and(nothing) {
            found.push(
                Diagnostic::warning(
                    codes::NO_TIME,
                    "a quote is valid for no time after this day",
                )
                .at(validity.span, "it ends on that day")
                .note("write the day alone, or for how long: `30 days after …`"),
            );
        }
    }
}
