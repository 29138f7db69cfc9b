//! The words of a package: strings, sets, currencies, types, facts, amounts, and what is only a name.

use super::{Verified, VerifyError, are_strings, ensure, in_range, is_window, strictly_ascending};
use quo_value::Currency;

use crate::access::at;
use crate::kinds::ArchivedValueType;
use crate::rules::{ArchivedModel, ArchivedStrings};
use crate::{ABSENT, NONE};

/// The most decimals of a number in a narrow register, and of money.
pub(super) const NARROW_DECIMALS_MAX: u8 = 18;
/// The most decimals of a number in a wide register.
pub(super) const WIDE_DECIMALS_MAX: u8 = 38;

/// Verifies everything that other parts of the model refer to by number.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    strings(&model.strings)?;
    sets(model)?;
    let meta = &model.meta;
    are_strings(model, "the ruleset", &[meta.ruleset.to_native()])?;
    is_window(
        meta.effective_from.to_native(),
        meta.effective_to.to_native(),
        "the ruleset",
    )?;
    ensure!(
        meta.money_scale <= NARROW_DECIMALS_MAX,
        "the ruleset",
        "counts money with {} decimals, more than {NARROW_DECIMALS_MAX}",
        meta.money_scale
    );
    currencies(model)?;
    units(model)?;
    for (id, kind) in model.enums.iter().enumerate() {
        are_strings(model, format!("enumeration {id}"), &[kind.name.to_native()])?;
        names(
            model,
            &format!("the values of enumeration {id}"),
            &kind.values,
        )?;
    }
    names(model, "the roles", &model.roles)?;
    names(model, "the systems", &model.systems)?;
    names(model, "the categories", &model.categories)?;
    names(model, "the stages", &model.stages)?;
    names(model, "the levels", &model.levels)?;
    facts(model)?;
    for amount in model.amounts.iter() {
        are_strings(model, "the amounts", &[amount.name.to_native()])?;
        ensure!(
            amount.values.len() == model.currencies.len(),
            format!("amount `{}`", model.str(amount.name.to_native())),
            "has {} values for {} currencies",
            amount.values.len(),
            model.currencies.len()
        );
    }
    Ok(())
}

fn strings(strings: &ArchivedStrings) -> Verified {
    let blob = strings.blob.as_str();
    let (first, last) = (strings.offsets.first(), strings.offsets.last());
    ensure!(
        first.is_some_and(|first| *first == 0)
            && last.is_some_and(|last| at(last.to_native()) == blob.len()),
        "the strings",
        "do not fill their text"
    );
    let mut previous: Option<&str> = None;
    for pair in strings.offsets.windows(2) {
        let [start, end] = pair else { continue };
        let text = blob.get(at(start.to_native())..at(end.to_native()));
        let Some(text) = text else {
            return Err(VerifyError::new(
                "the strings",
                "one does not begin and end between characters",
            ));
        };
        ensure!(
            previous.is_none_or(|previous| previous < text),
            "the strings",
            "`{text}` is not in its sorted place"
        );
        previous = Some(text);
    }
    Ok(())
}

fn sets(model: &ArchivedModel) -> Verified {
    let program = &model.program;
    let (first, last) = (program.set_at.first(), program.set_at.last());
    let fill = match (first, last) {
        (Some(first), Some(last)) => {
            *first == 0 && at(last.to_native()) == program.set_values.len()
        }
        _ => program.set_values.is_empty(),
    };
    ensure!(fill, "the sets", "do not fill their values");
    for (id, pair) in program.set_at.windows(2).enumerate() {
        let [start, end] = pair else { continue };
        let members = program
            .set_values
            .get(at(start.to_native())..at(end.to_native()));
        ensure!(
            members.is_some_and(|members| strictly_ascending(
                members.iter().map(|member| member.to_native())
            )),
            format!("set {id}"),
            "is not sorted"
        );
    }
    Ok(())
}

fn currencies(model: &ArchivedModel) -> Verified {
    for currency in model.currencies.iter() {
        are_strings(model, "the currencies", &[currency.code.to_native()])?;
        let code = model.str(currency.code.to_native());
        let place = || format!("currency `{code}`");
        ensure!(
            code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()),
            place(),
            "has no ISO 4217 code of three capital letters"
        );
        ensure!(
            currency.minor_units <= model.meta.money_scale,
            place(),
            "has {} decimals, more than money has in this package",
            currency.minor_units
        );
    }
    let codes = model
        .currencies
        .iter()
        .map(|currency| currency.code.to_native());
    distinct(model, "the currencies", codes.collect())
}

fn units(model: &ArchivedModel) -> Verified {
    for unit in model.units.iter() {
        let (one, many) = (unit.one.to_native(), unit.many.to_native());
        are_strings(model, "the units", &[one, many])?;
        ensure!(
            !model.str(one).is_empty() && !model.str(many).is_empty(),
            "the units",
            "have one without a name"
        );
    }
    Ok(())
}

/// Checks that what a number counts is there, where it counts something.
fn is_unit(model: &ArchivedModel, unit: u32, place: &str) -> Verified {
    if unit == NONE {
        return Ok(());
    }
    in_range(unit, model.units.len(), place, "unit")
}

/// Checks a list of names: each is a string, none occurs twice.
fn names(model: &ArchivedModel, place: &str, names: &[rkyv::rend::u32_le]) -> Verified {
    let names: Vec<u32> = names.iter().map(|name| name.to_native()).collect();
    are_strings(model, place, &names)?;
    distinct(model, place, names)
}

/// Checks that no string occurs twice, as what is found by its name must not.
pub(super) fn distinct(model: &ArchivedModel, place: &str, mut names: Vec<u32>) -> Verified {
    names.sort_unstable();
    let twice = names.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(*one),
        _ => None,
    });
    match twice {
        Some(name) => Err(VerifyError::new(
            place,
            format!("has `{}` twice", model.str(name)),
        )),
        None => Ok(()),
    }
}

fn facts(model: &ArchivedModel) -> Verified {
    let mut full_names = Vec::with_capacity(model.facts.len());
    for fact in model.facts.iter() {
        let (group, name) = (fact.group.to_native(), fact.name.to_native());
        are_strings(model, "the facts", &[group, name])?;
        let place = format!("fact `{}.{}`", model.str(group), model.str(name));
        input_type(model, &fact.ty, &place)?;
        default_value(model, &fact.ty, fact.default.to_native(), &place)?;
        for role in fact.hidden.iter() {
            in_range(role.to_native(), model.roles.len(), &place, "role")?;
        }
        ensure!(
            strictly_ascending(fact.hidden.iter().map(|role| role.to_native())),
            place,
            "is hidden from roles that are not sorted"
        );
        full_names.push((group, name));
    }
    full_names.sort_unstable();
    ensure!(
        strictly_ascending(&full_names),
        "the facts",
        "have one twice"
    );
    let known = [
        (model.fact_currency.to_native(), "quote.currency"),
        (model.fact_date.to_native(), "quote.date"),
        (model.fact_term.to_native(), "quote.term"),
    ];
    for (slot, what) in known {
        in_range(slot, model.facts.len(), what, "fact")?;
        let fact = model.facts.get(at(slot));
        let typed = fact.is_some_and(|fact| match what {
            "quote.currency" => fact.ty == ArchivedValueType::Currency,
            "quote.date" => fact.ty == ArchivedValueType::Date,
            _ => fact.ty == ArchivedValueType::Months,
        });
        ensure!(typed, what, "does not have its type");
        ensure!(fact.is_some_and(|fact| !fact.optional), what, "is optional");
    }
    Ok(())
}

/// Checks a type, of an input or of something shown.
pub(super) fn value_type(model: &ArchivedModel, ty: &ArchivedValueType, place: &str) -> Verified {
    match ty {
        ArchivedValueType::Int { min, max } => bounds(min.to_native(), max.to_native(), place),
        ArchivedValueType::Decimal {
            min,
            max,
            scale,
            unit,
        } => {
            ensure!(*scale <= NARROW_DECIMALS_MAX, place, "has {scale} decimals");
            is_unit(model, unit.to_native(), place)?;
            bounds(min.to_native(), max.to_native(), place)
        }
        ArchivedValueType::Percent { min, max, scale } => {
            ensure!(*scale <= NARROW_DECIMALS_MAX, place, "has {scale} decimals");
            bounds(min.to_native(), max.to_native(), place)
        }
        ArchivedValueType::Money { scale, currency } => {
            ensure!(*scale <= WIDE_DECIMALS_MAX, place, "has {scale} decimals");
            let currency = currency.to_native();
            ensure!(
                currency == 0 || Currency::from_numeric(currency).is_some(),
                place,
                "is in a currency that does not exist"
            );
            Ok(())
        }
        ArchivedValueType::WideDecimal { scale, unit } => {
            ensure!(*scale <= WIDE_DECIMALS_MAX, place, "has {scale} decimals");
            is_unit(model, unit.to_native(), place)
        }
        ArchivedValueType::WidePercent { scale } => {
            ensure!(*scale <= WIDE_DECIMALS_MAX, place, "has {scale} decimals");
            Ok(())
        }
        ArchivedValueType::Enum(id) => {
            in_range(id.to_native(), model.enums.len(), place, "enumeration")
        }
        ArchivedValueType::Bool
        | ArchivedValueType::Date
        | ArchivedValueType::Months
        | ArchivedValueType::Days
        | ArchivedValueType::Text
        | ArchivedValueType::Currency
        | ArchivedValueType::Product
        | ArchivedValueType::Instant
        | ArchivedValueType::Item => Ok(()),
        ArchivedValueType::Record(id) => {
            in_range(id.to_native(), model.records.len(), place, "record")
        }
        ArchivedValueType::List(id) => {
            in_range(id.to_native(), model.elements.len(), place, "element type")
        }
    }
}

/// Checks the type of an input: one that a narrow register holds and a request can give.
pub(super) fn input_type(model: &ArchivedModel, ty: &ArchivedValueType, place: &str) -> Verified {
    ensure!(
        !matches!(
            ty,
            ArchivedValueType::Product
                | ArchivedValueType::WideDecimal { .. }
                | ArchivedValueType::WidePercent { .. }
                | ArchivedValueType::Item
        ),
        place,
        "has a type that is only for showing"
    );
    if let ArchivedValueType::Money { scale, .. } = ty {
        ensure!(*scale <= NARROW_DECIMALS_MAX, place, "has {scale} decimals");
    }
    value_type(model, ty, place)
}

fn bounds(min: i64, max: i64, place: &str) -> Verified {
    ensure!(
        min != ABSENT,
        place,
        "has a lower bound that stands for absence"
    );
    ensure!(min <= max, place, "has a lower bound above its upper one");
    Ok(())
}

/// Checks that a default is absent or a value of its type.
pub(super) fn default_value(
    model: &ArchivedModel,
    ty: &ArchivedValueType,
    value: i64,
    place: &str,
) -> Verified {
    let below = |count: usize| usize::try_from(value).is_ok_and(|value| value < count);
    let holds = value == ABSENT
        || match ty {
            ArchivedValueType::Bool => below(2),
            ArchivedValueType::Int { min, max }
            | ArchivedValueType::Decimal { min, max, .. }
            | ArchivedValueType::Percent { min, max, .. } => {
                min.to_native() <= value && value <= max.to_native()
            }
            ArchivedValueType::Date | ArchivedValueType::Months | ArchivedValueType::Days => {
                i32::try_from(value).is_ok()
            }
            ArchivedValueType::Text => below(at(model.strings.count())),
            ArchivedValueType::Currency => below(model.currencies.len()),
            ArchivedValueType::Enum(id) => model
                .enums
                .get(at(id.to_native()))
                .is_some_and(|kind| below(kind.values.len())),
            ArchivedValueType::Money { .. } | ArchivedValueType::Instant => true,
            ArchivedValueType::Product
            | ArchivedValueType::WideDecimal { .. }
            | ArchivedValueType::WidePercent { .. }
            | ArchivedValueType::Record(_)
            | ArchivedValueType::List(_)
            | ArchivedValueType::Item => false,
        };
    ensure!(
        holds,
        place,
        "has the default {value}, which is not of its type"
    );
    Ok(())
}
