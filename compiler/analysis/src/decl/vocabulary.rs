//! The vocabulary: enumerations, currencies, roles, systems, categories, facts, amounts and definitions.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_value::Currency;

use super::{Items, Placed, types};
use crate::expr::{Reader, Scope, fit, literal};
use crate::hir::{Amount, Enum, Fact, Named, ProductOption};
use crate::types::{Number, Type, Unit, Value};
use crate::world::{Define, World, find, resolve, sort_scoped, sort_unique};

/// Reads the vocabulary into `world`.
pub fn read(world: &mut World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    world.enums = enums(items, diagnostics);
    (world.currencies, world.meant_currencies) = currencies(items, diagnostics);
    world.roles = names(
        &items.roles,
        "role",
        |node: &ast::Role| node.names().collect(),
        diagnostics,
    );
    world.systems = names(
        &items.systems,
        "system",
        |node: &ast::System| node.names().collect(),
        diagnostics,
    );
    world.categories = names(
        &items.categories,
        "category",
        |node: &ast::Category| node.names().collect(),
        diagnostics,
    );
    super::units::read(world, items, diagnostics);
    world.amounts = amounts(world, items, diagnostics);
    world.private = super::records::private(items);
    super::records::read(world, items, diagnostics);
    let (of_line, facts) = facts(world, items, diagnostics)
        .into_iter()
        .partition(|fact| fact.group == LINE);
    world.facts = facts;
    world.line_facts = line_facts(of_line, diagnostics);
    world.defines = sort_scoped(
        world,
        items
            .defines
            .iter()
            .filter_map(|item| {
                let name = item.node.name()?;
                Some(Define {
                    name: name.text(),
                    span: name.span(item.file),
                    file: item.file,
                    node: item.node.clone(),
                    parameters: None,
                    cyclic: false,
                    checked: None,
                })
            })
            .collect(),
        "definition",
        diagnostics,
    );
    need_quote_facts(world, items, diagnostics);
    clashes(world, diagnostics);
}

fn enums(items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Enum> {
    let read = |item: &Placed<ast::Enum>| {
        let name = item.node.name()?;
        let mut values: Vec<String> = Vec::new();
        for value in item.node.values() {
            let text = value.text();
            if values.contains(&text) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("the value `{text}` stands twice"),
                    )
                    .at(value.span(item.file), "again here"),
                );
            } else {
                values.push(text);
            }
        }
        Some(Enum {
            name: name.text(),
            span: name.span(item.file),
            values,
            ordered: item.node.is_ordered(),
        })
    };
    let all = items.enums.iter().filter_map(read).collect();
    sort_unique(all, "enum", diagnostics)
}

/// The currencies sold in, and those that were perhaps meant.
fn currencies(items: &Items, diagnostics: &mut Vec<Diagnostic>) -> (Vec<Currency>, Vec<Currency>) {
    let mut found: Vec<Currency> = Vec::new();
    let mut meant: Vec<Currency> = Vec::new();
    for item in &items.currencies {
        for name in item.node.names() {
            let (text, span) = (name.text(), name.span(item.file));
            match Currency::from_code(&text) {
                Some(currency) if found.contains(&currency) => {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::DUPLICATE_NAME,
                            format!("the currency `{text}` stands twice"),
                        )
                        .at(span, "again here"),
                    );
                }
                Some(currency) => found.push(currency),
                None => {
                    let diagnostic = literal::unknown_currency(&text, span);
                    let edits = diagnostic.suggestion.iter().flat_map(|found| &found.edits);
                    meant.extend(edits.filter_map(|(_, code)| Currency::from_code(code)));
                    diagnostics.push(diagnostic);
                }
            }
        }
    }
    if items.currencies.is_empty() {
        diagnostics.push(
            Diagnostic::error(
                codes::MISSING_FACT,
                "the ruleset does not say in which currencies it sells",
            )
            .note("list them once, as `currencies EUR, USD`"),
        );
    }
    found.sort_by_key(|currency| currency.code());
    (found, meant)
}

fn names<T>(
    items: &[Placed<T>],
    what: &str,
    list: impl Fn(&T) -> Vec<ast::Name>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Named> {
    let all = items
        .iter()
        .flat_map(|item| {
            list(&item.node).into_iter().map(|name| Named {
                name: name.text(),
                span: name.span(item.file),
            })
        })
        .collect();
    sort_unique(all, what, diagnostics)
}

fn amounts(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Amount> {
    let all = items
        .amounts
        .iter()
        .filter_map(|item| amount(world, item, diagnostics))
        .collect();
    sort_unique(all, "amount", diagnostics)
}

fn amount(
    world: &World,
    item: &Placed<ast::Amount>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Amount> {
    let name = item.node.name()?;
    let mut values: Vec<Option<i128>> = vec![None; world.currencies.len()];
    let before = diagnostics.len();
    for node in item.node.values() {
        let span = node.span(item.file);
        let told = diagnostics.len();
        let literal = literal::literal(&node, item.file, diagnostics);
        if diagnostics.len() > told {
            continue;
        }
        let Some((
            Value::Number(mantissa),
            Type::Number(Number {
                unit: Unit::MoneyIn(currency),
                scale,
                ..
            }),
        )) = literal
        else {
            diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    "an amount with its currency is expected",
                )
                .at(span, "such as `100_000 EUR`"),
            );
            continue;
        };
        let Some(slot) = world
            .currencies
            .iter()
            .position(|found| *found == currency)
            .and_then(|index| values.get_mut(index))
        else {
            diagnostics.extend(crate::world::not_sold(world, currency.code(), span));
            continue;
        };
        if slot.is_some() {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("a second value for {}", currency.code()),
                )
                .at(span, "one is enough"),
            );
            continue;
        }
        if scale > currency.minor_units() {
            diagnostics.push(fit::too_many_decimals(span, currency.minor_units()));
            continue;
        }
        *slot = quo_value::pow10_i128(world.money_scale().saturating_sub(scale))
            .and_then(|factor| mantissa.checked_mul(factor))
            .filter(|mantissa| mantissa.unsigned_abs() <= Number::MONEY_LIMIT.unsigned_abs());
        if slot.is_none() {
            diagnostics.push(
                Diagnostic::error(codes::OUT_OF_RANGE, "this amount has too many digits")
                    .at(span, "larger than any amount of a decision"),
            );
        }
    }
    let missing: Vec<&str> = world
        .currencies
        .iter()
        .zip(&values)
        .filter(|(_, value)| value.is_none())
        .map(|(currency, _)| currency.code())
        .collect();
    // What is wrong with a value has been said; it is not missing as well.
    if !missing.is_empty() && diagnostics.len() == before {
        diagnostics.push(
            Diagnostic::error(
                codes::MISSING_CURRENCY,
                format!(
                    "the amount `{}` has no value in {}",
                    name.text(),
                    missing.join(", ")
                ),
            )
            .at(
                name.span(item.file),
                "a value for every currency that is sold in is needed",
            )
            .note("write one for each, such as `100_000 EUR, 16_000_000 JPY`"),
        );
    }
    Some(Amount {
        name: name.text(),
        span: name.span(item.file),
        values: values.into_iter().map(Option::unwrap_or_default).collect(),
    })
}

fn facts(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Fact> {
    let mut all: Vec<Fact> = Vec::new();
    for item in &items.facts {
        let Some(group) = item.node.name() else {
            continue;
        };
        let mut hidden: Vec<usize> = item
            .node
            .hidden()
            .into_iter()
            .flat_map(|hidden| hidden.roles())
            .filter_map(|role| resolve(world, &world.roles, "role", &role, item.file, diagnostics))
            .collect();
        hidden.sort_unstable();
        hidden.dedup();
        if item.node.is_many() {
            let record = find(&world.records, &group.text());
            all.extend(record.map(|record| Fact {
                group: group.text(),
                name: String::new(),
                span: group.span(item.file),
                ty: world.list_of(Type::Record(record)),
                optional: false,
                default: None,
                hidden,
            }));
            continue;
        }
        for node in item.node.facts() {
            let found = fact(world, &group.text(), &node, item.file, diagnostics);
            all.extend(found.map(|found| Fact {
                hidden: hidden.clone(),
                ..found
            }));
        }
    }
    all.sort_by(|a, b| (&a.group, &a.name, a.span).cmp(&(&b.group, &b.name, b.span)));
    let mut kept: Vec<Fact> = Vec::new();
    for fact in all {
        match kept.last() {
            Some(before) if before.group == fact.group && before.name == fact.name => diagnostics
                .push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("the fact `{}.{}` is declared twice", fact.group, fact.name),
                    )
                    .at(fact.span, "declared again here")
                    .also(before.span, "first declared here"),
                ),
            _ => kept.push(fact),
        }
    }
    kept
}

/// What a line has besides the options of its product: the group of facts of this name.
const LINE: &str = "line";

/// Facts of lines, as options that every product has.
fn line_facts(facts: Vec<Fact>, diagnostics: &mut Vec<Diagnostic>) -> Vec<ProductOption> {
    let repeats = |fact: &Fact| fact.name.is_empty();
    if let Some(many) = facts.iter().find(|fact| repeats(fact)) {
        diagnostics.push(
            Diagnostic::error(
                codes::NOT_HERE,
                "the facts of a line do not repeat: a line has each of them once",
            )
            .at(many.span, "without `many`")
            .note("a line may have a list: `assets: list of Asset`"),
        );
    }
    let facts = facts.into_iter().filter(|fact| !repeats(fact));
    facts
        .map(|fact| ProductOption {
            name: fact.name,
            of_line: true,
            optional: fact.optional,
            span: fact.span,
            ty: fact.ty,
            domain: Vec::new(),
            default: fact.default,
        })
        .collect()
}

fn fact(
    world: &World,
    group: &str,
    node: &ast::Fact,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Fact> {
    let name = node.name()?;
    let ty_node = node.ty()?;
    let ty = types::input(world, &ty_node, file, diagnostics);
    let default = node.default().and_then(|default| {
        no_list(ty, default.span(file), diagnostics)?;
        let value =
            Reader::new(world, Scope::default(), file, diagnostics).read(&default, Some(ty));
        let value = fit::adapted(value, ty);
        fit::constant(&value, ty, world.show(), diagnostics)
    });
    Some(Fact {
        group: group.to_owned(),
        name: name.text(),
        span: name.span(file),
        ty,
        optional: ty_node.is_optional() && default.is_none(),
        default,
        hidden: Vec::new(),
    })
}

/// Every decision is about a quote in one currency, on one day, for one term.
fn need_quote_facts(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    let place = items
        .facts
        .iter()
        .find(|item| item.node.name().is_some_and(|name| name.text() == "quote"));
    for (name, ty, written) in [
        ("currency", Type::Currency, "Currency"),
        ("date", Type::Date, "Date"),
        ("term", Type::Months, "Period"),
    ] {
        let found = world
            .fact("quote", name)
            .and_then(|index| world.facts.get(index));
        // A type that does not exist has been reported.
        let good =
            found.is_some_and(|fact| fact.ty == Type::Unknown || (fact.ty == ty && !fact.optional));
        if good {
            continue;
        }
        let message = format!("`facts quote` must have `{name}: {written}`");
        let diagnostic = Diagnostic::error(codes::MISSING_FACT, message).note(
            "every decision is about a quote in one currency, on one selling date, for one term",
        );
        diagnostics.push(
            match (
                found,
                place.and_then(|item| Some((item.file, item.node.name()?))),
            ) {
                (Some(fact), _) if fact.ty == ty => diagnostic.at(fact.span, "this may be absent"),
                (Some(fact), _) => diagnostic.at(fact.span, format!("not `{written}`")),
                (None, Some((file, group))) => {
                    diagnostic.at(group.span(file), format!("`{name}` is missing"))
                }
                (None, None) => diagnostic
                    .note("declare `facts quote { currency: Currency, date: Date, term: Period }`"),
            },
        );
    }
}

/// Types of the language, whose names no enumeration may take.
const TYPES: [&str; 11] = [
    "Bool", "Int", "Decimal", "Percent", "Money", "Date", "Instant", "Period", "Text", "Currency",
    "Product",
];

/// Reports names that would hide each other.
fn clashes(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    for found in &world.enums {
        if TYPES.contains(&found.name.as_str()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("`{}` is a type of the language", found.name),
                )
                .at(found.span, "an enum needs another name"),
            );
        }
    }
    for define in &world.defines {
        if let Some(amount) =
            find(&world.amounts, &define.name).and_then(|at| world.amounts.get(at))
        {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("`{}` is both an amount and a definition", define.name),
                )
                .at(define.span, "declared again here")
                .also(amount.span, "first declared here"),
            );
        }
    }
}

/// Whether a type may have a default: a list has none, and is empty where it is not given.
pub fn no_list(ty: Type, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<()> {
    if !matches!(ty, Type::List(_)) {
        return Some(());
    }
    diagnostics.push(
        Diagnostic::error(codes::NOT_HERE, "a list has no default")
            .at(span, "leave it out")
            .note("a list that is not given is empty"),
    );
    None
}
