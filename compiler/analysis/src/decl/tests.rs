//! Golden tests: requests as written, and what is expected.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::{PeriodUnit, Value};

use super::Items;
use crate::tests_hir::{AmountOf, Expectation, Expected, Given, Input, Item, Line, TestCase};
use crate::world::{HasName, World, find};

/// Reads the tests, by file and place.
pub fn read(world: &World, items: &Items, diagnostics: &mut Vec<Diagnostic>) -> Vec<TestCase> {
    let mut tests: Vec<TestCase> = Vec::new();
    for item in &items.tests {
        let Some(title) = item.node.title() else {
            continue;
        };
        let Some(name) = title.text() else { continue };
        let (node, file) = (&item.node, item.file);
        let span = title.span(file);
        let expectations: Vec<Expectation> = node
            .expects()
            .filter_map(|expect| expectation(world, &expect, file, diagnostics))
            .collect();
        if node.expects().next().is_none() {
            diagnostics.push(
                Diagnostic::error(
                    codes::EMPTY_TEST,
                    format!("the test {name:?} expects nothing"),
                )
                .at(span, "it cannot fail")
                .note("say what must come out: `expect …`"),
            );
        }
        tests.push(TestCase {
            name,
            span,
            given: node
                .givens()
                .filter_map(|given| {
                    Some((
                        given.facts()?.text(),
                        given
                            .config()
                            .map(|config| inputs(&config, file))
                            .unwrap_or_default(),
                    ))
                })
                .collect(),
            lines: node
                .lines()
                .filter_map(|line| read_line(world, &line, file))
                .collect(),
            asked: node
                .asked()
                .filter_map(|asked| {
                    let name = asked.adjustment()?;
                    Some(Input {
                        name: name.text(),
                        span: asked.span(file),
                        value: Given::Text(value_text(&asked.value()?)),
                    })
                })
                .collect(),
            expectations,
        });
    }
    tests.sort_by_key(|test| test.span);
    tests
}

fn inputs(config: &ast::Config, file: FileId) -> Vec<Input> {
    config
        .entries()
        .filter_map(|entry| {
            Some(Input {
                name: entry.name()?.text(),
                span: entry.span(file),
                value: Given::Text(value_text(&entry.value()?)),
            })
        })
        .collect()
}

fn read_line(world: &World, line: &ast::Line, file: FileId) -> Option<Line> {
    let product = line.product()?;
    let number = line.number()?;
    Some(Line {
        id: number.source(),
        item: item(
            world,
            Some(product.text()),
            line.config().as_ref(),
            product.span(file),
            file,
        ),
    })
}

/// A product with what stands in its braces: entries that are parts of it, everything else options.
fn item(
    world: &World,
    product: Option<String>,
    config: Option<&ast::Config>,
    span: quo_source::Span,
    file: FileId,
) -> Item {
    let known = product
        .as_deref()
        .and_then(|name| find(&world.products, name))
        .and_then(|index| world.products.get(index));
    let mut found = Item {
        product: product.clone(),
        span,
        options: Vec::new(),
        parts: Vec::new(),
    };
    for entry in config.into_iter().flat_map(|config| config.entries()) {
        let Some(name) = entry.name() else { continue };
        let part =
            known.and_then(|product| product.parts.iter().find(|part| part.name == name.text()));
        let Some(part) = part else {
            let value = entry
                .value()
                .map(|value| value_text(&value))
                .unwrap_or_default();
            found.options.push(Input {
                name: name.text(),
                span: entry.span(file),
                value: Given::Text(value),
            });
            continue;
        };
        let only = match part.kinds.as_slice() {
            [only] => world
                .products
                .get(*only)
                .map(|product| product.name.clone()),
            _ => None,
        };
        let children = match (entry.value(), entry.config()) {
            // `support Platinum`, `support Platinum { … }`
            (Some(kind), config) => vec![item(
                world,
                Some(value_text(&kind)),
                config.as_ref(),
                entry.span(file),
                file,
            )],
            // `platform { edition Pro }`
            (None, Some(config))
                if only.is_some()
                    && !lists_kinds(
                        part.kinds
                            .iter()
                            .filter_map(|kind| world.products.get(*kind)),
                        &config,
                    ) =>
            {
                vec![item(world, only, Some(&config), entry.span(file), file)]
            }
            // `addons { Sso, Audit { seats 20 } }`
            (None, Some(config)) => config
                .entries()
                .filter_map(|kind| {
                    Some(item(
                        world,
                        Some(kind.name()?.text()),
                        kind.config().as_ref(),
                        kind.span(file),
                        file,
                    ))
                })
                .collect(),
            // `onsite`
            (None, None) => vec![item(world, only, None, entry.span(file), file)],
        };
        found.parts.push((name.text(), children));
    }
    found
}

/// Whether the braces of a part list its kinds rather than options of its one kind.
fn lists_kinds<'p>(
    mut kinds: impl Iterator<Item = &'p crate::hir::Product>,
    config: &ast::Config,
) -> bool {
    kinds.any(|kind| {
        config
            .entries()
            .any(|entry| entry.name().is_some_and(|name| name.text() == kind.name))
    })
}

/// A value as text: what the door of the engine reads.
fn value_text(node: &ast::Expr) -> String {
    let ast::Expr::Literal(literal) = node else {
        return node.source();
    };
    let number = |number: quo_syntax::literal::Number| {
        quo_value::Decimal::new(number.mantissa, number.scale)
            .map_or_else(|_| literal.source(), |decimal| decimal.to_string())
    };
    match literal.value() {
        Ok(Value::Text(text)) => text,
        Ok(Value::Number(found)) => number(found),
        Ok(Value::Percent(found)) => format!("{}%", number(found)),
        Ok(Value::Period {
            count,
            unit: PeriodUnit::Months,
        }) => format!("{count} months"),
        Ok(Value::Period {
            count,
            unit: PeriodUnit::Years,
        }) => format!("{} months", u64::from(count).saturating_mul(12)),
        Ok(Value::Period {
            count,
            unit: PeriodUnit::Days,
        }) => format!("{count} days"),
        _ => literal.source(),
    }
}

fn expectation(
    world: &World,
    node: &ast::Expect,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expectation> {
    let span = node.span(file);
    let kind = match node.expectation()? {
        ast::Expectation::Amount {
            address,
            measure,
            amount,
        } => {
            let of = match measure.text().as_str() {
                "list" => AmountOf::List,
                "contract" => AmountOf::Contract,
                "net" => AmountOf::Net,
                "unit" => AmountOf::Unit,
                other => {
                    let names = ["unit", "list", "contract", "net"];
                    let mut diagnostic = crate::world::unknown_name(
                        "amount of a charge called",
                        other,
                        measure.span(file),
                        names.into_iter(),
                    );
                    diagnostic.code = codes::UNKNOWN_IN_TEST;
                    diagnostics.push(diagnostic);
                    return None;
                }
            };
            charge_amount(&address, of, &amount, file, diagnostics)?
        }
        ast::Expectation::Step {
            address,
            rule,
            amount,
        } => {
            // Floors and adjustments both make steps; an unknown one simply makes none, which the test then says.
            charge_amount(
                &address,
                AmountOf::Step(rule.text()),
                &amount,
                file,
                diagnostics,
            )?
        }
        ast::Expectation::Total { measure, amount } => {
            let name = measure.text();
            if !matches!(name.as_str(), "list" | "net") {
                let span = measure.span(file);
                let names = ["list", "net"].into_iter();
                diagnostics.push(crate::world::unknown_name("total", &name, span, names));
                return None;
            }
            let (amount, currency) = money(&amount, file, diagnostics)?;
            Expected::Total {
                net: name == "net",
                amount,
                currency,
            }
        }
        ast::Expectation::Applied { rule, address } => {
            applied(world, &rule, true, address, None, file, diagnostics)?
        }
        ast::Expectation::NotApplied {
            rule,
            address,
            because,
        } => applied(world, &rule, false, address, because, file, diagnostics)?,
        ast::Expectation::Approval { matrix, approvers } => {
            known(
                &world.approvals,
                "approval matrix",
                &matrix,
                file,
                diagnostics,
            )?;
            let steps = approvers
                .steps()
                .map(|step| {
                    (
                        step.roles().map(|role| role.text()).collect(),
                        step.join() == ast::ApproverJoin::Any,
                    )
                })
                .collect();
            Expected::Approval {
                approval: matrix.text(),
                steps,
            }
        }
        ast::Expectation::Valid => Expected::Valid {
            valid: true,
            because: None,
        },
        ast::Expectation::Invalid { because } => Expected::Valid {
            valid: false,
            because: because.and_then(|text| text.text()),
        },
        ast::Expectation::Eligible { product } => {
            eligibility(world, &product, true, None, file, diagnostics)?
        }
        ast::Expectation::NotEligible { product, because } => {
            eligibility(world, &product, false, because, file, diagnostics)?
        }
        ast::Expectation::Warning(text) => Expected::Warning(text.text()?),
        ast::Expectation::Tasks { address, tasks } => Expected::Tasks {
            line: address.number()?.source(),
            tasks: tasks.iter().map(ast::NameRef::text).collect(),
        },
        ast::Expectation::Error(text) => Expected::Error(text.text()?),
    };
    Some(Expectation { span, kind })
}

fn charge_amount(
    address: &ast::LineAddress,
    of: AmountOf,
    amount: &ast::Expr,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    let (amount, currency) = money(amount, file, diagnostics)?;
    Some(Expected::Amount {
        line: address.number()?.source(),
        charge: address.path()?.text(),
        of,
        amount,
        currency,
    })
}

fn applied(
    world: &World,
    rule: &ast::NameRef,
    applied: bool,
    address: Option<ast::LineAddress>,
    because: Option<ast::Title>,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    known(
        &world.adjustments,
        "discount or promotion",
        rule,
        file,
        diagnostics,
    )?;
    let on = address.and_then(|address| Some((address.number()?.source(), address.path()?.text())));
    Some(Expected::Applied {
        rule: rule.text(),
        applied,
        on,
        because: because.and_then(|text| text.text()),
    })
}

fn eligibility(
    world: &World,
    product: &ast::NameRef,
    eligible: bool,
    because: Option<ast::Title>,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    known(&world.products, "product", product, file, diagnostics)?;
    Some(Expected::Eligible {
        product: product.text(),
        eligible,
        because: because.and_then(|text| text.text()),
    })
}

fn known<T: HasName>(
    items: &[T],
    what: &str,
    name: &ast::NameRef,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let text = name.text();
    let found = find(items, &text);
    if found.is_none() {
        let mut diagnostic = crate::world::unknown_name(
            what,
            &text,
            name.span(file),
            items.iter().map(HasName::name),
        );
        diagnostic.code = codes::UNKNOWN_IN_TEST;
        diagnostics.push(diagnostic);
    }
    found
}

/// The digits and the currency of an amount.
fn money(
    node: &ast::Expr,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(String, String)> {
    let negative = matches!(node, ast::Expr::Unary(unary) if unary.op() == ast::UnaryOp::Negate);
    let literal = match node {
        ast::Expr::Literal(literal) => Some(literal.clone()),
        ast::Expr::Unary(unary) if negative => match unary.operand() {
            Some(ast::Expr::Literal(literal)) => Some(literal),
            _ => None,
        },
        _ => None,
    };
    if let Some(Ok(Value::Money { amount, currency })) = literal.map(|literal| literal.value()) {
        let mantissa = if negative {
            amount.mantissa.checked_neg()?
        } else {
            amount.mantissa
        };
        let digits = quo_value::Decimal::new(mantissa, amount.scale).ok()?;
        return Some((digits.to_string(), currency));
    }
    diagnostics.push(
        Diagnostic::error(
            codes::TYPE_MISMATCH,
            "an amount with its currency is expected",
        )
        .at(node.span(file), "such as `10_175.00 EUR`"),
    );
    None
}
