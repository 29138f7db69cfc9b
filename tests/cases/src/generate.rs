//! Random requests for any ruleset: well formed and inside the declared domains, with ends of ranges more often than
//! chance would give them.
//!
//! It knows the vocabulary of a ruleset (facts, products, options, parts) and nothing of its rules, so that what it makes is
//! often invalid, not eligible or without a price: a decision has to be right about that, too.

use quo_analysis::hir::{Part, Product, ProductOption, Rules};
use quo_analysis::types::{Number, Type, Unit, Value as Listed};
use quo_value::{Date, Decimal, pow10_i128};
use serde_json::{Map, Value, json};

/// A small generator of numbers (SplitMix64; Steele, Lea and Flood 2014), so that a seed means the same for ever.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Begins with a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit; 0 where the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.draw() % limit).unwrap_or(0)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these; `None` of none.
    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// A number of a range, both ends included; small ones and the ends are likely.
    fn between(&mut self, least: i128, most: i128) -> i128 {
        let span = most.saturating_sub(least).max(0);
        let digits = u32::try_from(self.below(39)).unwrap_or(0);
        let most_added = 10_i128.checked_pow(digits).unwrap_or(span).min(span);
        let drawn = i128::from(self.draw()) % most_added.saturating_add(1);
        match self.below(8) {
            0 => least,
            1 => most,
            2 => most.saturating_sub(drawn),
            _ if least < 0 && drawn <= most => drawn,
            _ => least.saturating_add(drawn),
        }
    }
}

/// Deepest bundle in a bundle.
const DEPTH_MAX: usize = 24;

/// A request with up to five lines.
#[must_use]
pub fn request(rules: &Rules, random: &mut Random) -> Value {
    let mut facts: Map<String, Value> = Map::new();
    for (index, fact) in rules.facts.iter().enumerate() {
        let needed = !fact.optional && fact.default.is_none();
        if !needed && random.once_in(3) {
            continue;
        }
        let given = if index == rules.fact_term {
            json!(format!("{} months", random.below(60).saturating_add(1)))
        } else {
            value(rules, fact.ty, random, 0)
        };
        if fact.name.is_empty() {
            facts.insert(fact.group.clone(), given);
        } else if let Value::Object(group) = facts
            .entry(fact.group.clone())
            .or_insert_with(|| Value::Object(Map::new()))
        {
            group.insert(fact.name.clone(), given);
        }
    }
    let lines: Vec<Value> = (0..random.below(5).saturating_add(1))
        .filter_map(|number| {
            let product = random.below(rules.products.len());
            let mut line = item(rules, product, random, 0)?;
            line.insert("id".to_owned(), json!(number.to_string()));
            let facts = options(rules, rules.products.get(product)?, true, random);
            line.insert("facts".to_owned(), facts);
            Some(Value::Object(line))
        })
        .collect();
    let asked: Map<String, Value> = rules
        .adjustments
        .iter()
        .filter_map(|adjustment| {
            let ty = adjustment.asked.as_ref()?.ty;
            let asked = !random.once_in(3);
            asked.then(|| (adjustment.name.clone(), value(rules, ty, random, 0)))
        })
        .collect();
    json!({ "facts": facts, "lines": lines, "asked": asked })
}

fn item(
    rules: &Rules,
    product: usize,
    random: &mut Random,
    depth: usize,
) -> Option<Map<String, Value>> {
    let product = rules.products.get(product)?;
    let mut item = Map::new();
    item.insert("product".to_owned(), json!(product.name));
    item.insert("options".to_owned(), options(rules, product, false, random));
    if depth < DEPTH_MAX {
        let parts: Map<String, Value> = product
            .parts
            .iter()
            .map(|part| {
                (
                    part.name.clone(),
                    children(rules, part, random, depth.saturating_add(1)),
                )
            })
            .collect();
        item.insert("parts".to_owned(), Value::Object(parts));
    }
    Some(item)
}

/// The options of a product itself, or the facts of its line.
fn options(rules: &Rules, product: &Product, of_line: bool, random: &mut Random) -> Value {
    let options = product.options.iter();
    let given = options
        .filter(|option| option.of_line == of_line)
        .filter_map(|option| {
            let needed = option.default.is_none() && !option.optional;
            let left_out = !needed && random.once_in(3);
            (!left_out).then(|| (option.name.clone(), option_value(rules, option, random)))
        });
    Value::Object(given.collect())
}

/// Mostly one of the values that the option may have, where they are listed.
fn option_value(rules: &Rules, option: &ProductOption, random: &mut Random) -> Value {
    let drawn = value(rules, option.ty, random, 0);
    if random.once_in(10) {
        return drawn;
    }
    match (random.one_of(&option.domain), option.ty) {
        (Some(Listed::Text(text)), _) => json!(text),
        (Some(Listed::Number(mantissa)), Type::Number(number)) => {
            let only = Number {
                min: *mantissa,
                max: *mantissa,
                ..number
            };
            json!(number_text(rules, only, random))
        }
        (Some(Listed::Enum { of, value }), _) => {
            let values = rules.enums.get(*of).map(|of| of.values.as_slice());
            json!(values.unwrap_or_default().get(*value))
        }
        _ => drawn,
    }
}

/// As many different kinds as the part may hold.
fn children(rules: &Rules, part: &Part, random: &mut Random, depth: usize) -> Value {
    let (least, most) = (size(part.min), size(part.max).min(part.kinds.len()));
    let wanted = least.saturating_add(random.below(most.saturating_sub(least).saturating_add(1)));
    let mut kinds = part.kinds.clone();
    while kinds.len() > wanted {
        kinds.remove(random.below(kinds.len()));
    }
    kinds
        .into_iter()
        .filter_map(|kind| item(rules, kind, random, depth).map(Value::Object))
        .collect()
}

fn size(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// A value of a type. A type that no input has gives a text that the door refuses.
fn value(rules: &Rules, ty: Type, random: &mut Random, depth: usize) -> Value {
    match ty {
        Type::Bool => json!(random.once_in(2)),
        Type::Number(number) => {
            let number = whole_units(rules, number);
            json!(number_text(rules, number, random))
        }
        Type::Date => json!(date(rules, random)),
        Type::Months => json!(format!("{} months", random.below(61))),
        Type::Days => json!(format!("{} days", random.below(400))),
        Type::Text => json!(text(random)),
        Type::Currency => {
            let found = random.one_of(&rules.currencies);
            json!(found.map_or("", |currency| currency.code()))
        }
        Type::Enum(of) => {
            let values = rules.enums.get(of).map(|of| of.values.as_slice());
            json!(random.one_of(values.unwrap_or_default()))
        }
        Type::Instant => json!(format!(
            "{}T{:02}:{:02}:00Z",
            date(rules, random),
            random.below(24),
            random.below(60)
        )),
        Type::List(of) if depth < 4 => {
            let element = rules.elements.get(of).copied().unwrap_or(Type::Unknown);
            let count = random.below(5);
            (0..count)
                .map(|_| value(rules, element, random, depth.saturating_add(1)))
                .collect()
        }
        Type::List(_) => json!([]),
        Type::Record(of) => {
            let fields = rules
                .records
                .get(of)
                .map(|record| record.fields.as_slice())
                .unwrap_or_default();
            let given = fields.iter().filter_map(|field| {
                let needed = !field.optional && field.default.is_none();
                let left_out = !needed && random.once_in(3);
                (!left_out).then(|| {
                    let given = value(rules, field.ty, random, depth.saturating_add(1));
                    (field.name.clone(), given)
                })
            });
            Value::Object(given.collect())
        }
        Type::Product | Type::Item(_) | Type::Unknown => json!("nothing"),
    }
}

/// An amount that is whole in the minor unit of every currency: the door refuses finer ones.
fn whole_units(rules: &Rules, number: Number) -> Number {
    let units = rules
        .currencies
        .iter()
        .map(|currency| currency.minor_units());
    let (Some(coarse), Some(fine)) = (units.clone().min(), units.max()) else {
        return number;
    };
    if number.unit != Unit::Money || number.scale > fine {
        return number;
    }
    let cut = pow10_i128(number.scale.saturating_sub(coarse)).unwrap_or(1);
    let whole = |end: i128| end.checked_div(cut).unwrap_or(end);
    Number {
        scale: number.scale.min(coarse),
        min: whole(number.min),
        max: whole(number.max),
        ..number
    }
}

/// A number as it is given: a percentage in percent, which are two decimals fewer than those of the fraction.
fn number_text(rules: &Rules, number: Number, random: &mut Random) -> String {
    let mantissa = random.between(number.min, number.max);
    let scale = match number.unit {
        Unit::Percent => number.scale.saturating_sub(2),
        _ => number.scale,
    };
    let text = Decimal::new(mantissa, scale)
        .map_or_else(|_| mantissa.to_string(), |value| value.to_string());
    match number.unit {
        Unit::Measure(of) => {
            let unit = rules.units.get(of).map_or("", |unit| unit.called(false));
            format!("{text} {unit}")
        }
        Unit::MoneyIn(currency) => format!("{text} {}", currency.code()),
        _ => text,
    }
}

/// A day on which the ruleset is mostly in force.
fn date(rules: &Rules, random: &mut Random) -> String {
    let first = rules.effective.from.map_or(20_000, |from| from.days());
    let last = rules
        .effective
        .to
        .map_or(first.saturating_add(800), |to| to.days());
    let drawn = random.between(i128::from(first), i128::from(last));
    i32::try_from(drawn)
        .ok()
        .and_then(Date::from_days)
        .map_or_else(|| "2026-01-01".to_owned(), |date| date.to_string())
}

fn text(random: &mut Random) -> String {
    let count = random.below(6);
    (0..count)
        .filter_map(|_| random.one_of(&['a', 'B', '-', '7', ' ', 'ü', '"', '\\', '東']))
        .collect()
}
