//! What discounts and promotions say about the whole quote: groups, units, gifts, budgets, limits, codes, and others that
//! they do not suffer beside them.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};

use super::effects::{self, About};
use super::{Items, Placed, selection};
use crate::expr::{Reader, Scope, mode};
use crate::hir::{
    Alone, Budget, Buy, Combine, Expr, ExprKind, Gift, Group, Named, NeverTogether, Remainder,
    UnitOrder, Units, UseLimit, Whole,
};
use crate::types::{Number, Type, Unit, Value};
use crate::world::{World, find, resolve, sort_unique};

/// The groups, sorted by name.
pub fn groups(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<Group> {
    let named = items.groups.iter().filter_map(|item| {
        let name = item.node.name()?;
        Some(Named {
            name: name.text(),
            span: name.span(item.file),
        })
    });
    let names = sort_unique(named.collect(), "group", diagnostics);
    let of_name = |named: &Named| {
        let here = |item: &&Placed<ast::Group>| {
            item.node.name().map(|name| name.span(item.file)) == Some(named.span)
        };
        items.groups.iter().find(here)
    };
    let placed = names
        .iter()
        .filter_map(|named| Some((named, of_name(named)?)));
    placed
        .map(|(named, item)| {
            let (node, file) = (&item.node, item.file);
            Group {
                name: named.name.clone(),
                title: node
                    .title()
                    .and_then(|title| title.text())
                    .unwrap_or_else(|| named.name.clone()),
                span: named.span,
                stage: node
                    .stage()
                    .and_then(|stage| super::adjustments::stage(world, &stage, file, diagnostics))
                    .unwrap_or(0),
                priority: node
                    .priority()
                    .and_then(|literal| super::adjustments::priority(&literal, file, diagnostics))
                    .unwrap_or(0),
                combine: match node.combine() {
                    Some(ast::GroupCombine::LargestOnCharge) => Combine::LargestOnCharge,
                    Some(ast::GroupCombine::LargestOnQuote) => Combine::LargestOnQuote,
                    Some(ast::GroupCombine::FirstOnCharge) => Combine::FirstOnCharge,
                    Some(ast::GroupCombine::FirstOnQuote) => Combine::FirstOnQuote,
                    Some(ast::GroupCombine::AddUp) => Combine::AddUp,
                    Some(ast::GroupCombine::OneAfterTheOther) | None => Combine::OneAfterTheOther,
                },
            }
        })
        .collect()
}

/// The codes of an adjustment.
pub fn codes_of(node: &ast::Adjustment) -> Vec<String> {
    let codes = node.code().into_iter().flat_map(|clause| clause.codes());
    let mut codes: Vec<String> = codes.filter_map(|code| code.text()).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// Whether it suffers others beside it.
pub fn alone(node: &ast::Adjustment) -> Alone {
    let Some(alone) = node.alone() else {
        return Alone::No;
    };
    match (alone.unless_earlier(), alone.among_promotions()) {
        (false, false) => Alone::OverAll,
        (false, true) => Alone::OverPromotions,
        (true, false) => Alone::UnlessEarlier,
        (true, true) => Alone::UnlessEarlierPromotion,
    }
}

/// The ones it never applies together with.
pub fn never(
    world: &World,
    (node, index): (&ast::Adjustment, usize),
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<NeverTogether> {
    let mut found = Vec::new();
    for clause in node.never() {
        let Some(name) = clause.other() else { continue };
        let what = "discount or promotion";
        let known = resolve(world, &world.adjustments, what, &name, file, diagnostics);
        let Some(other) = known else { continue };
        if other == index {
            diagnostics.push(
                Diagnostic::error(codes::CYCLE, format!("`{}` names itself", name.text()))
                    .at(name.span(file), "another one is expected"),
            );
            continue;
        }
        let stays = clause.stays();
        if let Some(stays) = stays.as_ref().filter(|stays| stays.text() != name.text()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    format!("`{}` is not one of the two", stays.text()),
                )
                .at(stays.span(file), "who stays?")
                .suggest("one of the two stays", stays.span(file), name.text()),
            );
            continue;
        }
        let above = match clause.above() {
            None => None,
            Some(above) => match share(world, &above, file, diagnostics) {
                Some(share) => Some(share),
                None => continue,
            },
        };
        found.push(NeverTogether {
            other,
            above,
            other_stays: !clause.this_stays(),
        });
    }
    found
}

/// A constant percentage as a mantissa of the fraction at scale 6.
fn share(
    world: &World,
    node: &ast::Expr,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<i64> {
    let mut reader = Reader::new(world, Scope::default(), file, diagnostics);
    let value = reader.read(node, None);
    let wanted = Type::Number(Number {
        unit: Unit::Percent,
        scale: 6,
        min: 0,
        max: 1_000_000,
    });
    match crate::expr::fit::constant(&value, wanted, world.show(), diagnostics)? {
        Value::Number(mantissa) => i64::try_from(mantissa).ok(),
        _ => None,
    }
}

/// A reader of what is worked out on the quote as it stands.
pub fn on_quote<'a>(
    world: &'a World,
    asked: Option<(usize, Type)>,
    file: FileId,
    diagnostics: &'a mut Vec<Diagnostic>,
) -> Reader<'a> {
    let scope = Scope {
        standing: true,
        asked,
        ..Scope::default()
    };
    Reader {
        checked: true,
        ..Reader::new(world, scope, file, diagnostics)
    }
}

/// One amount for all charges, where there is one; `Err` where something about it is wrong, which was told.
pub fn whole(reader: &mut Reader<'_>, take: &ast::Take, about: About) -> Result<Option<Whole>, ()> {
    let what = take.off().and_then(|off| off.what());
    let each_bundle = matches!(what, Some(ast::OffWhat::EachBundle(_)));
    let for_all = match what {
        Some(ast::OffWhat::All | ast::OffWhat::EachBundle(_)) => true,
        Some(ast::OffWhat::Those(_) | ast::OffWhat::Units(_)) => {
            about == About::Amount && !take.each_unit()
        }
        Some(ast::OffWhat::UnitsOfEach(_)) if about == About::Amount && !take.each_unit() => {
            let message = "an amount for some units of each charge is for each of them";
            if let Some(value) = take.value() {
                effects::missing(
                    reader.diagnostics,
                    (&value, reader.file),
                    message,
                    " each unit",
                );
            }
            return Err(());
        }
        _ => false,
    };
    if !for_all {
        let spread = take.spread().map(|clause| clause.span(reader.file));
        let rounded = take.rounding().map(|clause| clause.span(reader.file));
        let remainder = take.remainder().map(|clause| clause.span(reader.file));
        if let Some(misplaced) = spread.or(rounded).or(remainder) {
            reader.diagnostics.push(
                Diagnostic::error(
                    codes::NOT_HERE,
                    "only one amount for several charges is spread",
                )
                .at(misplaced, "each charge has its own amount here")
                .note("`take 50 EUR off all of them, spread by list, …` is one amount"),
            );
            return Err(());
        }
        return Ok(None);
    }
    let (Some(_), Some(rounding), Some(remainder)) =
        (take.spread(), take.rounding(), take.remainder())
    else {
        let message = "an amount for several charges says how it is spread, how shares are rounded, and who gets what is left over";
        let text = ", spread by list, rounded half even to currency, remainder to largest";
        effects::missing(reader.diagnostics, (take, reader.file), message, text);
        return Err(());
    };
    if rounding.to() != Some(ast::RoundingTo::Currency) {
        reader.diagnostics.push(
            Diagnostic::error(codes::INEXACT, "shares are rounded to the currency")
                .at(rounding.span(reader.file), "not like this"),
        );
        return Err(());
    }
    let amount = match about {
        About::Percent => None,
        About::Amount => Some(effects::whole_amount(reader, take).ok_or(())?),
    };
    let most = effects::bound(reader, take, ast::BoundOf::Most);
    let least = effects::bound(reader, take, ast::BoundOf::Least);
    Ok(Some(Whole {
        amount,
        each_bundle,
        most,
        least,
        rounding: mode(rounding.mode().ok_or(())?),
        remainder: match remainder.to().as_deref() {
            Some("first") => Remainder::First,
            Some("last") => Remainder::Last,
            Some("heaviest") => Remainder::Heaviest,
            _ => Remainder::Largest,
        },
    }))
}

fn order(clause: Option<&ast::UnitOrder>) -> Option<UnitOrder> {
    Some(match clause?.first() {
        ast::UnitsFirst::Dearest => UnitOrder::Dearest,
        ast::UnitsFirst::Cheapest => UnitOrder::Cheapest,
        ast::UnitsFirst::Lines => UnitOrder::Lines,
    })
}

/// The units an adjustment is for; `Err` where something about them is wrong, which was told.
pub fn units(
    reader: &mut Reader<'_>,
    node: &ast::Adjustment,
    targets: &[usize],
) -> Result<Option<Units>, ()> {
    let take = node.take();
    let what = take
        .as_ref()
        .and_then(|take| take.off())
        .and_then(|off| off.what());
    let (those, count) = match what {
        Some(ast::OffWhat::Those(count)) => (true, count),
        Some(ast::OffWhat::Units(count)) => (false, Some(count)),
        _ if node.gift().is_some() && node.for_every().is_some() => (true, None),
        _ => return unless_for_every(reader, node),
    };
    if those && node.for_every().is_none() {
        let span = node.name().map(|name| name.span(reader.file));
        let message = "nothing says which units those are";
        let diagnostic = Diagnostic::error(codes::MISSING_PIECE, message)
            .note("such as `for every 3 units of Shirt, dearest first`");
        reader.diagnostics.push(match span {
            Some(span) => diagnostic.at(span, "in this rule"),
            None => diagnostic,
        });
        return Err(());
    }
    let buys = buys(reader, node, those, targets)?;
    let own_order = take.as_ref().and_then(|take| take.order());
    let first = order(own_order.as_ref());
    if let (None, Some(_), Some(take)) = (first, &count, &take) {
        let message = "nothing says which units come first";
        effects::missing(
            reader.diagnostics,
            (take, reader.file),
            message,
            ", dearest first",
        );
        return Err(());
    }
    let count = match count {
        None => None,
        Some(count) => Some(effects::count(reader, &count).ok_or(())?),
    };
    let bounds = take.iter().flat_map(|take| take.bounds());
    let given = node.gift().into_iter().flat_map(|gift| gift.bounds());
    let mut times = bounds
        .chain(given)
        .filter(|bound| bound.of() == ast::BoundOf::Times);
    let times = match times.next().and_then(|bound| bound.value()) {
        None => None,
        Some(times) => Some(effects::count(reader, &times).ok_or(())?),
    };
    Ok(Some(Units {
        buys,
        those,
        count,
        order: first.unwrap_or(UnitOrder::Lines),
        times,
        whole_groups: take.as_ref().is_some_and(|take| take.whole_groups()),
    }))
}

/// Nothing is said about units; then nothing is to be bought either.
fn unless_for_every(reader: &mut Reader<'_>, node: &ast::Adjustment) -> Result<Option<Units>, ()> {
    if let Some(clause) = node.for_every() {
        reader.diagnostics.push(
            Diagnostic::error(codes::MISSING_PIECE, "nothing says which units get something")
                .at(clause.span(reader.file), "for these?")
                .note("`take … off those units`, `take … off 1 unit, cheapest first`, `price those units at …`, or `give 1 unit of …`"),
        );
        return Err(());
    }
    if let Some(bound) = node
        .take()
        .into_iter()
        .flat_map(|take| take.bounds())
        .find(|bound| bound.of() == ast::BoundOf::Times)
    {
        reader.diagnostics.push(
            Diagnostic::error(codes::NOT_HERE, "there are no times without `for every`")
                .at(bound.span(reader.file), "how many times what?"),
        );
        return Err(());
    }
    Ok(None)
}

fn buys(
    reader: &mut Reader<'_>,
    node: &ast::Adjustment,
    those: bool,
    targets: &[usize],
) -> Result<Vec<Buy>, ()> {
    let Some(clause) = node.for_every() else {
        return Ok(Vec::new());
    };
    let stated = clause.order();
    let first = order(stated.as_ref());
    let mut found = Vec::new();
    for buy in clause.buys() {
        let (Some(count), Some(charges)) = (buy.count(), buy.charges()) else {
            return Err(());
        };
        let count = effects::count(reader, &count).ok_or(())?;
        let charges = selection::charges(reader.world, &charges, reader.file, reader.diagnostics);
        let charges = charges.ok_or(())?;
        let matters = node.gift().is_none()
            && (those || charges.iter().any(|charge| targets.contains(charge)));
        if first.is_none() && matters {
            let message =
                "nothing says which units are counted first, and they are units that get something";
            effects::missing(
                reader.diagnostics,
                (&clause, reader.file),
                message,
                ", dearest first",
            );
            return Err(());
        }
        found.push(Buy {
            count,
            charges,
            order: first.unwrap_or(UnitOrder::Lines),
        });
    }
    Ok(found)
}

/// What an adjustment gives.
pub fn gift(reader: &mut Reader<'_>, node: &ast::Adjustment) -> Option<Gift> {
    let clause = node.gift()?;
    let (world, file) = (reader.world, reader.file);
    let name = clause.product()?;
    let product = resolve(
        world,
        &world.products,
        "product",
        &name,
        file,
        reader.diagnostics,
    )?;
    let count = effects::count(reader, &clause.count()?)?;
    let price = match clause.price() {
        None => None,
        Some(price) => Some(effects::any_money(reader, &price, "a price")?),
    };
    let when = node.when().and_then(|when| when.condition());
    Some(Gift {
        product,
        count,
        price,
        when: when.map(|condition| reader.condition(&condition)),
    })
}

/// What an adjustment may cost altogether.
pub fn budget(reader: &mut Reader<'_>, node: &ast::Adjustment) -> Option<Budget> {
    let clause = node.budget()?;
    Some(Budget {
        amount: effects::any_money(reader, &clause.amount()?, "a budget")?,
        used: effects::any_money(reader, &clause.used()?, "what is used of a budget")?,
        partly: clause.partly(),
    })
}

/// How often an adjustment may be used.
pub fn limits(reader: &mut Reader<'_>, node: &ast::Adjustment) -> Vec<UseLimit> {
    let mut found = Vec::new();
    for clause in node.limits() {
        let most = match clause.most() {
            Some(most) => effects::count(reader, &most),
            None => Some(once(clause.span(reader.file))),
        };
        let used = clause.used().map(|used| {
            let used = reader.read(&used, None);
            reader.whole_number(&used).map(|_| used)
        });
        if let (Some(most), Some(Some(used))) = (most, used) {
            found.push(UseLimit {
                most,
                used,
                per_customer: clause.per_customer(),
            });
        }
    }
    found
}

fn once(span: quo_source::Span) -> Expr {
    Expr {
        kind: ExprKind::Const(Value::Number(1)),
        ty: Type::Number(Number {
            unit: Unit::Int,
            scale: 0,
            min: 1,
            max: 1,
        }),
        optional: false,
        span,
    }
}

/// The group an adjustment names.
pub fn group_of(
    groups: &[Group],
    node: &ast::Adjustment,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let name = node.in_group()?.name()?;
    let found = groups.iter().position(|group| group.name == name.text());
    if found.is_none() {
        let names = groups.iter().map(|group| group.name.as_str());
        let span = name.span(file);
        diagnostics.push(crate::world::unknown_name(
            "group",
            &name.text(),
            span,
            names,
        ));
    }
    found
}

/// The bundle of `off each BUNDLE`.
pub fn each_bundle(
    world: &World,
    take: &ast::Take,
    within: Option<usize>,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let Some(ast::OffWhat::EachBundle(name)) = take.off().and_then(|off| off.what()) else {
        return true;
    };
    let named = find(&world.products, &name.text());
    if named.is_some() && named == within {
        return true;
    }
    diagnostics.push(
        Diagnostic::error(
            codes::WRONG_KIND,
            format!(
                "`{}` is not the bundle that the charges are in",
                name.text()
            ),
        )
        .at(name.span(file), "not this one")
        .note("`on all charges in Suite` and `off each Suite` name the same bundle"),
    );
    false
}
