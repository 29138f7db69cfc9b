//! Rules that can never apply, and constraints that always hold: their conditions contradict each other, the days on which
//! they are effective, or the values that there are.

use quo_source::{Diagnostic, Span, codes};

use super::condition::{Alternative, all, alternatives};
use super::scene::{Names, Scene};
use super::selling::{date, days, header, sold};
use crate::hir::{Expr, Rule, RuleBody, RuleKind, Rules, Window};

/// Reports what never applies and what always holds.
pub fn check(rules: &Rules, found: &mut Vec<Diagnostic>) {
    adjustments(rules, found);
    // A rule of some days only, such as a retirement, may hold for nobody on those days.
    let always = |rule: &&Rule| rule.window == Window::default() && rule.when.is_none();
    for rule in rules.rules.iter().filter(always) {
        constraint(rules, rule, found);
    }
    let scene = Scene::new(Names::of(rules), None, None);
    for book in &rules.books {
        let served = days(rules.effective);
        if days(book.effective).and(&served).is_empty() {
            found.push(outside(
                &format!("the price book `{}`", book.name),
                book.span,
                rules.effective,
            ));
        } else if header(rules, &scene, book).is_empty() {
            found.push(never(
                &format!("the price book `{}`", book.name),
                book.span,
                book.when.as_ref(),
            ));
        }
    }
    for fulfilment in &rules.fulfilments {
        let scene = Scene::new(Names::of(rules), Some(fulfilment.product), None);
        for task in &fulfilment.tasks {
            if let Some(when) = &task.when
                && alternatives(&scene, when, true).is_empty()
            {
                found.push(never(
                    &format!("the task `{}`", task.name),
                    task.span,
                    Some(when),
                ));
            }
        }
    }
}

fn adjustments(rules: &Rules, found: &mut Vec<Diagnostic>) {
    for (index, adjustment) in rules.adjustments.iter().enumerate() {
        let what = if adjustment.promotion {
            format!("the promotion `{}`", adjustment.name)
        } else {
            format!("the discount `{}`", adjustment.name)
        };
        let window = days(adjustment.effective);
        if window.and(&days(rules.effective)).is_empty() {
            if adjustment
                .effective
                .from
                .zip(adjustment.effective.to)
                .is_none_or(|(from, to)| from <= to)
            {
                found.push(outside(&what, adjustment.span, rules.effective));
            }
            continue;
        }
        let mut targets = 0usize;
        let mut when = None;
        let mut possible = false;
        for charge in &rules.charges {
            for target in charge
                .adjustments
                .iter()
                .filter(|target| target.adjustment == index)
            {
                targets = targets.saturating_add(1);
                let scene = Scene::new(Names::of(rules), Some(charge.product), target.within);
                let days = window.and(&sold(rules, charge.product));
                let Some(date) = date(rules) else { return };
                let frame = Alternative::anything().only(&date, &days);
                let condition = match &target.when {
                    Some(when) => alternatives(&scene, when, true),
                    None => vec![Alternative::anything()],
                };
                let sellable = eligible(rules, &scene, charge.product);
                possible |= !all(&[frame.into_iter().collect(), condition, sellable]).is_empty();
                when = when.or(target.when.as_ref());
            }
        }
        if targets > 0 && !possible {
            found.push(never(&what, adjustment.span, when));
        }
    }
}

/// To whom a product is sold.
fn eligible(rules: &Rules, scene: &Scene<'_>, product: usize) -> Vec<Alternative> {
    let own = rules
        .products
        .get(product)
        .map(|product| product.eligibility.as_slice());
    let lists: Vec<Vec<Alternative>> = own
        .unwrap_or_default()
        .iter()
        .filter_map(|rule| match &rules.rules.get(*rule)?.body {
            RuleBody::Expr(body) => Some(alternatives(scene, body, true)),
            RuleBody::Table(_) => None,
        })
        .collect();
    all(&lists)
}

fn constraint(rules: &Rules, rule: &Rule, found: &mut Vec<Diagnostic>) {
    let RuleBody::Expr(body) = &rule.body else {
        return;
    };
    let scene = Scene::new(Names::of(rules), rule.product, None);
    let holds = alternatives(&scene, body, true);
    let breaks = alternatives(&scene, body, false);
    // What is excluded must not hold.
    let (keeps, breaks) = match rule.kind {
        RuleKind::Exclude => (breaks, holds),
        _ => (holds, breaks),
    };
    let said = |message: String, label: &str, advice: &str| {
        Diagnostic::warning(codes::NEVER_APPLIES, message)
            .at(body.span, label.to_owned())
            .also(rule.span, "in this rule")
            .suggest_edits(advice.to_owned(), Vec::new())
    };
    if keeps.is_empty() {
        let message = match rule.kind {
            RuleKind::Eligible => {
                let product = rule.product.and_then(|product| rules.products.get(product));
                let name = product.map_or("", |product| product.name.as_str());
                format!("`{name}` is eligible for nobody")
            }
            RuleKind::Warn => "this warning is given to every quote".to_owned(),
            _ => "no quote can ever be valid under this rule".to_owned(),
        };
        let label = if rule.kind == RuleKind::Exclude {
            "this always holds"
        } else {
            "this never holds"
        };
        found.push(said(
            message,
            label,
            "correct the condition, or remove the rule",
        ));
    } else if breaks.is_empty() && rule.kind != RuleKind::Eligible {
        let label = if rule.kind == RuleKind::Exclude {
            "this never holds"
        } else {
            "this always holds"
        };
        let message = "no quote can ever break this rule".to_owned();
        found.push(
            Diagnostic::warning(codes::ALWAYS_HOLDS, message)
                .at(body.span, label)
                .also(rule.span, "in this rule")
                .suggest_edits("correct the condition, or remove the rule", Vec::new()),
        );
    }
}

fn outside(what: &str, span: Span, effective: Window) -> Diagnostic {
    let from = effective.from.map(|date| format!("from {date}"));
    let to = effective.to.map(|date| format!("to {date}"));
    let days: Vec<String> = [from, to].into_iter().flatten().collect();
    Diagnostic::warning(codes::NEVER_APPLIES, format!("{what} can never apply"))
        .at(span, "on none of the days that the ruleset serves")
        .note(format!("the ruleset is effective {}", days.join(" ")))
        .suggest_edits("correct its window, or remove it", Vec::new())
}

fn never(what: &str, span: Span, when: Option<&Expr>) -> Diagnostic {
    let finding = Diagnostic::warning(codes::NEVER_APPLIES, format!("{what} can never apply"));
    let finding = match when {
        Some(when) => finding
            .at(when.span, "this and what else must hold exclude each other")
            .also(span, "declared here"),
        None => finding.at(span, "what must hold for it excludes itself"),
    };
    finding.suggest_edits(
        "compare the condition with the values that there are, its window, and to whom the product is sold",
        Vec::new(),
    )
}
