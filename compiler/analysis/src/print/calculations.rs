//! Records, functions, decision tables, data and results as text, and the expressions that they bring along.

use super::Printer;
use crate::hir::*;
use crate::types::Type;

impl Printer<'_> {
    pub(super) fn calculations(&mut self) {
        let rules = self.rules;
        for record in &rules.records {
            self.line(0, &format!("record {}", record.name));
            for field in &record.fields {
                let default = self.default(field.default.as_ref(), field.ty);
                let mark = if field.optional { "?" } else { "" };
                self.line(
                    1,
                    &format!("{}: {}{mark}{default}", field.name, self.ty(field.ty)),
                );
            }
        }
        for data in &rules.data {
            self.data(data);
        }
        for function in &rules.functions {
            let parameters = self.parameters(&function.parameters);
            let mark = if function.body.optional { "?" } else { "" };
            self.line(
                0,
                &format!(
                    "function {}({parameters}): {}{mark}",
                    function.name,
                    self.ty(function.body.ty)
                ),
            );
            let body = self.expr(&function.body);
            self.line(1, &body);
        }
        for table in &rules.decision_tables {
            self.decision_table(table);
        }
        for result in &rules.results {
            let value = self.expr(&result.value);
            self.line(
                0,
                &format!(
                    "result {} {:?}: {}",
                    result.name,
                    result.title,
                    self.ty(result.value.ty)
                ),
            );
            self.line(1, &value);
        }
    }

    fn parameters(&self, parameters: &[Parameter]) -> String {
        let one = |parameter: &Parameter| {
            let mark = if parameter.optional { "?" } else { "" };
            format!("{}: {}{mark}", parameter.name, self.ty(parameter.ty))
        };
        parameters.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn data(&mut self, data: &Data) {
        self.line(
            0,
            &format!("data {}: list of {}", data.name, self.ty(data.element)),
        );
        let types: Vec<Type> = match data.element {
            Type::Record(of) => self
                .rules
                .records
                .get(of)
                .map(|record| record.fields.iter().map(|field| field.ty).collect())
                .unwrap_or_default(),
            other => vec![other],
        };
        for row in data.values.chunks(types.len().max(1)) {
            let cells = row.iter().zip(&types).map(|(value, ty)| match value {
                Some(value) => self.value(value, *ty),
                None => "-".to_owned(),
            });
            let cells: Vec<String> = cells.collect();
            self.line(1, &cells.join(" | "));
        }
    }

    fn decision_table(&mut self, table: &DecisionTable) {
        let parameters = self.parameters(&table.parameters);
        self.line(
            0,
            &format!(
                "decide {}({parameters}): {}, {:?}",
                table.name,
                self.ty(table.ty),
                table.policy
            ),
        );
        self.table(1, &table.table, |printer, row| {
            let values = table
                .outcomes
                .iter()
                .filter_map(|outcome| outcome.values.get(row));
            values
                .map(|value| printer.expr(value))
                .collect::<Vec<_>>()
                .join(" | ")
        });
    }

    /// An expression of a calculation; those of conditions are printed with them.
    pub(super) fn calculated(&self, expr: &Expr) -> String {
        let of = |expr: &Expr| self.expr(expr);
        let all = |exprs: &[Expr]| exprs.iter().map(of).collect::<Vec<_>>().join(", ");
        let mark = if expr.optional { "?" } else { "" };
        match &expr.kind {
            ExprKind::Absent => "absent".to_owned(),
            ExprKind::Local(index) => format!("%{index}{mark}"),
            ExprKind::Let {
                local, value, body, ..
            } => {
                format!("let %{local} = {} in {}", of(value), of(body))
            }
            ExprKind::Call {
                function,
                arguments,
            } => {
                let name = self
                    .rules
                    .functions
                    .get(*function)
                    .map_or("?", |found| found.name.as_str());
                format!("{name}({}){mark}", all(arguments))
            }
            ExprKind::Decide { table, arguments } => {
                let name = self
                    .rules
                    .decision_tables
                    .get(*table)
                    .map_or("?", |found| found.name.as_str());
                format!("decide {name}({}){mark}", all(arguments))
            }
            ExprKind::Field { record, field } => {
                let found = match record.ty {
                    Type::Record(index) => self.rules.records.get(index),
                    _ => None,
                };
                let name = found.and_then(|record| record.fields.get(*field));
                format!(
                    "{}.{}{mark}",
                    of(record),
                    name.map_or("?", |field| field.name.as_str())
                )
            }
            ExprKind::Record { of: index, fields } => {
                let name = self
                    .rules
                    .records
                    .get(*index)
                    .map_or("?", |found| found.name.as_str());
                format!("{name}({})", all(fields))
            }
            ExprKind::Data(data) => {
                let found = self.rules.data.get(*data);
                format!("data {}", found.map_or("?", |found| found.name.as_str()))
            }
            ExprKind::Listed(values) => format!("[{}]", all(values)),
            ExprKind::Numbers { from, to } => format!("numbers {}..{}", of(from), of(to)),
            ExprKind::Joined(left, right) => format!("({} followed by {})", of(left), of(right)),
            ExprKind::ItemAt { list, position } => {
                format!("item {} of {}{mark}", of(position), of(list))
            }
            ExprKind::Each(each) => self.each(each, expr),
            ExprKind::Spread(spread) => self.spread(spread, expr),
            ExprKind::Items(items) => match items {
                ItemsOf::Part { up, part } => format!("items in {}", self.part(*up, *part).0),
                ItemsOf::Products(products) => {
                    let names: Vec<&str> = products
                        .iter()
                        .map(|product| self.product_name(*product))
                        .collect();
                    format!("items of {}", names.join(" "))
                }
                ItemsOf::Inside { up, products } => {
                    let names: Vec<&str> = products
                        .iter()
                        .map(|product| self.product_name(*product))
                        .collect();
                    format!(
                        "{}items inside of {}",
                        "^".repeat(usize::from(*up)),
                        names.join(" ")
                    )
                }
                ItemsOf::Lines => "lines".to_owned(),
            },
            ExprKind::PartOf { item, part } => format!("{}.{part}", self.expr(item)),
            ExprKind::ItemOption { item, options } => {
                let first = options.first();
                let name = first.map_or("?", |(product, option)| {
                    self.option(Some(*product), *option)
                });
                format!("{}.{name}{mark}", of(item))
            }
            ExprKind::ItemProduct(item) => format!("product of {}", of(item)),
            ExprKind::Charges => "charges".to_owned(),
            ExprKind::Builtin {
                function,
                arguments,
            } => format!("{function:?}({}){mark}", all(arguments)),
            ExprKind::Otherwise(value, fallback) => {
                format!("({} otherwise {})", of(value), of(fallback))
            }
            ExprKind::RoundToStep {
                value,
                step,
                rounding,
            } => format!(
                "({} rounded {rounding:?} to steps of {})",
                of(value),
                of(step)
            ),
            other => format!("{other:?}"),
        }
    }

    fn each(&self, each: &Each, expr: &Expr) -> String {
        let of = |expr: &Expr| self.expr(expr);
        let what = match &each.what {
            What::Sum(value) => format!("sum {}", of(value)),
            What::Count => "count".to_owned(),
            What::Any => "any".to_owned(),
            What::All(value) => format!("all {}", of(value)),
            What::Largest(value) => format!("largest {}", of(value)),
            What::Smallest(value) => format!("smallest {}", of(value)),
            What::First => "first".to_owned(),
            What::Last => "last".to_owned(),
            What::List(value) => format!("list {}", of(value)),
            What::Sorted(keys) => {
                let keys = keys.iter().map(|key| {
                    format!(
                        "{}{}",
                        of(&key.key),
                        if key.descending { " descending" } else { "" }
                    )
                });
                format!("sorted by {}", keys.collect::<Vec<_>>().join(", "))
            }
            What::Running {
                carried,
                start,
                step,
                list,
            } => {
                let how = if *list { "list of running" } else { "running" };
                format!("{how} %{carried} = {} then {}", of(start), of(step))
            }
        };
        let position = each
            .position
            .map_or(String::new(), |index| format!(" at %{index}"));
        let condition = each.condition.as_ref();
        let condition = condition.map_or(String::new(), |condition| {
            format!(" where {}", of(condition))
        });
        let mark = if expr.optional { "?" } else { "" };
        format!(
            "({what} for %{}{position} in {}{condition}){mark}",
            each.element,
            of(&each.list)
        )
    }

    fn spread(&self, spread: &Spread, expr: &Expr) -> String {
        let weight = spread.weight.as_ref();
        let weight = weight.map_or(String::new(), |weight| format!(" by {}", self.expr(weight)));
        let to = if spread.currency {
            "currency".to_owned()
        } else {
            self.ty(expr.ty)
        };
        format!(
            "(spread {} over %{} in {}{weight} rounded {:?} to {to}, remainder {:?})",
            self.expr(&spread.amount),
            spread.element,
            self.expr(&spread.list),
            spread.rounding,
            spread.remainder
        )
    }
}
