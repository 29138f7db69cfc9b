//! The printed form of what a quote stands on besides its products, and of the clauses of rules.

use super::{Printer, named, window};
use crate::hir::*;

impl Printer<'_> {
    /// The values an option may have, where they are listed.
    pub(super) fn domain(&self, option: &ProductOption) -> String {
        if option.domain.is_empty() {
            return String::new();
        }
        let values: Vec<String> = option
            .domain
            .iter()
            .map(|value| self.value(value, option.ty))
            .collect();
        format!(" in {{ {} }}", values.join(", "))
    }

    /// Stock-keeping units by option, and retirement.
    pub(super) fn sale(&mut self, product: &Product) {
        if let Some(skus) = &product.skus {
            self.line(1, "sku by");
            self.table(2, &skus.table, |_, row| {
                skus.skus.get(row).cloned().unwrap_or_default()
            });
        }
        if let Some(retired) = &product.retired {
            let successors: Vec<&str> = retired
                .successors
                .iter()
                .map(|successor| self.product_name(*successor))
                .collect();
            let text = format!("retired from {}, {}", retired.from, successors.join(" or "));
            self.line(1, &text);
        }
    }

    /// What a rule says besides its condition.
    pub(super) fn rule_clauses(&self, rule: &Rule) -> String {
        let mut text = String::new();
        let plain = if rule.kind == RuleKind::Warn {
            Severity::Warning
        } else {
            Severity::Error
        };
        if rule.severity != plain {
            text.push_str(&format!(" as {:?}", rule.severity));
        }
        if !rule.overridable.roles.is_empty() {
            let roles: Vec<&str> = rule
                .overridable
                .roles
                .iter()
                .map(|role| named(&self.rules.roles, *role))
                .collect();
            let reason = if rule.overridable.with_reason {
                " with reason"
            } else {
                ""
            };
            text.push_str(&format!(" overridable by {}{reason}", roles.join(" or ")));
        }
        text.push_str(&window(rule.window));
        if let Some(when) = &rule.when {
            text.push_str(&format!(" when {}", self.expr(when)));
        }
        text
    }

    /// What an approval matrix says besides its table.
    pub(super) fn approval_clauses(&self, approval: &Approval) -> String {
        let mut text = String::new();
        if approval.policy == RowPolicy::Every {
            text.push_str(", every match");
        }
        if approval.never_twice {
            text.push_str(", never the same person twice");
        }
        if approval.delegation {
            text.push_str(", delegation");
        }
        if let GoesUp::To(role) = approval.goes_up {
            text.push_str(&format!(", goes up to {}", named(&self.rules.roles, role)));
        }
        for (column, worse) in &approval.worse {
            let column = approval.table.columns.get(*column);
            let name = column.map_or("?", |column| column.name.as_str());
            text.push_str(&format!(", asked again when {name} {worse:?}"));
        }
        text
    }

    /// Qualifications, validity, clauses.
    pub(super) fn terms(&mut self) {
        let rules = self.rules;
        for found in &rules.qualifications {
            self.product = Some(found.product);
            let when = found
                .when
                .as_ref()
                .map_or(String::new(), |when| format!(" when {}", self.expr(when)));
            let fact = self.expr(&found.day);
            let text = format!(
                "qualification {} with {fact} for {:?}{when}: {:?}",
                found.id, found.valid, found.message
            );
            self.line(0, &text);
            self.product = None;
        }
        for found in &rules.validities {
            let after = found
                .after
                .map_or(String::new(), |after| format!("{after:?} after "));
            let text = format!(
                "valid until {after}{} {:?}",
                self.expr(&found.day),
                found.title
            );
            self.line(0, &text);
        }
        for clause in &rules.clauses {
            let products: Vec<&str> = clause
                .products
                .iter()
                .map(|product| self.product_name(*product))
                .collect();
            let need = if clause.on_request {
                "on request"
            } else {
                "required"
            };
            let when = clause
                .when
                .as_ref()
                .map_or(String::new(), |when| format!(" when {}", self.expr(when)));
            let text = format!(
                "clause {} version {} {need} with [{}]{when}",
                clause.name,
                clause.version,
                products.join(" ")
            );
            self.line(0, &text);
        }
    }
}
