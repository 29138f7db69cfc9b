//! Rules about products that are not sold any more, or not yet.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::selling::{days, sold};
use super::set::Set;
use crate::decl::Items;
use crate::hir::{Product, Rules};

/// Reports parts of bundles that hold something that is not sold while the bundle is.
pub fn parts(rules: &Rules, found: &mut Vec<Diagnostic>) {
    for (index, bundle) in rules.products.iter().enumerate() {
        let offered = sold(rules, index);
        for part in &bundle.parts {
            let mut any = Set::default();
            for kind in &part.kinds {
                let days = sold(rules, *kind).and(&offered);
                any = any.or(&days);
                let Some(product) = rules.products.get(*kind) else {
                    continue;
                };
                if days.is_empty() && !offered.is_empty() && (part.kinds.len() > 1 || part.min == 0)
                {
                    let what = format!("the part `{}` of `{}`", part.name, bundle.name);
                    found.push(retired(&what, "in its part", part.span, product));
                }
            }
            if any.is_empty() && !offered.is_empty() && part.min > 0 {
                found.push(never_filled(bundle, part));
            }
        }
    }
}

fn never_filled(bundle: &Product, part: &crate::hir::Part) -> Diagnostic {
    Diagnostic::error(
        codes::RETIRED,
        format!(
            "`{}` can never be sold: nothing for its part `{}` is sold while it is",
            bundle.name, part.name
        ),
    )
    .at(part.span, "this part must be filled")
    .also(bundle.span, "declared here")
    .suggest_edits(
        "name what is sold instead, or say when the bundle was sold",
        Vec::new(),
    )
}

/// Reports discounts and promotions that name something that is not sold while they are effective.
pub fn adjustments(rules: &Rules, items: &Items, found: &mut Vec<Diagnostic>) {
    for item in &items.adjustments {
        let Some(name) = item.node.name().map(|name| name.text()) else {
            continue;
        };
        let Some(adjustment) = rules
            .adjustments
            .iter()
            .find(|adjustment| adjustment.name == name)
        else {
            continue;
        };
        let effective = days(adjustment.effective).and(&days(rules.effective));
        if effective.is_empty() {
            continue;
        }
        for (product, span) in named(&item.node, item.file) {
            let index = rules
                .products
                .iter()
                .position(|found| found.name == product);
            let Some((index, product)) =
                index.and_then(|index| Some((index, rules.products.get(index)?)))
            else {
                continue;
            };
            if sold(rules, index).and(&effective).is_empty() {
                let kind = if adjustment.promotion {
                    "promotion"
                } else {
                    "discount"
                };
                found.push(retired(
                    &format!("the {kind} `{name}`"),
                    "named here",
                    span,
                    product,
                ));
            }
        }
    }
}

/// The products that an adjustment names, each where it does.
fn named(node: &ast::Adjustment, file: FileId) -> Vec<(String, Span)> {
    let Some(on) = node.on() else {
        return Vec::new();
    };
    let mut found: Vec<(String, Span)> = match on.selection() {
        Some(ast::ChargeSelection::Charges(paths)) => paths
            .iter()
            .filter_map(|path| {
                let (product, _) = path.segments().into_iter().next()?;
                Some((product, path.span(file)))
            })
            .collect(),
        Some(ast::ChargeSelection::Class { products, .. }) => products
            .iter()
            .map(|product| (product.text(), product.span(file)))
            .collect(),
        None => Vec::new(),
    };
    found.extend(on.bundle().map(|bundle| (bundle.text(), bundle.span(file))));
    found
}

fn retired(what: &str, label: &str, span: Span, product: &Product) -> Diagnostic {
    let window = match (product.sold.from, product.sold.to) {
        (Some(from), Some(to)) => format!("it is sold from {from} to {to}"),
        (None, Some(to)) => format!("it is sold to {to}"),
        (Some(from), None) => format!("it is sold from {from}"),
        (None, None) => "it is not sold on the days that the ruleset serves".to_owned(),
    };
    Diagnostic::warning(
        codes::RETIRED,
        format!("{what} names `{}`, which is not sold then", product.name),
    )
    .at(span, label.to_owned())
    .also(product.span, "declared here")
    .note(window)
    .suggest_edits("name what is sold instead, or remove it", Vec::new())
}
