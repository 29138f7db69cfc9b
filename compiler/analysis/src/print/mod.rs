//! Checked rules as text: every name resolved, every type and scale shown, for tests and for people who ask what a rule
//! has come to mean.

mod adjustments;
mod calculations;
mod terms;
mod values;

use std::fmt::Write as _;

use crate::hir::*;

/// The rules as text, in their canonical order.
#[must_use]
pub fn print(rules: &Rules) -> String {
    let mut printer = Printer {
        rules,
        out: String::new(),
        charge: None,
        product: None,
        within: None,
    };
    printer.ruleset();
    printer.out
}

/// Prints rules; the fields say what bare indexes in an expression refer to.
struct Printer<'a> {
    rules: &'a Rules,
    out: String,
    charge: Option<usize>,
    product: Option<usize>,
    within: Option<usize>,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{:1$}{text}", "", depth * 2);
    }

    fn ruleset(&mut self) {
        let rules = self.rules;
        let [major, minor, patch] = rules.version;
        self.line(
            0,
            &format!(
                "ruleset {} {major}.{minor}.{patch}{}",
                rules.name,
                window(rules.effective)
            ),
        );
        let codes: Vec<&str> = rules.currencies.iter().map(|found| found.code()).collect();
        self.line(
            0,
            &format!(
                "currencies {}, money with {} decimals",
                codes.join(" "),
                rules.money_scale()
            ),
        );
        for fact in &rules.facts {
            let default = self.default(fact.default.as_ref(), fact.ty);
            let mark = if fact.optional { "?" } else { "" };
            self.line(
                0,
                &format!(
                    "fact {}.{}: {}{mark}{default}",
                    fact.group,
                    fact.name,
                    self.ty(fact.ty)
                ),
            );
        }
        for amount in &rules.amounts {
            let values: Vec<String> = amount
                .values
                .iter()
                .map(|value| self.money(*value))
                .collect();
            self.line(0, &format!("amount {} = {}", amount.name, values.join(" ")));
        }
        self.calculations();
        for (index, product) in rules.products.iter().enumerate() {
            self.product(index, product);
        }
        for rule in &rules.quote_rules {
            self.rule(0, *rule);
        }
        for book in &rules.books {
            self.book(book);
        }
        for group in &rules.groups {
            self.group(group);
        }
        for adjustment in &rules.adjustments {
            self.adjustment(adjustment);
        }
        for approval in &rules.approvals {
            self.approval(approval);
        }
        for fulfilment in &rules.fulfilments {
            self.fulfilment(fulfilment);
        }
        self.terms();
    }

    fn product(&mut self, index: usize, product: &Product) {
        self.product = Some(index);
        let category = product
            .category
            .and_then(|found| self.rules.categories.get(found));
        let category = category.map_or(String::new(), |found| format!(" in {}", found.name));
        self.line(
            0,
            &format!("product {}{category}{}", product.name, window(product.sold)),
        );
        for option in &product.options {
            let default = self.default(option.default.as_ref(), option.ty);
            self.line(
                1,
                &format!(
                    "option {}: {}{}{default}",
                    option.name,
                    self.ty(option.ty),
                    self.domain(option)
                ),
            );
        }
        for part in &product.parts {
            let kinds: Vec<&str> = part
                .kinds
                .iter()
                .map(|kind| self.product_name(*kind))
                .collect();
            self.line(
                1,
                &format!(
                    "part {}: {} to {}{} of {}",
                    part.name,
                    part.min,
                    part.max,
                    if part.many { " items" } else { "" },
                    kinds.join(" ")
                ),
            );
            for default in &part.defaults {
                let kind = self.rules.products.get(default.product);
                let option = kind.and_then(|kind| kind.options.get(default.option));
                let option = option.map_or("", |option| option.name.as_str());
                let value = self.expr(&default.value);
                self.line(
                    2,
                    &format!("{}.{option} = {value}", self.product_name(default.product)),
                );
            }
        }
        self.sale(product);
        for rule in product.constraints.iter().chain(&product.eligibility) {
            self.rule(1, *rule);
        }
        for charge in product.charges.clone() {
            self.charge(charge);
        }
        self.product = None;
    }

    fn rule(&mut self, depth: usize, index: usize) {
        let Some(rule) = self.rules.rules.get(index) else {
            return;
        };
        self.line(
            depth,
            &format!(
                "{:?} {} {:?}{}",
                rule.kind,
                rule.id,
                rule.message,
                self.rule_clauses(rule)
            ),
        );
        match &rule.body {
            RuleBody::Expr(expr) => {
                let text = self.expr(expr);
                self.line(depth + 1, &text);
            }
            RuleBody::Table(table) => self.table(depth + 1, table, |_, _| String::new()),
        }
    }

    fn charge(&mut self, index: usize) {
        let Some(charge) = self.rules.charges.get(index) else {
            return;
        };
        self.charge = Some(index);
        let quantity = match (&charge.quantity.of, charge.quantity.pack) {
            (None, _) => String::new(),
            (Some(of), None) => format!(" per {}", self.expr(of)),
            (Some(of), Some(pack)) => {
                let how = if pack.started { "started" } else { "whole" };
                let size = decimal(i128::from(pack.size), charge.quantity.scale());
                format!(" per {size} {how} of {}", self.expr(of))
            }
        };
        let prepaid = charge.prepaid.map_or(String::new(), |paid| match paid {
            Prepaid::Term => " prepaid for the term".to_owned(),
            Prepaid::Months(months) => format!(" prepaid for {months} months"),
        });
        self.line(
            1,
            &format!(
                "charge {}: {:?} {} months{quantity}{prepaid}",
                charge.name, charge.kind, charge.months
            ),
        );
        for prices in &charge.prices {
            self.prices(prices);
        }
        for target in &charge.adjustments {
            self.within = target.within;
            let adjustment = self.rules.adjustments.get(target.adjustment);
            let name = adjustment.map_or("", |adjustment| adjustment.name.as_str());
            let bundle = target.within.map_or(String::new(), |bundle| {
                format!(" in {}", self.product_name(bundle))
            });
            let when = target
                .when
                .as_ref()
                .map_or(String::new(), |when| format!(" when {}", self.expr(when)));
            let saving = self.expr(&target.saving);
            self.line(
                2,
                &format!(
                    "adjusted by {name}{bundle}{when} takes {saving}: {}{}",
                    self.ty(target.saving.ty),
                    self.target_clauses(target)
                ),
            );
        }
        self.within = None;
        for floor in &charge.floors {
            let least = self.expr(&floor.least);
            self.line(2, &format!("floor {} at {least}", floor.id));
        }
        self.charge = None;
    }

    fn prices(&mut self, prices: &Prices) {
        let named = |book: usize| {
            let book = self.rules.books.get(book);
            book.map_or("", |book| book.name.as_str())
        };
        let rows = &prices.rows;
        let mut how = match prices.target {
            PriceTarget::Charge => String::new(),
            PriceTarget::Category => " of its category".to_owned(),
            PriceTarget::All => " of all".to_owned(),
        };
        if let Some(from) = prices.from {
            how.push_str(&format!(" from {}", named(from)));
        }
        how.push_str(if rows.model.graduated {
            ", graduated"
        } else {
            ""
        });
        how.push_str(if rows.model.flat { ", flat" } else { "" });
        how.push_str(match rows.model.packages {
            None => "",
            Some(true) => ", in packages started",
            Some(false) => ", in packages whole",
        });
        for (what, value) in [
            ("included", &rows.included),
            ("at least", &rows.least),
            ("at most", &rows.most),
        ] {
            if let Some(value) = value {
                how.push_str(&format!(", {what} {}", self.expr(value)));
            }
        }
        if let Some(formula) = &rows.formula {
            how.push_str(&format!(" = {}", self.expr(formula)));
        }
        self.line(2, &format!("prices of {}{how}", named(prices.book)));
        self.table(3, &rows.table, |_, row| {
            let value = |column: &PriceColumn| {
                let value = column.values.get(row).copied().flatten();
                let value = value.map_or("-".to_owned(), |value| {
                    decimal(i128::from(value), column.scale)
                });
                match column.kind {
                    PriceColumnKind::Price => value,
                    other => format!("{} {value}", other.heading()),
                }
            };
            let values: Vec<String> = rows.columns.iter().map(value).collect();
            values.join(", ")
        });
    }

    fn book(&mut self, book: &Book) {
        let codes: Vec<&str> = book
            .currencies
            .iter()
            .filter_map(|currency| self.rules.currencies.get(*currency))
            .map(|currency| currency.code())
            .collect();
        let replaced = book
            .replaces
            .and_then(|replaced| self.rules.books.get(replaced));
        let replaced = replaced.map_or(String::new(), |replaced| {
            format!(" replaces {}", replaced.name)
        });
        let extended = book.extends.and_then(|base| self.rules.books.get(base));
        let extended = extended.map_or(String::new(), |base| format!(" extends {}", base.name));
        let level = book.level.and_then(|level| self.rules.levels.get(level));
        let level = level.map_or(String::new(), |level| format!(" level {level}"));
        let when = book
            .when
            .as_ref()
            .map_or(String::new(), |when| format!(" when {}", self.expr(when)));
        self.line(
            0,
            &format!(
                "book {}{replaced}{extended}{level} in {}{}{when} rounded {:?}",
                book.name,
                codes.join(" "),
                window(book.effective),
                book.rounding
            ),
        );
    }

    fn approval(&mut self, approval: &Approval) {
        let never = if approval.never_requester {
            ", never the requester"
        } else {
            ""
        };
        let more = self.approval_clauses(approval);
        self.line(0, &format!("approval {}{never}{more}", approval.name));
        self.table(1, &approval.table, |printer, row| {
            let Some(row) = approval.rows.get(row) else {
                return String::new();
            };
            let steps: Vec<String> = row
                .steps
                .iter()
                .map(|step| {
                    let join = if step.any { " or " } else { " and " };
                    let roles = step
                        .roles
                        .iter()
                        .map(|role| named(&printer.rules.roles, *role));
                    roles.collect::<Vec<_>>().join(join)
                })
                .collect();
            format!(
                "[{}] within {} minutes",
                steps.join(" then "),
                row.within_minutes
            )
        });
    }

    fn fulfilment(&mut self, fulfilment: &Fulfilment) {
        self.product = Some(fulfilment.product);
        self.line(
            0,
            &format!("fulfilment of {}", self.product_name(fulfilment.product)),
        );
        for task in &fulfilment.tasks {
            let after: Vec<&str> = task
                .after
                .iter()
                .filter_map(|task| fulfilment.tasks.get(*task))
                .map(|task| task.name.as_str())
                .collect();
            let after = if after.is_empty() {
                String::new()
            } else {
                format!(" after {}", after.join(" "))
            };
            let when = task
                .when
                .as_ref()
                .map_or(String::new(), |when| format!(" when {}", self.expr(when)));
            let undo = task
                .undo
                .as_ref()
                .map_or(String::new(), |undo| format!(", undone by {undo}"));
            self.line(
                1,
                &format!(
                    "{} on {}{after}{when}, {} tries within {} minutes{undo}",
                    task.name,
                    named(&self.rules.systems, task.system),
                    task.tries,
                    task.within_minutes
                ),
            );
        }
        self.product = None;
    }

    /// A table: a line for its columns, then one for each row with what `answer` says of it.
    fn table(&mut self, depth: usize, table: &Table, answer: impl Fn(&Self, usize) -> String) {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let how = if column.range { "ranges of " } else { "" };
                format!(
                    "{how}{}: {}",
                    self.expr(&column.expr),
                    self.ty(column.expr.ty)
                )
            })
            .collect();
        self.line(
            depth,
            &format!("table {} | {}", table.id, columns.join(" | ")),
        );
        for (index, row) in table.rows.iter().enumerate() {
            let cells: Vec<String> = row
                .cells
                .iter()
                .zip(&table.columns)
                .map(|(cell, column)| self.cell(cell, column.expr.ty))
                .collect();
            let answer = answer(self, index);
            self.line(
                depth + 1,
                format!("{} -> {answer}", cells.join(" | ")).trim_end_matches(" -> "),
            );
        }
    }
}

fn decimal(mantissa: i128, scale: u8) -> String {
    quo_value::Decimal::new(mantissa, scale)
        .map_or_else(|_| mantissa.to_string(), |found| found.to_string())
}

fn named(names: &[Named], index: usize) -> &str {
    names.get(index).map_or("?", |named| named.name.as_str())
}

fn window(window: Window) -> String {
    let day = |day: Option<quo_value::Date>| day.map_or(String::new(), |day| day.to_string());
    match window {
        Window {
            from: None,
            to: None,
        } => String::new(),
        Window { from, to } => format!(" {}..{}", day(from), day(to)),
    }
}
