//! Look-ups in decision tables: one routine for each table, with an argument for each parameter.

use quo_analysis::hir::{DecisionTable, Expr, HitPolicy, Outcome};
use quo_analysis::types::Type;
use quo_model::{ABSENT, ABSENT_WIDE, Bank, Element, Loop, LoopKind, NONE, Op};
use quo_source::Span;

use super::builtins::whole;
use super::calls::Taken;
use super::expr::{Gen, Operand, Presence, Uses, bank_of};
use super::routine::{Callable, Callee};
use crate::calculations::LoweredDecision;
use crate::constants::number_of;
use crate::limits;

impl Gen<'_, '_> {
    /// The routine of a table, made at its first use.
    pub(super) fn decision(&mut self, table: usize, ty: Type, span: Span) -> Option<Callee> {
        let key = Callable::Decision(table);
        if let Some(known) = self.routines.callees.get(&key) {
            let known = *known;
            if known.is_none() {
                self.report(limits::broken_rules(span, "a decision table asks itself"));
            }
            return known;
        }
        let declared = self.rules.decision_tables.get(table);
        let Some((declared, lowered)) = declared.zip(self.decisions.get(table)) else {
            self.report(limits::broken_rules(
                span,
                "a decision table that is not there",
            ));
            return None;
        };
        self.routines.callees.insert(key, None);
        let parameters = declared.parameters.iter().enumerate();
        let taken: Vec<Taken> = parameters
            .map(|(local, parameter)| Taken {
                absent: true,
                ..Taken::parameter(local, parameter)
            })
            .collect();
        let callee = self.nested(&taken, true, declared.span, |code| {
            code.look_up(declared, lowered, ty)
        });
        self.routines.callees.insert(key, Some(callee));
        Some(callee)
    }

    fn look_up(&mut self, table: &DecisionTable, lowered: &LoweredDecision, ty: Type) -> Operand {
        let arguments = lowered
            .table
            .arguments(&table.table, self.rules.money_scale());
        let (first, shown) = self.table_arguments(&arguments);
        let number = lowered.table.table;
        if matches!(table.policy, HitPolicy::Unique | HitPolicy::First) {
            let row = self.emit.fresh(Bank::Narrow, Op::Match, first, 0, number);
            self.point_at(table.span, &shown);
            return self.decided(table, lowered, row);
        }
        let rows = self
            .emit
            .fresh(Bank::Narrow, Op::MatchAll, first, 0, number);
        let result = number_of(ty);
        let (kind, result, absent) = match table.policy {
            HitPolicy::Count => (LoopKind::Count, result, false),
            HitPolicy::Sum => (LoopKind::Sum, result, false),
            HitPolicy::Smallest => (LoopKind::Smallest, result, true),
            HitPolicy::Largest => (LoopKind::Largest, result, true),
            HitPolicy::Collect | HitPolicy::Unique | HitPolicy::First => {
                (LoopKind::List, whole(), false)
            }
        };
        let outcomes: Vec<&Expr> = table.outcomes.iter().flat_map(|it| &it.values).collect();
        let captured = self.capture(&outcomes);
        let body = if kind == LoopKind::Count {
            NONE
        } else {
            let mut taken = captured.taken.clone();
            let row = table.parameters.len();
            taken.push(Taken {
                local: Some(row),
                bank: Bank::Narrow,
                number: whole(),
                absent: false,
            });
            let callee = self.nested(&taken, true, table.span, |code| {
                let row = code.locals.get(&row).map_or(0, |row| row.register);
                code.decided(table, lowered, row)
            });
            callee.routine
        };
        let (columns, keeps) = match kind {
            LoopKind::List => {
                let element = self.element_type(table.ty, table.span);
                (
                    self.fields_of(element).unwrap_or(0),
                    self.cells_keep(element),
                )
            }
            _ => (0, false),
        };
        let found = self.routines.add_loop(Loop {
            index: NONE,
            keys_at: 0,
            kind,
            element: Element::Narrow,
            position: false,
            narrow_at: captured.narrow.0,
            narrow_len: captured.narrow.1,
            wide_at: captured.wide.0,
            wide_len: captured.wide.1,
            condition: NONE,
            body,
            keys: Vec::new(),
            columns,
            keeps,
        });
        let bank = bank_of(&result);
        let op = match bank {
            Bank::Narrow => Op::LoopN,
            Bank::Wide => Op::LoopW,
        };
        let callee = Callee {
            routine: NONE,
            bank,
            number: result,
            absent,
            uses: Uses::default(),
        };
        self.run_guarded(&[], callee, op, (rows, 0), found)
    }

    /// What a row decides: its outcome, or the record of its outcomes.
    fn decided(&mut self, table: &DecisionTable, lowered: &LoweredDecision, row: u8) -> Operand {
        let constant = lowered
            .data
            .map(|data| self.emit.fresh(Bank::Narrow, Op::DataRow, row, 0, data));
        if let ([outcome], [column]) = (table.outcomes.as_slice(), lowered.columns.as_slice()) {
            return self.outcome(table, (outcome, *column), lowered, (row, constant));
        }
        let record = |register| Operand {
            register,
            bank: Bank::Narrow,
            presence: Presence::Encoded,
            number: whole(),
        };
        if let (Some(constant), true) = (constant, lowered.columns.iter().all(Option::is_some)) {
            return record(constant);
        }
        let found = self.emit.fresh(Bank::Narrow, Op::Present, row, 0, 0);
        let dst = self.emit.register(Bank::Narrow);
        self.emit
            .set_constant(&mut self.routines.pools, dst, ABSENT);
        let jump = self.emit.jump_if_not(found);
        let mut cells = Vec::with_capacity(table.outcomes.len());
        for (outcome, column) in table.outcomes.iter().zip(&lowered.columns) {
            let operand = self.outcome(table, (outcome, *column), lowered, (row, constant));
            cells.push((operand.bank, self.passed(&operand)));
        }
        let columns = self.index(table.span, cells.len());
        let list = self.new_list(columns, &cells);
        let one = self.emit.constant(&mut self.routines.pools, 1);
        self.emit.push(Op::RowAt, dst, list, one, 0);
        self.emit.land(jump);
        record(dst)
    }

    /// One outcome of a row: a constant from the list of constants, or worked out by the code of that row.
    fn outcome(
        &mut self,
        table: &DecisionTable,
        (outcome, column): (&Outcome, Option<u32>),
        lowered: &LoweredDecision,
        (row, constant): (u8, Option<u8>),
    ) -> Operand {
        let number = number_of(outcome.ty);
        let bank = bank_of(&number);
        if let (Some(column), Some(constant)) = (column, constant) {
            return self.cell(constant, column, number, true);
        }
        let values: Vec<&Expr> = outcome.values.iter().collect();
        let captured = self.capture(&values);
        let dst = self.emit.register(bank);
        match bank {
            Bank::Narrow => self
                .emit
                .set_constant(&mut self.routines.pools, dst, ABSENT),
            Bank::Wide => self
                .emit
                .set_wide_constant(&mut self.routines.pools, dst, ABSENT_WIDE),
        }
        let [wanted, is] = [Bank::Narrow; 2].map(|bank| self.emit.register(bank));
        let op = match bank {
            Bank::Narrow => Op::CallN,
            Bank::Wide => Op::CallW,
        };
        let mut ends = Vec::new();
        for (number_of_row, origin) in (0_i64..).zip(&lowered.table.rows) {
            let Some(value) = outcome.values.get(*origin) else {
                self.report(limits::broken_rules(table.span, "a row without an outcome"));
                continue;
            };
            let callee = self.nested(&captured.taken, true, value.span, |code| {
                code.converted(value, number.scale, bank)
            });
            self.emit
                .set_constant(&mut self.routines.pools, wanted, number_of_row);
            self.emit.push(Op::EqN, is, row, wanted, 0);
            let jump = self.emit.jump_if_not(is);
            let (narrow, wide) = (captured.narrow.0, captured.wide.0);
            self.emit.push(op, dst, narrow, wide, callee.routine);
            ends.push(self.emit.jump());
            self.emit.land(jump);
        }
        ends.into_iter().for_each(|end| self.emit.land(end));
        self.received(dst, bank, number, true)
    }
}
