//! Checked rules as text: every name resolved, every type and scale shown, for tests and for people who ask what a rule
//! has come to mean.

use std::fmt::Write as _;

use crate::hir::*;
use crate::show::number_text;
use crate::types::{Number, Type, Unit, Value};

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
        for (index, product) in rules.products.iter().enumerate() {
            self.product(index, product);
        }
        for rule in &rules.quote_rules {
            self.rule(0, *rule);
        }
        for book in &rules.books {
            self.book(book);
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
                &format!("option {}: {}{default}", option.name, self.ty(option.ty)),
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
                    "part {}: {} to {} of {}",
                    part.name,
                    part.min,
                    part.max,
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
            &format!("{:?} {} {:?}", rule.kind, rule.id, rule.message),
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
        let quantity = match charge.quantity {
            Quantity::One => String::new(),
            Quantity::Option(option) => format!(" per {}", self.option(self.product, option)),
            Quantity::Packs {
                option,
                size,
                started,
            } => {
                let how = if started { "started" } else { "whole" };
                format!(" per {size} {how} of {}", self.option(self.product, option))
            }
        };
        self.line(
            1,
            &format!(
                "charge {}: {:?} {} months{quantity}",
                charge.name, charge.kind, charge.months
            ),
        );
        for prices in &charge.prices {
            let book = self
                .rules
                .books
                .get(prices.book)
                .map_or("", |book| book.name.as_str());
            let how = if prices.graduated { ", graduated" } else { "" };
            self.line(2, &format!("prices of {book}{how}"));
            self.table(3, &prices.table, |_, row| {
                let price = prices.prices.get(row).copied().unwrap_or_default();
                decimal(i128::from(price), prices.scale)
            });
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
                    "adjusted by {name}{bundle}{when} takes {saving}: {}",
                    self.ty(target.saving.ty)
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
        let when = book
            .when
            .as_ref()
            .map_or(String::new(), |when| format!(" when {}", self.expr(when)));
        self.line(
            0,
            &format!(
                "book {}{replaced} in {}{}{when} rounded {:?}",
                book.name,
                codes.join(" "),
                window(book.effective),
                book.rounding
            ),
        );
    }

    fn adjustment(&mut self, adjustment: &Adjustment) {
        let kind = if adjustment.promotion {
            "promotion"
        } else {
            "discount"
        };
        let stage = self
            .rules
            .stages
            .get(adjustment.stage)
            .map_or("", String::as_str);
        let asked = adjustment.asked.as_ref().map_or(String::new(), |asked| {
            format!(
                " asked by {} as {}",
                named(&self.rules.roles, asked.role),
                self.ty(asked.ty)
            )
        });
        self.line(
            0,
            &format!(
                "{kind} {} at {stage} {}{}{asked}",
                adjustment.name,
                adjustment.priority,
                window(adjustment.effective)
            ),
        );
    }

    fn approval(&mut self, approval: &Approval) {
        let never = if approval.never_requester {
            ", never the requester"
        } else {
            ""
        };
        self.line(0, &format!("approval {}{never}", approval.name));
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

    fn cell(&self, cell: &Cell, ty: Type) -> String {
        match cell {
            Cell::Any => "*".to_owned(),
            Cell::Values(values) => {
                let values: Vec<String> =
                    values.iter().map(|value| self.value(value, ty)).collect();
                values.join(", ")
            }
            Cell::Ranges(ranges) => {
                let ranges: Vec<String> = ranges
                    .iter()
                    .map(|range| format!("{}..{}", self.bound(range.low), self.bound(range.high)))
                    .collect();
                ranges.join(", ")
            }
        }
    }

    /// An end of an interval as it is encoded: the mantissa at the scale of the column.
    fn bound(&self, bound: Option<Bound>) -> String {
        match bound {
            None => String::new(),
            Some(Bound::Const(value)) => value.to_string(),
            Some(Bound::Amount { amount, offset }) => {
                let name = self
                    .rules
                    .amounts
                    .get(amount)
                    .map_or("", |amount| amount.name.as_str());
                match offset {
                    0 => name.to_owned(),
                    offset => format!("{name}{offset:+}"),
                }
            }
        }
    }

    fn default(&self, default: Option<&Value>, ty: Type) -> String {
        default.map_or(String::new(), |default| {
            format!(" = {}", self.value(default, ty))
        })
    }

    fn money(&self, mantissa: i128) -> String {
        decimal(mantissa, self.rules.money_scale())
    }

    fn product_name(&self, index: usize) -> &str {
        self.rules
            .products
            .get(index)
            .map_or("?", |product| product.name.as_str())
    }

    fn option(&self, product: Option<usize>, option: usize) -> &str {
        let product = product.and_then(|product| self.rules.products.get(product));
        let option = product.and_then(|product| product.options.get(option));
        option.map_or("?", |option| option.name.as_str())
    }

    /// The product `up` levels above what the expression runs on.
    fn above(&self, up: u8) -> Option<usize> {
        if up == 0 { self.product } else { self.within }
    }

    fn part(&self, up: u8, part: usize) -> (String, Option<usize>) {
        let product = self
            .above(up)
            .and_then(|product| self.rules.products.get(product));
        let found = product.and_then(|product| product.parts.get(part));
        let levels = "^".repeat(usize::from(up));
        match found {
            Some(found) => (
                format!("{levels}{}", found.name),
                found.kinds.first().copied(),
            ),
            None => ("?".to_owned(), None),
        }
    }

    fn ty(&self, ty: Type) -> String {
        match ty {
            Type::Number(number) => number_type(number),
            Type::Enum(of) => self
                .rules
                .enums
                .get(of)
                .map_or("?", |found| found.name.as_str())
                .to_owned(),
            other => format!("{other:?}"),
        }
    }

    fn value(&self, value: &Value, ty: Type) -> String {
        match value {
            Value::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
            Value::Number(mantissa) => match ty {
                Type::Number(number) => number_text(*mantissa, number),
                _ => mantissa.to_string(),
            },
            Value::Date(date) => date.to_string(),
            Value::Months(count) => format!("{count} months"),
            Value::Days(count) => format!("{count} days"),
            Value::Text(text) => format!("{text:?}"),
            Value::Currency(index) => self
                .rules
                .currencies
                .get(*index)
                .map_or("?", |found| found.code())
                .to_owned(),
            Value::Enum { of, value } => {
                let found = self.rules.enums.get(*of);
                let name = found.and_then(|found| found.values.get(*value));
                let of = found.map_or("?", |found| found.name.as_str());
                format!("{of}.{}", name.map_or("?", String::as_str))
            }
            Value::Product(product) => self.product_name(*product).to_owned(),
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        let of = |expr: &Expr| self.expr(expr);
        let mark = if expr.optional { "?" } else { "" };
        match &expr.kind {
            ExprKind::Const(value) => self.value(value, expr.ty),
            ExprKind::Fact(fact) => {
                let fact = self.rules.facts.get(*fact);
                fact.map_or("?".to_owned(), |fact| {
                    format!("{}.{}{mark}", fact.group, fact.name)
                })
            }
            ExprKind::Option { up, option } => {
                let levels = "^".repeat(usize::from(*up));
                format!("{levels}option {}", self.option(self.above(*up), *option))
            }
            ExprKind::PartOption { up, part, option } => {
                let (name, kind) = self.part(*up, *part);
                format!("{name}.{}{mark}", self.option(kind, *option))
            }
            ExprKind::PartKind { up, part } => format!("kind of {}{mark}", self.part(*up, *part).0),
            ExprKind::HasKind { up, part, product } => {
                format!(
                    "({} has {})",
                    self.part(*up, *part).0,
                    self.product_name(*product)
                )
            }
            ExprKind::CountPart { up, part } => format!("count of {}", self.part(*up, *part).0),
            ExprKind::Asked(adjustment) => {
                let found = self.rules.adjustments.get(*adjustment);
                format!(
                    "asked for {}",
                    found.map_or("?", |found| found.name.as_str())
                )
            }
            ExprKind::List => "list".to_owned(),
            ExprKind::Left => "what is left".to_owned(),
            ExprKind::TotalList => "total of list".to_owned(),
            ExprKind::TotalNet => "total of net".to_owned(),
            ExprKind::Amount(amount) => {
                let found = self.rules.amounts.get(*amount);
                format!("amount {}", found.map_or("?", |found| found.name.as_str()))
            }
            ExprKind::Negate(value) => format!("-{}", of(value)),
            ExprKind::Not(value) => format!("not {}", of(value)),
            ExprKind::Binary(op, left, right) => format!("({} {op:?} {})", of(left), of(right)),
            ExprKind::InSet(value, values) => {
                let members: Vec<String> = values
                    .iter()
                    .map(|member| self.value(member, value.ty))
                    .collect();
                format!("({} in {{ {} }})", of(value), members.join(", "))
            }
            ExprKind::InRange(value, low, high) => {
                format!("({} in {} to {})", of(value), of(low), of(high))
            }
            ExprKind::Present(value, wanted) => {
                format!(
                    "({} is {})",
                    of(value),
                    if *wanted { "present" } else { "absent" }
                )
            }
            ExprKind::Divide {
                dividend,
                divisor,
                rounding,
                otherwise,
            } => format!(
                "({} / {} as {}, {rounding:?}, otherwise {})",
                of(dividend),
                of(divisor),
                self.ty(expr.ty),
                of(otherwise)
            ),
            ExprKind::Round {
                value,
                rounding,
                currency,
            } => {
                let to = if *currency {
                    "currency".to_owned()
                } else {
                    self.ty(expr.ty)
                };
                format!("({} rounded {rounding:?} to {to})", of(value))
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                format!(
                    "(if {} then {} else {}){mark}",
                    of(condition),
                    of(then),
                    of(otherwise)
                )
            }
        }
    }
}

/// A number's kind, scale and range; amounts of money have a range of their own only where it is narrower.
fn number_type(number: Number) -> String {
    let unit = match number.unit {
        Unit::Int => "Int".to_owned(),
        Unit::Decimal => "Decimal".to_owned(),
        Unit::Percent => "Percent".to_owned(),
        Unit::Money => return format!("Money.{}", number.scale),
        Unit::MoneyIn(currency) => currency.code().to_owned(),
    };
    format!(
        "{unit}.{} {}..{}",
        number.scale,
        number_text(number.min, number),
        number_text(number.max, number)
    )
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
