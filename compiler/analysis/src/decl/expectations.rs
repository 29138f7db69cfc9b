//! What golden tests expect: amounts, applied rules, approvals, tasks, and values of any expression.

use quo_source::{Diagnostic, FileId, codes};
use quo_syntax::ast::{self, AstNode};
use quo_syntax::literal::Value;

use super::row_cells;
use super::tests::Reading;
use crate::expr::{Reader, Scope};
use crate::hir::{Expr, ExprKind};
use crate::tests_hir::{AmountOf, Expectation, Expected};
use crate::types::Type;
use crate::world::{HasName, find};

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
            charge_amount(reading, &address, of, &amount, diagnostics)?
        }
        ast::Expectation::Step {
            address,
            rule,
            amount,
        } => {
            // Floors and adjustments both make steps; an unknown one simply makes none, which the test then says.
            let of = AmountOf::Step(rule.text());
            charge_amount(reading, &address, of, &amount, diagnostics)?
        }
        ast::Expectation::Total { measure, amount } => {
            let name = measure.text();
            if !matches!(name.as_str(), "list" | "net") {
                let span = measure.span(file);
                let names = ["list", "net"].into_iter();
                diagnostics.push(crate::world::unknown_name("total", &name, span, names));
                return None;
            }
            let (amount, currency) = money(reading, &amount, diagnostics)?;
            Expected::Total {
                net: name == "net",
                amount,
                currency,
            }
        }
        ast::Expectation::Applied { rule, address } => {
            applied(reading, &rule, true, address, None, diagnostics)?
        }
        ast::Expectation::NotApplied {
            rule,
            address,
            because,
        } => {
            let because = row_cells::reason(reading, because, diagnostics);
            applied(reading, &rule, false, address, because, diagnostics)?
        }
        ast::Expectation::Approval { matrix, approvers } => {
            known(
                &world.approvals,
                "approval matrix",
                &matrix,
                file,
                diagnostics,
            )?;
            let steps = match approvers.cell() {
                Some(cell) => row_cells::approvers(reading, &cell, diagnostics)?,
                None => approvers.steps().map(|step| approver_step(&step)).collect(),
            };
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
            because: row_cells::reason(reading, because, diagnostics),
        },
        ast::Expectation::Eligible { product } => {
            eligibility(reading, &product, true, None, diagnostics)?
        }
        ast::Expectation::NotEligible { product, because } => {
            let because = row_cells::reason(reading, because, diagnostics);
            eligibility(reading, &product, false, because, diagnostics)?
        }
        ast::Expectation::Warning(title) => {
            Expected::Warning(row_cells::text(reading, &title, diagnostics)?)
        }
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
        ast::Expectation::Saves { rule, amount } => {
            let what = "discount or promotion";
            known(&world.adjustments, what, &rule, file, diagnostics)?;
            let (amount, currency) = money(reading, &amount, diagnostics)?;
            Expected::Saves {
                rule: rule.text(),
                amount,
                currency,
            }
        }
        ast::Expectation::Extra {
            product,
            count,
            price,
        } => {
            known(&world.products, "product", &product, file, diagnostics)?;
            Expected::Extra {
                product: product.text(),
                count: count.map(|count| count.source()),
                price: match price {
                    None => None,
                    Some(price) => Some(money(reading, &price, diagnostics)?),
                },
            }
        }
        ast::Expectation::Reserved { rule, amount } => {
            let what = "discount or promotion";
            known(&world.adjustments, what, &rule, file, diagnostics)?;
            Expected::Reserved {
                rule: rule.text(),
                amount: match amount {
                    None => None,
                    Some(amount) => Some(money(reading, &amount, diagnostics)?),
                },
            }
        }
        ast::Expectation::Sku { address, sku } => Expected::Sku {
            line: address.number()?.source(),
            item: address.path().map(|path| path.text()).unwrap_or_default(),
            sku: row_cells::text(reading, &sku, diagnostics)?,
        },
        ast::Expectation::Expires { day, because } => Expected::Expires {
            day: row_cells::day(reading, &day, diagnostics)?,
            because: row_cells::reason(reading, because, diagnostics),
        },
        ast::Expectation::Overridden(title) => {
            Expected::Overridden(row_cells::text(reading, &title, diagnostics)?)
        }
        ast::Expectation::Information(title) => {
            Expected::Information(row_cells::text(reading, &title, diagnostics)?)
        }
        ast::Expectation::Error(title) => {
            Expected::Error(row_cells::text(reading, &title, diagnostics)?)
        }
    };
    Some(Expectation { span, kind })
}

fn approver_step(step: &ast::ApproverStep) -> (Vec<String>, bool) {
    let roles = step.roles().map(|role| role.text()).collect();
    (roles, step.join() == ast::ApproverJoin::Any)
}

fn charge_amount(
    reading: &Reading<'_>,
    address: &ast::LineAddress,
    of: AmountOf,
    amount: &ast::Expr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    let (amount, currency) = money(reading, amount, diagnostics)?;
    Some(Expected::Amount {
        line: address.number()?.source(),
        charge: address.path()?.text(),
        of,
        amount,
        currency,
    })
}

fn applied(
    reading: &Reading<'_>,
    rule: &ast::NameRef,
    applied: bool,
    address: Option<ast::LineAddress>,
    because: Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    known(
        &reading.world.adjustments,
        "discount or promotion",
        rule,
        reading.file,
        diagnostics,
    )?;
    let on = address.and_then(|address| Some((address.number()?.source(), address.path()?.text())));
    Some(Expected::Applied {
        rule: rule.text(),
        applied,
        on,
        because,
    })
}

fn eligibility(
    reading: &Reading<'_>,
    product: &ast::NameRef,
    eligible: bool,
    because: Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expected> {
    let products = &reading.world.products;
    known(products, "product", product, reading.file, diagnostics)?;
    Some(Expected::Eligible {
        product: product.text(),
        eligible,
        because,
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

/// The digits and the currency of an amount; of a cell that names no currency, an amount in that of the quote.
fn money(
    reading: &Reading<'_>,
    node: &ast::Expr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(String, Option<String>)> {
    if let ast::Expr::Path(path) = node
        && path
            .segments()
            .first()
            .is_some_and(|(first, _)| first == "row")
    {
        return row_cells::amount(reading, path, diagnostics);
    }
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
        return Some((digits.to_string(), Some(currency)));
    }
    diagnostics.push(
        Diagnostic::error(
            codes::TYPE_MISMATCH,
            "an amount with its currency is expected",
        )
        .at(node.span(reading.file), "such as `10_175.00 EUR`"),
    );
    None
}
