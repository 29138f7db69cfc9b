//! Records, lists of constants, decision tables and named results.

use quo_analysis::hir::{self, DecisionTable, ExprKind};
use quo_analysis::tests_hir::Expected;
use quo_analysis::types::{Type, Value};
use quo_model::{
    ABSENT, ABSENT_WIDE, DataColumn, DataList, FieldDef, Order, ProbeDef, RecordDef, ResultDef,
    ValueType,
};
use quo_source::Span;

use crate::code::Purpose;
use crate::constants::{encode, number_of, raise, shown_type};
use crate::context::Context;
use crate::limits;
use crate::tables::LoweredTable;

/// A decision table of the model.
#[derive(Debug)]
pub(crate) struct LoweredDecision {
    /// Its conditions.
    pub(crate) table: LoweredTable,
    /// The list of its outcomes that are constants, a row for each row of the table.
    pub(crate) data: Option<u32>,
    /// For each outcome its column in that list; `None` where it is worked out.
    pub(crate) columns: Vec<Option<u32>>,
}

impl Context<'_> {
    /// Lowers what code refers to by number: lists of constants and decision tables.
    pub(crate) fn prepare(&mut self) {
        let rules = self.rules;
        for data in &rules.data {
            let lowered = self.data_list(data);
            self.data.push(lowered);
        }
        for table in &rules.decision_tables {
            let lowered = self.decision_table(table);
            self.decisions.push(lowered);
        }
    }

    fn data_list(&mut self, data: &hir::Data) -> DataList {
        let types: Vec<Type> = match data.element {
            Type::Record(record) => {
                let declared = self.rules.records.get(record);
                let fields = declared.map_or(&[][..], |record| &record.fields);
                fields.iter().map(|field| field.ty).collect()
            }
            element => vec![element],
        };
        let width = types.len().max(1);
        let rows = data.values.len().checked_div(width).unwrap_or(0);
        let columns = (0..width).map(|column| {
            let cells = data.values.iter().skip(column).step_by(width);
            let cells = cells.map(|cell| cell.as_ref().map_or(Ok(None), |it| self.cell(it)));
            self.column(cells.collect(), data.span)
        });
        let columns = columns.collect();
        DataList {
            rows: self.index(rows, data.span),
            columns,
        }
    }

    /// A constant as a cell.
    fn cell(&self, value: &Value) -> Result<Option<i128>, ()> {
        match value {
            Value::Number(mantissa) if *mantissa != ABSENT_WIDE => Ok(Some(*mantissa)),
            Value::Number(_) => Err(()),
            other => encode(other, &self.strings)
                .map(|value| Some(i128::from(value)))
                .ok_or(()),
        }
    }

    /// A column: narrow where all of it fits.
    fn column(&self, cells: Vec<Result<Option<i128>, ()>>, _: Span) -> DataColumn {
        let cells: Vec<Option<i128>> = cells.into_iter().map(Result::unwrap_or_default).collect();
        let narrow: Option<Vec<i64>> = cells
            .iter()
            .map(|cell| match cell {
                None => Some(ABSENT),
                Some(value) => i64::try_from(*value).ok().filter(|it| *it != ABSENT),
            })
            .collect();
        match narrow {
            Some(narrow) => DataColumn {
                narrow,
                wide: Vec::new(),
            },
            None => DataColumn {
                narrow: Vec::new(),
                wide: cells
                    .into_iter()
                    .map(|cell| cell.unwrap_or(ABSENT_WIDE))
                    .collect(),
            },
        }
    }

    fn decision_table(&mut self, declared: &DecisionTable) -> LoweredDecision {
        let table = self.table(&declared.table, declared.span, Order::Row);
        let mut columns = Vec::with_capacity(declared.outcomes.len());
        let mut data = Vec::new();
        for outcome in &declared.outcomes {
            let scale = number_of(outcome.ty).scale;
            let cells: Option<Vec<_>> = table
                .rows
                .iter()
                .map(|row| self.constant_cell(outcome.values.get(*row)?, scale))
                .collect();
            columns.push(cells.map(|cells| {
                let cells = cells.into_iter().map(|cell| Ok(Some(cell))).collect();
                data.push(self.column(cells, declared.span));
                u32::try_from(data.len().saturating_sub(1)).unwrap_or(quo_model::NONE)
            }));
        }
        let number = self.index(self.data.len(), declared.span);
        let data = (!data.is_empty()).then(|| {
            let rows = self.index(table.rows.len(), declared.span);
            self.data.push(DataList {
                rows,
                columns: data,
            });
            number
        });
        LoweredDecision {
            table,
            data,
            columns,
        }
    }

    /// The cell of an outcome that is a constant.
    fn constant_cell(&self, value: &hir::Expr, scale: u8) -> Option<i128> {
        match &value.kind {
            ExprKind::Const(Value::Number(mantissa)) => {
                raise(*mantissa, number_of(value.ty).scale, scale)
            }
            ExprKind::Const(other) => self.cell(other).ok().flatten(),
            ExprKind::Negate(inner) => match &inner.kind {
                ExprKind::Const(Value::Number(mantissa)) => {
                    let positive = raise(*mantissa, number_of(inner.ty).scale, scale)?;
                    positive.checked_neg()
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The records.
    pub(crate) fn records(&mut self) -> Vec<RecordDef> {
        let rules = self.rules;
        let mut records = Vec::with_capacity(rules.records.len());
        for record in &rules.records {
            let fields = record.fields.iter().map(|field| FieldDef {
                name: self.string(&field.name),
                ty: self.shown(field.ty, field.span),
                optional: field.optional,
                default: self.default(field.default.as_ref(), field.span),
            });
            let fields = fields.collect();
            records.push(RecordDef {
                name: self.string(&record.name),
                fields,
            });
        }
        records
    }

    /// The types of the elements of lists.
    pub(crate) fn elements(&mut self, span: Span) -> Vec<ValueType> {
        let elements = self.rules.elements.iter();
        elements.map(|element| self.shown(*element, span)).collect()
    }

    /// A type as values of it are shown, however many digits they have.
    fn shown(&mut self, ty: Type, span: Span) -> ValueType {
        shown_type(ty).unwrap_or_else(|| {
            self.report(limits::number_too_large(span));
            ValueType::Bool
        })
    }

    fn probe(&mut self, value: &hir::Expr) -> ProbeDef {
        ProbeDef {
            ty: self.shown(value.ty, value.span),
            routine: self.shown_routine(Purpose::total(value.span), value),
        }
    }

    /// The named results.
    pub(crate) fn results(&mut self) -> Vec<ResultDef> {
        let rules = self.rules;
        let results = rules.results.iter().map(|result| ResultDef {
            name: self.string(&result.name),
            title: self.string(&result.title),
            value: self.probe(&result.value),
        });
        results.collect()
    }

    /// The values that the tests expect something of, each before what it must be.
    pub(crate) fn probes(&mut self) -> Vec<ProbeDef> {
        let rules = self.rules;
        let mut probes = Vec::new();
        for expectation in rules.tests.iter().flat_map(|test| &test.expectations) {
            if let Expected::Value { actual, expected } = &expectation.kind {
                probes.push(self.probe(actual));
                if let Some(expected) = expected {
                    probes.push(self.probe(expected));
                }
            }
        }
        probes
    }
}
