//! Loops: what is worked out over the elements of a list, and amounts that are spread over one.

use quo_analysis::hir::{Each, Expr, Remainder, Spread, What};
use quo_analysis::types::{Number, Type};
use quo_model::{Bank, Element, Loop, LoopKey, LoopKind, NONE, Op, spread_bits};
use quo_source::Span;
use quo_value::LeftOver;

use super::calls::{Captured, Taken};
use super::expr::{Gen, Operand, Presence, Uses, bank_of, is_narrow_at, raised};
use super::routine::Callee;
use crate::constants::number_of;
use crate::limits;

/// What a loop gives.
#[derive(Clone, Copy)]
struct Gives {
    kind: LoopKind,
    number: Number,
    absent: bool,
}

impl Gen<'_, '_> {
    /// The type of the elements of a list.
    pub(super) fn element_type(&mut self, list: Type, span: Span) -> Type {
        let found = match list {
            Type::List(element) => self.rules.elements.get(element).copied(),
            _ => None,
        };
        found.unwrap_or_else(|| {
            self.report(limits::broken_rules(span, "a list of nothing"));
            Type::Unknown
        })
    }

    /// How many fields a record has; `None` for another type.
    pub(super) fn fields_of(&self, ty: Type) -> Option<u32> {
        let Type::Record(record) = ty else {
            return None;
        };
        let declared = self.rules.records.get(record)?;
        u32::try_from(declared.fields.len()).ok()
    }

    /// Whether a value of this type leads to a list, so that the list must be kept for it.
    fn keeps(&self, ty: Type) -> bool {
        matches!(ty, Type::Record(_) | Type::List(_))
    }

    /// Whether the cells of an element do.
    pub(super) fn cells_keep(&self, element: Type) -> bool {
        match element {
            Type::Record(record) => {
                let declared = self.rules.records.get(record);
                declared.is_none_or(|it| it.fields.iter().any(|field| self.keeps(field.ty)))
            }
            element => self.keeps(element),
        }
    }

    /// Something worked out over the elements of a list; absent where the list is.
    pub(super) fn each(&mut self, expr: &Expr, each: &Each) -> Operand {
        let list = self.value(&each.list);
        let element = self.element_type(each.list.ty, each.list.span);
        let start = match &each.what {
            What::Running { start, step, .. } => {
                let number = number_of(step.ty);
                Some(self.converted(start, number.scale, bank_of(&number)))
            }
            _ => None,
        };
        let keys = self.index_keys(each);
        let inside: Vec<&Expr> = each.children().into_iter().skip(1).collect();
        let captured = self.capture(&inside);
        let (mut found, gives) = self.loop_of(expr, each, element, &captured);
        (found.index, found.keys_at) = keys;
        let number = self.routines.add_loop(found);
        let start = start.map(|start| (start.bank, self.passed(&start)));
        let bank = bank_of(&gives.number);
        let op = match (bank, start) {
            (Bank::Wide, _) => Op::LoopW,
            (Bank::Narrow, Some((Bank::Wide, _))) => Op::LoopFromW,
            (Bank::Narrow, _) => Op::LoopN,
        };
        let result = Callee {
            routine: NONE,
            bank,
            number: gives.number,
            absent: gives.absent,
            uses: Uses::default(),
        };
        let start = start.map_or(0, |(_, register)| register);
        self.run_guarded(&[list], result, op, (list.register, start), number)
    }

    /// The loop with its routines, and what it gives.
    fn loop_of(
        &mut self,
        expr: &Expr,
        each: &Each,
        element: Type,
        captured: &Captured,
    ) -> (Loop, Gives) {
        let taken = element_taken(each, element, captured);
        let whole = number_of(expr.ty);
        let condition = each
            .condition
            .as_ref()
            .map_or(NONE, |condition| self.truth_of(&taken, condition).routine);
        let element_number = number_of(element);
        let gives = |kind, number, absent| Gives {
            kind,
            number,
            absent,
        };
        let mut keys = Vec::new();
        let mut columns = 0;
        let mut keeps = false;
        let (body, gives) = match &each.what {
            What::Sum(value) => {
                let body = self.value_at(&taken, value, whole);
                (body, gives(LoopKind::Sum, whole, false))
            }
            What::Largest(value) => {
                let body = self.value_at(&taken, value, whole);
                (body, gives(LoopKind::Largest, whole, true))
            }
            What::Smallest(value) => {
                let body = self.value_at(&taken, value, whole);
                (body, gives(LoopKind::Smallest, whole, true))
            }
            What::All(value) => {
                let body = self.truth_of(&taken, value).routine;
                (body, gives(LoopKind::All, whole, false))
            }
            What::Count => (NONE, gives(LoopKind::Count, whole, false)),
            What::Any => (NONE, gives(LoopKind::Any, whole, false)),
            What::First => (NONE, gives(LoopKind::First, element_number, true)),
            What::Last => (NONE, gives(LoopKind::Last, element_number, true)),
            What::List(value) => {
                let made = self.element_type(expr.ty, expr.span);
                (columns, keeps) = (self.fields_of(made).unwrap_or(0), self.cells_keep(made));
                let body = self.exactly(&taken, value, number_of(made));
                (body, gives(LoopKind::List, whole, false))
            }
            What::Sorted(by) => {
                for key in by {
                    keys.push(LoopKey {
                        routine: self.value_at(&taken, &key.key, number_of(key.key.ty)),
                        descending: key.descending,
                    });
                }
                (NONE, gives(LoopKind::Sorted, whole, false))
            }
            What::Running {
                carried,
                step,
                list,
                ..
            } => {
                let number = number_of(step.ty);
                keeps = self.keeps(step.ty);
                let mut taken = taken.clone();
                taken.push(Taken {
                    local: Some(*carried),
                    bank: bank_of(&number),
                    number,
                    absent: true,
                });
                let body = self.exactly(&taken, step, number);
                if *list {
                    columns = self.fields_of(step.ty).unwrap_or(0);
                    (body, gives(LoopKind::RunningList, whole, false))
                } else {
                    (body, gives(LoopKind::Running, number, true))
                }
            }
        };
        let found = Loop {
            kind: gives.kind,
            element: handed_over(element),
            position: each.position.is_some(),
            narrow_at: captured.narrow.0,
            narrow_len: captured.narrow.1,
            wide_at: captured.wide.0,
            wide_len: captured.wide.1,
            condition,
            body,
            keys,
            columns,
            keeps,
            index: NONE,
            keys_at: 0,
        };
        (found, gives)
    }

    fn truth_of(&mut self, taken: &[Taken], expr: &Expr) -> Callee {
        self.nested(taken, false, expr.span, |code| {
            let register = code.truth(expr);
            code.narrow_operand(expr, register, Presence::Always)
        })
    }

    /// A routine that gives a value with the decimals of `number`, in the bank that holds it.
    fn value_at(&mut self, taken: &[Taken], expr: &Expr, number: Number) -> u32 {
        let own = number_of(expr.ty);
        let bank = if own.is_narrow() && is_narrow_at(own, number.scale) {
            Bank::Narrow
        } else {
            Bank::Wide
        };
        let callee = self.nested(taken, false, expr.span, |code| {
            code.converted(expr, number.scale, bank)
        });
        callee.routine
    }

    /// The same in the bank of `number`.
    fn exactly(&mut self, taken: &[Taken], expr: &Expr, number: Number) -> u32 {
        let callee = self.nested(taken, false, expr.span, |code| {
            code.converted(expr, number.scale, bank_of(&number))
        });
        callee.routine
    }

    /// An amount spread over the elements of a list; absent where one of both is.
    pub(super) fn spread(&mut self, expr: &Expr, spread: &Spread) -> Operand {
        let made = self.element_type(expr.ty, expr.span);
        let amount = self.converted(&spread.amount, number_of(made).scale, Bank::Wide);
        let list = self.value(&spread.list);
        let mut imm = u32::from(spread.rounding.code());
        let left_over = match spread.remainder {
            Remainder::Largest => LeftOver::Largest,
            Remainder::First => LeftOver::First,
            Remainder::Last => LeftOver::Last,
            Remainder::Heaviest => LeftOver::Heaviest,
        };
        imm |= u32::from(left_over.code()) << spread_bits::REMAINDER;
        if spread.currency {
            imm |= spread_bits::CURRENCY;
        }
        let weights = match &spread.weight {
            None => {
                imm |= spread_bits::EQUAL;
                list
            }
            Some(weight) => self.weights(spread, weight, list),
        };
        let number = number_of(expr.ty);
        let result = Callee {
            routine: NONE,
            bank: Bank::Narrow,
            number,
            absent: false,
            uses: Uses::default(),
        };
        let registers = (weights.register, amount.register);
        self.run_guarded(&[weights, amount], result, Op::Spread, registers, imm)
    }

    /// The list of the weights.
    fn weights(&mut self, spread: &Spread, weight: &Expr, list: Operand) -> Operand {
        let element = self.element_type(spread.list.ty, spread.list.span);
        let captured = self.capture(&[weight]);
        let mut taken = captured.taken.clone();
        taken.push(handed(element, Some(spread.element)));
        let found = Loop {
            kind: LoopKind::List,
            element: handed_over(element),
            position: false,
            narrow_at: captured.narrow.0,
            narrow_len: captured.narrow.1,
            wide_at: captured.wide.0,
            wide_len: captured.wide.1,
            condition: NONE,
            index: NONE,
            keys_at: 0,
            body: self.value_at(&taken, weight, number_of(weight.ty)),
            keys: Vec::new(),
            columns: 0,
            keeps: false,
        };
        let number = self.routines.add_loop(found);
        let result = Callee {
            routine: NONE,
            bank: Bank::Narrow,
            number: list.number,
            absent: false,
            uses: Uses::default(),
        };
        self.run_guarded(&[list], result, Op::LoopN, (list.register, 0), number)
    }
}

/// How an element of this type is handed over.
fn handed_over(element: Type) -> Element {
    match element {
        Type::Record(_) => Element::Row,
        _ => match bank_of(&number_of(element)) {
            Bank::Narrow => Element::Narrow,
            Bank::Wide => Element::Wide,
        },
    }
}

/// An element as a routine takes it. A row is there; a plain value may be absent where what made the list was.
fn handed(element: Type, local: Option<usize>) -> Taken {
    let number = number_of(element);
    Taken {
        local,
        bank: bank_of(&number),
        number,
        absent: !matches!(element, Type::Record(_) | Type::Item(_)),
    }
}

/// What the routines of a loop take: captured values, the element, its position.
fn element_taken(each: &Each, element: Type, captured: &Captured) -> Vec<Taken> {
    let mut taken = captured.taken.clone();
    taken.push(handed(element, Some(each.element)));
    if let Some(position) = each.position {
        let number = number_of(Type::Bool);
        taken.push(Taken {
            local: Some(position),
            bank: Bank::Narrow,
            number: raised(number, 0).unwrap_or(number),
            absent: false,
        });
    }
    taken
}
