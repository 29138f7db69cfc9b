//! Texts that the charges of a priced quote are compared with: `c.charge is "access"`, `c.kind is "recurring"`.

use quo_source::{Diagnostic, Span, codes};

use super::{CHARGE_RECORD, Reader};
use crate::hir::{Expr, ExprKind};
use crate::show::nearest;
use crate::types::{Type, Value};

/// What the kinds of charges are called.
const KINDS: [&str; 3] = ["one time", "recurring", "usage"];

impl Reader<'_> {
    /// Whether a field of a charge can be this text; says so if not, since such a comparison decides nothing.
    pub(super) fn may_be_charged(&mut self, part: &Expr, value: &Value, span: Span) -> bool {
        let (ExprKind::Field { record, field }, Value::Text(text)) = (&part.kind, value) else {
            return true;
        };
        let Type::Record(record) = record.ty else {
            return true;
        };
        let record = self.world.records.get(record);
        let Some(record) = record.filter(|record| record.name == CHARGE_RECORD) else {
            return true;
        };
        let field = record.fields.get(*field).map(|field| field.name.as_str());
        let mut names: Vec<&str> = match field {
            Some("charge") => self
                .world
                .charges
                .iter()
                .map(|it| it.name.as_str())
                .collect(),
            Some("kind") => KINDS.to_vec(),
            _ => return true,
        };
        names.sort_unstable();
        names.dedup();
        // Where there are none, that has been said.
        if names.is_empty() || names.contains(&text.as_str()) {
            return true;
        }
        let (what, message) = match field {
            Some("kind") => ("kinds", format!("no charge is of the kind {text:?}")),
            _ => ("charges", format!("no charge is called {text:?}")),
        };
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_NAME, message).at(span, "this is never so");
        // The name of its product stands in `product`.
        let last = text.rsplit('.').next().unwrap_or_default();
        let meant = names.iter().find(|name| **name == last).copied();
        let words = text.replace(['-', '_'], " ");
        let meant = meant.or_else(|| nearest(text, names.iter().copied()));
        let meant = meant.or_else(|| nearest(&words, names.iter().copied()));
        self.diagnostics.push(match meant {
            Some(meant) => diagnostic.suggest(
                format!("did you mean {meant:?}"),
                span,
                format!("{meant:?}"),
            ),
            None => diagnostic.note(format!("there are the {what} {}", names.join(", "))),
        });
        false
    }
}
