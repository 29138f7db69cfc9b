//! What golden tests expect: amounts, applied rules, approvals, tasks, and values of any expression.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::Value;

use super::tests::Reading;
use crate::expr::{Reader, Scope};
use crate::hir::{Expr, ExprKind};
use crate::tests_hir::{AmountOf, Expectation, Expected};
use crate::types::Type;
use crate::world::{HasName, World, find};

/// What a value must be: the same as another one, absent, or true.
fn value(
    reading: &Reading<'_>,
    node: &ast::Expr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    let scope = Scope {
        totals: true,
        ..Scope::default()
    };
    let mut reader = Reader {
        checked: true,
        row: reading.row,
        currency: reading.currency,
        ..Reader::new(reading.world, scope, reading.file, diagnostics)
    };
    let sides = match node {
        ast::Expr::Binary(binary) if binary.op() == Some(ast::BinaryOp::Is) => {
            binary.left().zip(binary.right())
        }
        ast::Expr::Presence(presence) if !presence.is_present() => {
            let actual = reader.read(&presence.operand()?, None);
            return (actual.ty != Type::Unknown).then_some(Expected::Value {
                actual,
                expected: None,
            });
        }
        _ => None,
    };
    let (actual, expected) = match sides {
        Some((left, right)) => reader.alike(&left, &right)?,
        None => {
            let condition = reader.condition(node);
            let truth = Expr {
                kind: ExprKind::Const(crate::types::Value::Bool(true)),
                ..condition.clone()
            };
            (condition, truth)
        }
    };
    if actual.ty == Type::Unknown || expected.ty == Type::Unknown {
        return None;
    }
    let absent = matches!(expected.kind, ExprKind::Absent);
    Some(Expected::Value {
        actual,
        expected: (!absent).then_some(expected),
    })
}

/// An expectation: what is expected where; reports what is wrong with it.
pub fn expectation(
    reading: &Reading<'_>,
    node: &ast::Expect,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expectation> {
    let (world, file) = (reading.world, reading.file);
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
            tasks,
        },
        ast::Expectation::Value(node) => value(reading, &node, diagnostics)?,
        ast::Expectation::Clause { clause, there } => {
            known(&world.clauses, "clause", &clause, file, diagnostics)?;
            Expected::Clause {
                clause: clause.text(),
                there,
            }
        }
        ast::Expectation::Sku { address, sku } => Expected::Sku {
            line: address.number()?.source(),
            item: address.path().map(|path| path.text()).unwrap_or_default(),
            sku: sku.text()?,
        },
        ast::Expectation::Expires { day, because } => Expected::Expires {
            day: day.source(),
            because: because.and_then(|text| text.text()),
        },
        ast::Expectation::Overridden(text) => Expected::Overridden(text.text()?),
        ast::Expectation::Information(text) => Expected::Information(text.text()?),
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

/// The name, if it is declared.
pub fn known<T: HasName>(
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
