//! Values that calculations give, as plain data: for answers, for tests, for people.

use std::fmt;

use quo_model::{ABSENT_WIDE, ValueType};
use quo_value::Decimal;
use serde_json::{Map, Value};

use crate::frame::{Frame, at};
use crate::interpret::{Fault, Made};
use crate::limits::Stopped;
use crate::show::{Names, type_of};

/// Beyond this a JSON number is not exact everywhere (RFC 8785, I-JSON).
const JSON_INT_MAX: i128 = (1 << 53) - 1;

/// The most elements of a list that a step of an explanation shows.
const SHOWN_MAX: usize = 20;

/// A value that a calculation gave.
///
/// Numbers compare by what they are, whatever their decimals; how they are written is apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Computed {
    /// None.
    Absent,
    /// A truth value.
    Bool(bool),
    /// A number. Of a percentage its fraction.
    Number {
        /// What it is.
        exact: Decimal,
        /// How answers write it: an amount with the decimals of its currency, a percentage without its sign.
        written: String,
        /// Whether it counts whole things.
        whole: bool,
        /// Whether it is a percentage.
        percent: bool,
    },
    /// Anything with a name of its own: a text, a day, a period, a value of an enumeration, a product, the id of a line.
    Text(String),
    /// A list.
    List(Vec<Computed>),
    /// A record: its fields with their names.
    Record(Vec<(String, Computed)>),
}

impl Computed {
    /// The value as answers have it: decimals as strings, absent fields left out.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Absent => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number {
                exact,
                written,
                whole,
                ..
            } => match i64::try_from(exact.mantissa()) {
                Ok(value) if *whole && exact.mantissa().abs() <= JSON_INT_MAX => value.into(),
                _ => written.clone().into(),
            },
            Self::Text(text) => text.clone().into(),
            Self::List(elements) => elements.iter().map(Self::to_json).collect(),
            Self::Record(fields) => {
                let there = fields.iter().filter(|(_, value)| *value != Self::Absent);
                let fields = there.map(|(name, value)| (name.clone(), value.to_json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// Whether two values are the same: numbers exactly, whatever their decimals.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number { exact: a, .. }, Self::Number { exact: b, .. }) => a == b,
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
            }
            (Self::Record(a), Self::Record(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| a.same(b))
            }
            (a, b) => a == b,
        }
    }
}

impl fmt::Display for Computed {
    /// In words: `12.50`, `7.5%`, `yes`, `absent`, `[1, 2]`, `{ up_to 10, price 2.50 }`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Bool(value) => f.write_str(if *value { "yes" } else { "no" }),
            Self::Number {
                written, percent, ..
            } => {
                f.write_str(written)?;
                f.write_str(if *percent { "%" } else { "" })
            }
            Self::Text(text) => f.write_str(text),
            Self::List(elements) => {
                f.write_str("[")?;
                for (position, element) in elements.iter().enumerate() {
                    let before = if position == 0 { "" } else { ", " };
                    write!(f, "{before}{element}")?;
                }
                f.write_str("]")
            }
            Self::Record(fields) => {
                f.write_str("{")?;
                for (position, (name, value)) in fields.iter().enumerate() {
                    let before = if position == 0 { " " } else { ", " };
                    write!(f, "{before}{name} {value}")?;
                }
                f.write_str(" }")
            }
        }
    }
}

/// Reads what a routine gave, while the lists it made are still there.
pub(crate) struct ReadBack<'r, 'f> {
    pub made: &'r Made,
    pub frame: &'r Frame<'f>,
    names: Names<'r>,
    /// Lists with more elements are only counted.
    rows_max: usize,
}

impl<'r, 'f> ReadBack<'r, 'f> {
    /// Of all elements of lists, however many.
    pub fn new(made: &'r Made, frame: &'r Frame<'f>) -> Self {
        Self {
            made,
            frame,
            names: Names {
                model: frame.model,
                texts: frame.input.texts,
                minor_units: frame.currency.minor_units,
            },
            rows_max: usize::MAX,
        }
    }

    /// Of lists that a person reads; longer ones are counted.
    pub fn shown(self) -> Self {
        Self {
            rows_max: SHOWN_MAX,
            ..self
        }
    }

    /// A value as it is passed on.
    pub fn value(&self, ty: ValueType, value: i128) -> Result<Computed, Fault> {
        if value == ABSENT_WIDE {
            return Ok(Computed::Absent);
        }
        let narrow = || i64::try_from(value).map_err(|_| Fault::Stopped(Stopped::Damaged));
        let number = |scale: u8, whole: bool| {
            Ok(Computed::Number {
                exact: Decimal::new(value, scale)?,
                written: self.names.plain(ty, value),
                whole,
                percent: matches!(
                    ty,
                    ValueType::Percent { .. } | ValueType::WidePercent { .. }
                ),
            })
        };
        match ty {
            ValueType::Bool => Ok(Computed::Bool(value != 0)),
            ValueType::Int { .. } => number(0, true),
            ValueType::Decimal { scale, .. }
            | ValueType::Percent { scale, .. }
            | ValueType::Money { scale, .. }
            | ValueType::WideDecimal { scale, .. }
            | ValueType::WidePercent { scale } => number(scale, false),
            ValueType::List(element) => self.list(element, narrow()?),
            ValueType::Record(record) => {
                let (view, row) = self.made.record(self.frame, narrow()?)?;
                self.record(record, |column| self.made.cell(view, row, column))
            }
            ValueType::Item => {
                let input = self.frame.input;
                let item = usize::try_from(value)
                    .ok()
                    .and_then(|item| input.items.get(item));
                let product = item.map_or(-1, |item| i128::from(item.product));
                Ok(Computed::Text(
                    self.names.plain(ValueType::Product, product),
                ))
            }
            _ => Ok(Computed::Text(self.names.plain(ty, value))),
        }
    }

    fn list(&self, element: u32, list: i64) -> Result<Computed, Fault> {
        let ty = self.frame.model.elements.get(at(element)).map(type_of);
        let ty = ty.ok_or(Fault::Stopped(Stopped::Damaged))?;
        let view = self.made.open(self.frame, list)?;
        if view.rows > self.rows_max {
            return Ok(Computed::Text(format!("a list of {}", view.rows)));
        }
        let mut elements = Vec::with_capacity(view.rows);
        for row in 0..view.rows {
            elements.push(match ty {
                ValueType::Record(record) => {
                    self.record(record, |column| self.made.cell(view, row, column))?
                }
                ty => self.value(ty, self.made.cell(view, row, 0)?)?,
            });
        }
        Ok(Computed::List(elements))
    }

    fn record(
        &self,
        record: u32,
        cell: impl Fn(usize) -> Result<i128, Fault>,
    ) -> Result<Computed, Fault> {
        let model = self.frame.model;
        let def = model.records.get(at(record));
        let def = def.ok_or(Fault::Stopped(Stopped::Damaged))?;
        let mut fields = Vec::with_capacity(def.fields.len());
        for (column, field) in def.fields.iter().enumerate() {
            let value = self.value(type_of(&field.ty), cell(column)?)?;
            fields.push((model.str(field.name.to_native()).to_owned(), value));
        }
        Ok(Computed::Record(fields))
    }
}
