//! Cells, types, constants and expressions as text.

use super::{Printer, decimal};
use crate::hir::*;
use crate::show::number_text;
use crate::types::{Number, Type, Unit, Value};

impl Printer<'_> {
    pub(super) fn cell(&self, cell: &Cell, ty: Type) -> String {
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
    pub(super) fn bound(&self, bound: Option<Bound>) -> String {
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

    pub(super) fn default(&self, default: Option<&Value>, ty: Type) -> String {
        default.map_or(String::new(), |default| {
            format!(" = {}", self.value(default, ty))
        })
    }

    pub(super) fn money(&self, mantissa: i128) -> String {
        decimal(mantissa, self.rules.money_scale())
    }

    pub(super) fn product_name(&self, index: usize) -> &str {
        self.rules
            .products
            .get(index)
            .map_or("?", |product| product.name.as_str())
    }

    pub(super) fn option(&self, product: Option<usize>, option: usize) -> &str {
        let product = product.and_then(|product| self.rules.products.get(product));
        let option = product.and_then(|product| product.options.get(option));
        option.map_or("?", |option| option.name.as_str())
    }

    /// The product `up` levels above what the expression runs on.
    pub(super) fn above(&self, up: u8) -> Option<usize> {
        if up == 0 { self.product } else { self.within }
    }

    pub(super) fn part(&self, up: u8, part: usize) -> (String, Option<usize>) {
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

    pub(super) fn ty(&self, ty: Type) -> String {
        match ty {
            Type::Number(number) => self.number_type(number),
            Type::Enum(of) => self
                .rules
                .enums
                .get(of)
                .map_or("?", |found| found.name.as_str())
                .to_owned(),
            Type::Record(index) => self
                .rules
                .records
                .get(index)
                .map_or("?", |found| found.name.as_str())
                .to_owned(),
            Type::List(element) => match self.rules.elements.get(element) {
                Some(element) => format!("list of {}", self.ty(*element)),
                None => "?".to_owned(),
            },
            Type::Item(kinds) => {
                let kinds = self.rules.item_kinds.get(kinds).map(Vec::as_slice);
                let names = kinds.unwrap_or_default().iter();
                let names: Vec<&str> = names.map(|kind| self.product_name(*kind)).collect();
                format!("item of {}", names.join(" "))
            }
            other => format!("{other:?}"),
        }
    }

    pub(super) fn value(&self, value: &Value, ty: Type) -> String {
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
            Value::Instant(seconds) => format!("{seconds} s"),
        }
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        let of = |expr: &Expr| self.expr(expr);
        let mark = if expr.optional { "?" } else { "" };
        match &expr.kind {
            ExprKind::Const(value) => self.value(value, expr.ty),
            ExprKind::Fact(fact) => {
                let fact = self.rules.facts.get(*fact);
                fact.map_or("?".to_owned(), |fact| {
                    let dot = if fact.name.is_empty() { "" } else { "." };
                    format!("{}{dot}{}{mark}", fact.group, fact.name)
                })
            }
            ExprKind::Option { up, option } => {
                let levels = "^".repeat(usize::from(*up));
                format!(
                    "{levels}option {}{mark}",
                    self.option(self.above(*up), *option)
                )
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
            ExprKind::Quantity => "quantity".to_owned(),
            ExprKind::TotalOf { net, charges } => {
                let what = if *net { "net" } else { "list" };
                format!("total of {what} of {{ {} }}", self.charges_named(charges))
            }
            ExprKind::QuantityOf(charges) => {
                format!("quantity of {{ {} }}", self.charges_named(charges))
            }
            ExprKind::TotalList => "total of list".to_owned(),
            ExprKind::TotalNet => "total of net".to_owned(),
            ExprKind::TotalKept => "floors.kept".to_owned(),
            ExprKind::ClauseCount { added } => {
                format!("clauses.{}", if *added { "added" } else { "removed" })
            }
            ExprKind::ClauseChanged { clause, added } => {
                let found = self.rules.clauses.get(*clause);
                let name = found.map_or("?", |found| found.name.as_str());
                format!("{name}.{}", if *added { "added" } else { "removed" })
            }
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
            ExprKind::Assured(value) => format!("{}!", of(value)),
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
            _ => self.calculated(expr),
        }
    }

    /// A number's kind, scale and range; amounts of money have a range of their own only where it is narrower.
    fn number_type(&self, number: Number) -> String {
        let unit = match number.unit {
            Unit::Int => "Int".to_owned(),
            Unit::Decimal => "Decimal".to_owned(),
            Unit::Percent => "Percent".to_owned(),
            Unit::Money => return format!("Money.{}", number.scale),
            Unit::MoneyIn(currency) => currency.code().to_owned(),
            Unit::Measure(of) => self
                .rules
                .units
                .get(of)
                .map_or("?", |unit| unit.name.as_str())
                .to_owned(),
        };
        format!(
            "{unit}.{} {}..{}",
            number.scale,
            number_text(number.min, number),
            number_text(number.max, number)
        )
    }
}
