//! What a check of cases is about: the things that vary (facts, options, parts), the values each can have, and how a case
//! is told to a person.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::set::{ABSENT, Ordinal, Set};
use crate::hir::{Amount, Bound, Cell, Column, Enum, Expr, ExprKind, Fact, MeasureUnit, Product};
use crate::show::ordinal_words;
use crate::types::{Type, Value};
use quo_value::{Currency, Date};

/// The declarations that values are read and told by; of checked rules or of what is known before.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// Currencies.
    pub currencies: &'a [Currency],
    /// Enumerations.
    pub enums: &'a [Enum],
    /// Facts.
    pub facts: &'a [Fact],
    /// Products.
    pub products: &'a [Product],
    /// Amounts.
    pub amounts: &'a [Amount],
    /// Units of measure.
    pub units: &'a [MeasureUnit],
}

impl<'a> Names<'a> {
    /// Those of checked rules.
    #[must_use]
    pub fn of(rules: &'a crate::hir::Rules) -> Self {
        Self {
            currencies: &rules.currencies,
            enums: &rules.enums,
            facts: &rules.facts,
            products: &rules.products,
            amounts: &rules.amounts,
            units: &rules.units,
        }
    }

    /// Those of what is declared.
    #[must_use]
    pub fn declared(world: &'a crate::world::World) -> Self {
        Self {
            currencies: &world.currencies,
            enums: &world.enums,
            facts: &world.facts,
            products: &world.products,
            amounts: &world.amounts,
            units: &world.units,
        }
    }
}

/// Something that varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A fact.
    Fact(usize),
    /// An option of the item so many levels up.
    Option(u8, usize),
    /// An option of the child in a part.
    PartOption(u8, usize, usize),
    /// Which product is in a part.
    PartKind(u8, usize),
    /// Whether a part holds a product.
    Has(u8, usize, usize),
    /// How many are in a part.
    Count(u8, usize),
    /// What was asked for an adjustment.
    Asked(usize),
    /// A parameter of a decision table.
    Local(usize),
    /// Something else that a column of a table is matched with.
    Column(usize),
}

/// Something that varies, with its values.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// What it is.
    pub key: Key,
    /// What people call it.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The values it can have.
    pub domain: Set,
}

/// The place where a rule is judged: on which product, as a part of which bundle.
pub struct Scene<'a> {
    /// Declarations.
    pub names: Names<'a>,
    /// The product of the item.
    pub product: Option<usize>,
    /// The bundle that the item is a part of.
    pub within: Option<usize>,
    /// The texts that rules name.
    texts: RefCell<Texts>,
}

/// Texts in the order in which they were met, which is theirs.
#[derive(Default)]
struct Texts {
    met: Vec<Arc<str>>,
    places: HashMap<Arc<str>, usize>,
}

impl Texts {
    fn place(&mut self, text: &str) -> usize {
        if let Some(known) = self.places.get(text) {
            return *known;
        }
        let (place, text) = (self.met.len(), Arc::<str>::from(text));
        self.met.push(Arc::clone(&text));
        self.places.insert(text, place);
        place
    }
}

/// Texts that no rule names lie beyond those that some rule does.
const TEXTS_MAX: Ordinal = 1 << 40;

impl<'a> Scene<'a> {
    /// A scene.
    #[must_use]
    pub fn new(names: Names<'a>, product: Option<usize>, within: Option<usize>) -> Self {
        Self {
            names,
            product,
            within,
            texts: RefCell::default(),
        }
    }

    /// What an expression varies by, if it is one thing and its values are known.
    #[must_use]
    pub fn dimension(&self, expr: &Expr) -> Option<Dimension> {
        let product = |up: u8| {
            let index = if up == 0 { self.product } else { self.within };
            index.and_then(|index| self.names.products.get(index))
        };
        let part = |up: u8, part: usize| product(up).and_then(|found| found.parts.get(part));
        let (key, name, domain) = match expr.kind {
            ExprKind::Fact(fact) => {
                let found = self.names.facts.get(fact)?;
                (Key::Fact(fact), fact_name(found), None)
            }
            ExprKind::Option { up, option } => {
                let found = product(up).and_then(|found| found.options.get(option));
                let name = found.map_or_else(String::new, |option| {
                    let of = if option.of_line { "line." } else { "" };
                    format!("{of}{}", option.name)
                });
                let listed = found.filter(|option| !option.domain.is_empty());
                let listed = listed.map(|option| {
                    let values = option.domain.iter().map(|value| self.ordinal(value));
                    Set::from_intervals(values.map(|value| (value, value)).collect())
                });
                (Key::Option(up, option), name, listed)
            }
            ExprKind::PartOption {
                up,
                part: index,
                option,
            } => {
                let found = part(up, index)?;
                let kind = found
                    .kinds
                    .first()
                    .and_then(|kind| self.names.products.get(*kind))?;
                let option_name = &kind.options.get(option)?.name;
                let name = format!("{}.{option_name}", found.name);
                (Key::PartOption(up, index, option), name, None)
            }
            ExprKind::PartKind { up, part: index } => {
                let found = part(up, index)?;
                let kinds = found
                    .kinds
                    .iter()
                    .map(|kind| (ordinal(*kind), ordinal(*kind)));
                let kinds = Set::from_intervals(kinds.collect());
                (Key::PartKind(up, index), found.name.clone(), Some(kinds))
            }
            ExprKind::HasKind {
                up,
                part: index,
                product,
            } => {
                let found = part(up, index)?;
                let kind = &self.names.products.get(product)?.name;
                let name = format!("{kind} in {}", found.name);
                (Key::Has(up, index, product), name, None)
            }
            ExprKind::CountPart { up, part: index } => {
                let found = part(up, index)?;
                let count = Set::interval(i128::from(found.min), i128::from(found.max));
                (
                    Key::Count(up, index),
                    format!("count of {}", found.name),
                    Some(count),
                )
            }
            ExprKind::Assured(ref inner) => return self.dimension(inner),
            ExprKind::Asked(adjustment) => (Key::Asked(adjustment), "asked".to_owned(), None),
            ExprKind::Local(local) => (Key::Local(local), String::new(), None),
            _ => return None,
        };
        let mut domain = match domain {
            Some(domain) => domain,
            None => self.values_of(expr.ty)?,
        };
        if expr.optional {
            domain = domain.or(&Set::one(ABSENT));
        }
        Some(Dimension {
            key,
            name,
            ty: expr.ty,
            domain,
        })
    }

    /// What a column of a table is matched with; `index` tells apart what is worked out.
    #[must_use]
    pub fn column(&self, column: &Column, index: usize) -> Option<Dimension> {
        let mut found = match self.dimension(&column.expr) {
            Some(found) => found,
            None => {
                let mut domain = self.values_of(column.expr.ty)?;
                if column.expr.optional {
                    domain = domain.or(&Set::one(ABSENT));
                }
                Dimension {
                    key: Key::Column(index),
                    name: String::new(),
                    ty: column.expr.ty,
                    domain,
                }
            }
        };
        if !matches!(found.key, Key::Fact(_)) {
            found.name.clone_from(&column.name);
        }
        Some(found)
    }

    /// The values of a type; `None` where they have no order of their own.
    fn values_of(&self, ty: Type) -> Option<Set> {
        let up_to = |count: usize| Set::interval(0, ordinal(count).saturating_sub(1));
        Some(match ty {
            Type::Bool => Set::interval(0, 1),
            Type::Number(number) => Set::interval(number.min, number.max),
            Type::Date => Set::interval(i128::from(Date::MIN.days()), i128::from(Date::MAX.days())),
            Type::Months | Type::Days => Set::interval(0, i128::from(u32::MAX)),
            Type::Text => Set::interval(0, TEXTS_MAX),
            Type::Currency => up_to(self.names.currencies.len()),
            Type::Enum(of) => up_to(self.names.enums.get(of)?.values.len()),
            Type::Product => up_to(self.names.products.len()),
            Type::Instant => {
                Set::interval(i128::from(i64::MIN).saturating_add(1), i128::from(i64::MAX))
            }
            Type::Record(_) | Type::List(_) | Type::Item(_) | Type::Unknown => return None,
        })
    }

    /// The place of a constant in the order of its type.
    #[must_use]
    pub fn ordinal(&self, value: &Value) -> Ordinal {
        match value {
            Value::Bool(truth) => i128::from(*truth),
            Value::Number(number) => *number,
            Value::Date(date) => i128::from(date.days()),
            Value::Months(count) | Value::Days(count) => i128::from(*count),
            Value::Enum { value, .. } => ordinal(*value),
            Value::Currency(index) | Value::Product(index) => ordinal(*index),
            Value::Instant(seconds) => i128::from(*seconds),
            Value::Text(text) => ordinal(self.texts.borrow_mut().place(text)),
        }
    }

    /// What a cell says; `None` where it says nothing. Bounds that are amounts are those of `currency`.
    #[must_use]
    pub fn cell(&self, cell: &Cell, ty: Type, currency: Option<usize>) -> Option<Set> {
        match cell {
            Cell::Any => None,
            Cell::Values(values) => {
                let one = |value: &Value| (self.ordinal(value), self.ordinal(value));
                Some(Set::from_intervals(values.iter().map(one).collect()))
            }
            Cell::Ranges(ranges) => {
                // Nothing that is absent lies in a range.
                let low = ABSENT.saturating_add(1);
                let end = |bound: Option<Bound>, open: Ordinal| match bound {
                    None => open,
                    Some(Bound::Const(value)) => value,
                    Some(Bound::Amount { amount, offset }) => {
                        let value = self.amount(amount, ty, currency);
                        value.map_or(open, |value| value.saturating_add(i128::from(offset)))
                    }
                };
                let ranges = ranges
                    .iter()
                    .map(|range| (end(range.low, low), end(range.high, Ordinal::MAX)));
                Some(Set::from_intervals(ranges.collect()))
            }
        }
    }

    /// An amount at the scale of a type.
    fn amount(&self, amount: usize, ty: Type, currency: Option<usize>) -> Option<Ordinal> {
        let value = *self.names.amounts.get(amount)?.values.get(currency?)?;
        let scale = crate::hir::money_scale(self.names.currencies);
        let Type::Number(number) = ty else {
            return None;
        };
        match number.scale.checked_sub(scale) {
            Some(more) => value.checked_mul(quo_value::pow10_i128(more)?),
            None => {
                Some(value.div_euclid(quo_value::pow10_i128(scale.saturating_sub(number.scale))?))
            }
        }
    }

    /// A value of something in a person's words: `edition Pro`, `on 2026-07-01`, `without a contract`.
    #[must_use]
    pub fn words(&self, of: &Dimension, value: Ordinal) -> String {
        let name = of.name.as_str();
        if value == ABSENT {
            return format!("no {name}");
        }
        if let (Key::Has(..), 0 | 1) = (of.key, value) {
            return format!("{} {name}", if value == 1 { "with" } else { "without" });
        }
        if name == "date" && of.ty == Type::Date {
            return format!("on {}", ordinal_words(self.names, of.ty, value));
        }
        let texts = self.texts.borrow();
        let shown = match of.ty {
            Type::Text => usize::try_from(value)
                .ok()
                .and_then(|index| texts.met.get(index))
                .map_or_else(
                    || "that no row names".to_owned(),
                    |text| format!("{text:?}"),
                ),
            ty => ordinal_words(self.names, ty, value),
        };
        format!("{name} {shown}")
    }
}

/// A fact as a person names it: those of the quote by their name alone.
#[must_use]
pub fn fact_name(fact: &Fact) -> String {
    if fact.group == "quote" {
        fact.name.clone()
    } else {
        format!("{}.{}", fact.group, fact.name)
    }
}

/// An index as an ordinal.
#[must_use]
pub fn ordinal(index: usize) -> Ordinal {
    i128::try_from(index).unwrap_or(i128::MAX)
}
