//! Values with parts: records, lists, items and charges; and the names that values have.

use quo_analysis::hir::{Expr, ExprKind, ItemsOf};
use quo_analysis::types::Type;
use quo_model::{Bank, NONE, Op};

use super::expr::{Gen, Operand, Presence, Uses, bank_of};
use super::routine::Callee;
use crate::constants::number_of;
use crate::limits;

impl Gen<'_, '_> {
    /// Code for what is more than an operation of inputs.
    pub(super) fn calculation(&mut self, expr: &Expr) -> Operand {
        match &expr.kind {
            ExprKind::Local(local) => match self.locals.get(local) {
                Some(operand) => *operand,
                None => {
                    self.report(limits::broken_rules(expr.span, "a name without a value"));
                    self.nothing(expr)
                }
            },
            ExprKind::Absent => {
                let number = number_of(expr.ty);
                let bank = bank_of(&number);
                let register = self.emit.register(bank);
                let flag = self.emit.constant(&mut self.routines.pools, 0);
                let presence = self.set_absent(register, bank, flag);
                Operand {
                    register,
                    bank,
                    presence,
                    number,
                }
            }
            ExprKind::Let {
                local,
                name,
                value,
                body,
            } => {
                let operand = self.value(value);
                self.locals.insert(*local, operand);
                self.named_value(*name, value, &operand);
                self.value(body)
            }
            ExprKind::Call {
                function,
                arguments,
            } => self.call(expr, *function, arguments),
            ExprKind::Decide { table, arguments } => self.decide(expr, *table, arguments),
            ExprKind::Field { record, field } => self.field(expr, record, *field),
            ExprKind::Record { of, fields } => self.record(expr, *of, fields),
            ExprKind::Data(data) => {
                let handle = i64::try_from(*data).unwrap_or(i64::MAX);
                let register = self.emit.constant(&mut self.routines.pools, handle);
                self.narrow_operand(expr, register, Presence::Always)
            }
            ExprKind::Listed(values) => self.listed(expr, values),
            ExprKind::Numbers { from, to } => self.made_of_two(expr, Op::Range, from, to),
            ExprKind::Joined(left, right) => self.made_of_two(expr, Op::Join, left, right),
            ExprKind::ItemAt { list, position } => self.item_at(expr, list, position),
            ExprKind::Each(each) => self.each(expr, each),
            ExprKind::Spread(spread) => self.spread(expr, spread),
            ExprKind::Items(items) => self.items(expr, items),
            ExprKind::PartOf { item, part } => {
                let item = self.value(item);
                let name = self.strings.get(part).unwrap_or_else(|| {
                    self.report(limits::broken_rules(expr.span, "a part that is not there"));
                    0
                });
                let list = self
                    .emit
                    .fresh(Bank::Narrow, Op::PartOf, item.register, 0, name);
                self.narrow_operand(expr, list, Presence::Always)
            }
            ExprKind::ItemOption { item, options } => self.item_option(expr, item, options),
            ExprKind::ItemProduct(item) => {
                let item = self.value(item);
                let register = self
                    .emit
                    .fresh(Bank::Narrow, Op::ProductOf, item.register, 0, 0);
                self.narrow_operand(expr, register, item.presence)
            }
            ExprKind::Charges => {
                self.uses.totals = true;
                let register = self.emit.fresh(Bank::Narrow, Op::Charges, 0, 0, 0);
                self.narrow_operand(expr, register, Presence::Always)
            }
            ExprKind::Builtin {
                function,
                arguments,
            } => self.builtin(expr, *function, arguments),
            ExprKind::Otherwise(first, second) => self.first_of(expr, first, second),
            ExprKind::RoundToStep {
                value,
                step,
                rounding,
            } => self.round_to_step(expr, value, step, *rounding),
            _ => {
                self.report(limits::not_compiled(expr.span));
                self.nothing(expr)
            }
        }
    }

    /// A value, or another one where it is absent.
    fn first_of(&mut self, expr: &Expr, first: &Expr, second: &Expr) -> Operand {
        let absent = self.may_be_absent(second);
        let operand = self.value(first);
        let join = self.join(expr, absent);
        let there = Operand {
            presence: Presence::Always,
            ..operand
        };
        let Some(flag) = self.presence_of(&operand) else {
            self.store_value(&join, expr, there);
            return self.joined(&join, expr, absent);
        };
        let jump = self.emit.jump_if_not(flag);
        self.store_value(&join, expr, there);
        let end = self.emit.jump();
        self.emit.land(jump);
        self.store(&join, expr, second);
        self.emit.land(end);
        self.joined(&join, expr, absent)
    }

    fn field(&mut self, expr: &Expr, record: &Expr, field: usize) -> Operand {
        let ty = record.ty;
        let record = self.value(record);
        let declared = match ty {
            Type::Record(of) => self.rules.records.get(of),
            _ => None,
        };
        let Some(declared) = declared.and_then(|of| of.fields.get(field)) else {
            self.report(limits::broken_rules(expr.span, "a field that is not there"));
            return self.nothing(expr);
        };
        let number = number_of(declared.ty);
        let absent = declared.optional || record.presence != Presence::Always;
        let column = self.index(expr.span, field);
        self.cell(record.register, column, number, absent)
    }

    /// A cell of the row that a register refers to.
    pub(super) fn cell(
        &mut self,
        row: u8,
        column: u32,
        number: quo_analysis::types::Number,
        absent: bool,
    ) -> Operand {
        let bank = bank_of(&number);
        let op = match bank {
            Bank::Narrow => Op::CellN,
            Bank::Wide => Op::CellW,
        };
        let register = self.emit.fresh(bank, op, row, 0, column);
        self.received(register, bank, number, absent)
    }

    /// A record: the only row of a list of its own.
    fn record(&mut self, expr: &Expr, of: usize, fields: &[Expr]) -> Operand {
        let rules = self.rules;
        let declared = rules.records.get(of).map_or(&[][..], |it| &it.fields);
        if declared.len() != fields.len() || fields.is_empty() {
            self.report(limits::broken_rules(
                expr.span,
                "a record without its fields",
            ));
        }
        let mut cells = Vec::with_capacity(fields.len());
        for (field, value) in declared.iter().zip(fields) {
            let number = number_of(field.ty);
            let operand = self.converted(value, number.scale, bank_of(&number));
            cells.push((operand.bank, self.passed(&operand)));
        }
        let columns = self.index(expr.span, fields.len());
        let list = self.new_list(columns, &cells);
        let one = self.emit.constant(&mut self.routines.pools, 1);
        let register = self.emit.fresh(Bank::Narrow, Op::RowAt, list, one, 0);
        self.narrow_operand(expr, register, Presence::Always)
    }

    /// A new list of these cells.
    pub(super) fn new_list(&mut self, columns: u32, cells: &[(Bank, u8)]) -> u8 {
        let list = self.emit.fresh(Bank::Narrow, Op::NewList, 0, 0, columns);
        for (bank, register) in cells {
            let op = match bank {
                Bank::Narrow => Op::PushN,
                Bank::Wide => Op::PushW,
            };
            self.emit.push(op, 0, *register, list, 0);
        }
        list
    }

    fn listed(&mut self, expr: &Expr, values: &[Expr]) -> Operand {
        let element = self.element_type(expr.ty, expr.span);
        let number = number_of(element);
        let mut cells = Vec::with_capacity(values.len());
        for value in values {
            let operand = self.converted(value, number.scale, bank_of(&number));
            cells.push((operand.bank, self.passed(&operand)));
        }
        let list = match self.fields_of(element) {
            None => self.new_list(1, &cells),
            Some(columns) => {
                let list = self.new_list(columns, &[]);
                for (_, row) in cells {
                    self.emit.push(Op::PushRow, 0, row, list, 0);
                }
                list
            }
        };
        self.narrow_operand(expr, list, Presence::Always)
    }

    /// A list made of two values; absent where one of them is.
    fn made_of_two(&mut self, expr: &Expr, op: Op, left: &Expr, right: &Expr) -> Operand {
        let a = self.converted(left, 0, Bank::Narrow);
        let b = self.converted(right, 0, Bank::Narrow);
        let result = self.narrow_result(expr, false);
        self.run_guarded(&[a, b], result, op, (a.register, b.register), 0)
    }

    /// A narrow result of the type of an expression.
    pub(super) fn narrow_result(&self, expr: &Expr, absent: bool) -> Callee {
        Callee {
            routine: NONE,
            bank: Bank::Narrow,
            number: number_of(expr.ty),
            absent,
            uses: Uses::default(),
        }
    }

    fn item_at(&mut self, expr: &Expr, list: &Expr, position: &Expr) -> Operand {
        let element = self.element_type(list.ty, list.span);
        let a = self.value(list);
        let b = self.converted(position, 0, Bank::Narrow);
        let row = self
            .emit
            .fresh(Bank::Narrow, Op::RowAt, a.register, b.register, 0);
        match element {
            Type::Record(_) => self.narrow_operand(expr, row, Presence::Encoded),
            element => self.cell(row, 0, number_of(element), true),
        }
    }

    fn items(&mut self, expr: &Expr, items: &ItemsOf) -> Operand {
        let register = match items {
            ItemsOf::Lines => self.emit.fresh(Bank::Narrow, Op::Lines, 0, 0, 0),
            ItemsOf::Products(products) => {
                let mut members = Vec::with_capacity(products.len());
                for product in products {
                    members.push(i64::from(self.index(expr.span, *product)));
                }
                let set = self.routines.pools.sets.intern(members);
                self.emit.fresh(Bank::Narrow, Op::Items, 0, 0, set)
            }
            ItemsOf::Inside { up, products } => {
                self.looks_up |= *up > 0;
                self.uses.item = true;
                let mut members = Vec::with_capacity(products.len());
                for product in products {
                    members.push(i64::from(self.index(expr.span, *product)));
                }
                let set = self.routines.pools.sets.intern(members);
                self.emit.fresh(Bank::Narrow, Op::ItemsInside, *up, 0, set)
            }
            ItemsOf::Part { up, part } => {
                self.looks_up |= *up > 0;
                self.uses.item = true;
                let part = self.part(expr, Some(*part));
                self.emit.fresh(Bank::Narrow, Op::PartItems, *up, part, 0)
            }
        };
        self.narrow_operand(expr, register, Presence::Always)
    }

    /// An option of an item, by the product that the item is.
    fn item_option(&mut self, expr: &Expr, item: &Expr, options: &[(usize, usize)]) -> Operand {
        let item = self.value(item);
        let join = self.join(expr, true);
        let none = self.emit.constant(&mut self.routines.pools, 0);
        let flag = self.emit.fresh(Bank::Narrow, Op::MoveN, none, 0, 0);
        self.set_absent(join.register, join.bank, flag);
        if let Some(present) = join.flag {
            self.emit.push(Op::MoveN, present, none, 0, 0);
        }
        let product = self
            .emit
            .fresh(Bank::Narrow, Op::ProductOf, item.register, 0, 0);
        let mut ends = Vec::new();
        for (of, option) in options {
            let declared = self.rules.products.get(*of);
            let Some(declared) = declared.and_then(|it| it.options.get(*option)) else {
                self.report(limits::broken_rules(
                    expr.span,
                    "an option that is not there",
                ));
                continue;
            };
            let number = number_of(declared.ty);
            let wanted = i64::from(self.index(expr.span, *of));
            let wanted = self.emit.constant(&mut self.routines.pools, wanted);
            let is = self.emit.fresh(Bank::Narrow, Op::EqN, product, wanted, 0);
            let jump = self.emit.jump_if_not(is);
            let option = self.index(expr.span, *option);
            let register = self
                .emit
                .fresh(Bank::Narrow, Op::OptionOf, item.register, 0, option);
            let operand = Operand {
                register,
                bank: Bank::Narrow,
                presence: Presence::Encoded,
                number,
            };
            self.store_value(&join, expr, operand);
            ends.push(self.emit.jump());
            self.emit.land(jump);
        }
        ends.into_iter().for_each(|end| self.emit.land(end));
        self.joined(&join, expr, true)
    }

    /// A row of a decision table, or what is made of all that match; absent where none does.
    fn decide(&mut self, expr: &Expr, table: usize, arguments: &[Expr]) -> Operand {
        let Some(callee) = self.decision(table, expr.ty, expr.span) else {
            return self.nothing(expr);
        };
        let rules = self.rules;
        let parameters = rules
            .decision_tables
            .get(table)
            .map_or(&[][..], |table| &table.parameters);
        // A table looks at what is absent, too: any cell may match it.
        let mut optional = parameters.to_vec();
        optional.iter_mut().for_each(|it| it.optional = true);
        self.called(expr, callee, &optional, arguments)
    }
}
