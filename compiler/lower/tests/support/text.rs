//! The text of an expression, and the places of its parts in that text.

use quo_analysis::hir::{BinaryOp, Expr, ExprKind, Rules};
use quo_analysis::types::{Type, Unit, Value};
use quo_source::FileId;
use quo_value::{Decimal, Percent};

/// Appends the text of an expression and sets the places of it and its parts.
pub fn place(rules: &Rules, expr: &mut Expr, text: &mut String) {
    let start = text.len() as u32;
    write(rules, expr, text);
    expr.span = FileId(0).span(start, text.len() as u32);
}

fn write(rules: &Rules, expr: &mut Expr, text: &mut String) {
    let ty = expr.ty;
    if is_calculation(&expr.kind) {
        text.push_str("made of (");
        for part in expr.children_mut() {
            around(rules, text, " ", part, ",");
        }
        text.push_str(" )");
        return;
    }
    match &mut expr.kind {
        ExprKind::Const(value) => text.push_str(&constant(rules, value, ty)),
        ExprKind::Fact(fact) => {
            text.push_str("quote.");
            text.push_str(&rules.facts[*fact].name);
        }
        ExprKind::Option { up, option } => text.push_str(&format!("line{up}.option{option}")),
        ExprKind::PartOption { part, option, .. } => {
            text.push_str(&format!("part{part}.option{option}"));
        }
        ExprKind::PartKind { part, .. } => text.push_str(&format!("part{part}")),
        ExprKind::HasKind { part, product, .. } => {
            text.push_str(&format!("part{part} has {}", rules.products[*product].name));
        }
        ExprKind::CountPart { part, .. } => text.push_str(&format!("count of part{part}")),
        ExprKind::Asked(_) => text.push_str("asked"),
        ExprKind::List => text.push_str("list"),
        ExprKind::Left => text.push_str("what is left"),
        ExprKind::TotalList => text.push_str("total of list"),
        ExprKind::TotalNet => text.push_str("total of net"),
        ExprKind::Amount(amount) => text.push_str(&rules.amounts[*amount].name),
        ExprKind::Negate(value) => around(rules, text, "-", value, ""),
        ExprKind::Not(value) => around(rules, text, "not ", value, ""),
        ExprKind::Binary(op, left, right) => {
            around(rules, text, "(", left, &format!(" {} ", symbol(*op)));
            around(rules, text, "", right, ")");
        }
        ExprKind::InSet(value, values) => {
            let ty = value.ty;
            let values: Vec<_> = values
                .iter()
                .map(|value| constant(rules, value, ty))
                .collect();
            around(
                rules,
                text,
                "",
                value,
                &format!(" in {{ {} }}", values.join(", ")),
            );
        }
        ExprKind::InRange(value, low, high) => {
            around(rules, text, "", value, " in ");
            around(rules, text, "", low, " to ");
            around(rules, text, "", high, "");
        }
        ExprKind::Present(value, wanted) => {
            around(
                rules,
                text,
                "",
                value,
                if *wanted { " is present" } else { " is absent" },
            );
        }
        ExprKind::Divide {
            dividend,
            divisor,
            rounding,
            otherwise,
        } => {
            around(rules, text, "(", dividend, " / ");
            around(
                rules,
                text,
                "",
                divisor,
                &format!(", rounded {}, otherwise ", rounding.words()),
            );
            around(rules, text, "", otherwise, ")");
        }
        ExprKind::Round {
            value, rounding, ..
        } => {
            around(
                rules,
                text,
                "(",
                value,
                &format!(" rounded {})", rounding.words()),
            );
        }
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            around(rules, text, "(if ", condition, " then ");
            around(rules, text, "", then, " else ");
            around(rules, text, "", otherwise, ")");
        }
        other => panic!("{other:?} is not among the expressions that are written here"),
    }
}

/// Whether an expression is one whose text does not matter here but for the places of its parts.
fn is_calculation(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Local(_)
            | ExprKind::Let { .. }
            | ExprKind::Call { .. }
            | ExprKind::Field { .. }
            | ExprKind::Record { .. }
            | ExprKind::Data(_)
            | ExprKind::Listed(_)
            | ExprKind::Numbers { .. }
            | ExprKind::Joined(..)
            | ExprKind::ItemAt { .. }
            | ExprKind::Each(_)
            | ExprKind::Otherwise(..)
            | ExprKind::Absent
            | ExprKind::Builtin { .. }
            | ExprKind::RoundToStep { .. }
    )
}

fn around(rules: &Rules, text: &mut String, before: &str, expr: &mut Expr, after: &str) {
    text.push_str(before);
    place(rules, expr, text);
    text.push_str(after);
}

fn constant(rules: &Rules, value: &Value, ty: Type) -> String {
    match (value, ty) {
        (Value::Number(mantissa), Type::Number(number)) => {
            let decimal = Decimal::new(*mantissa, number.scale).unwrap();
            match number.unit {
                Unit::Percent => Percent::from_fraction(decimal).unwrap().to_string(),
                _ => decimal.to_string(),
            }
        }
        (Value::Bool(value), _) => if *value { "yes" } else { "no" }.to_owned(),
        (Value::Months(count), _) => format!("{count} months"),
        (Value::Days(count), _) => format!("{count} days"),
        (Value::Date(date), _) => date.to_string(),
        (Value::Text(text), _) => format!("\"{text}\""),
        (Value::Currency(index), _) => rules.currencies[*index].code().to_owned(),
        (Value::Enum { of, value }, _) => rules.enums[*of].values[*value].clone(),
        (Value::Product(product), _) => rules.products[*product].name.clone(),
        (Value::Instant(seconds), _) => format!("{seconds} s"),
        (Value::Number(_), _) => panic!("a number without its type"),
    }
}

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::Implies => "implies",
        BinaryOp::Eq => "is",
        BinaryOp::Ne => "is not",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
    }
}
