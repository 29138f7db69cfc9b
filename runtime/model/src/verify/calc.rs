//! Calculations: records are made of types that exist and hold no record of themselves, lists of constants are whole,
//! what is passed to a routine is what it takes, nothing calls itself, results come from where they may.

use rkyv::rend::u32_le;

use super::code::{RoutineCheck, Written, bank_of, check_mode};
use super::vocabulary::{default_value, value_type};
use super::{Need, Verified, acyclic, are_strings, ensure, fits, in_range, in_range_or_none};
use crate::access::{at, index};
use crate::calc::{ArchivedElement, ArchivedLoop, ArchivedLoopKind, ArchivedProbeDef};
use crate::code::{ArchivedInstr, ArchivedRoutine, ArchivedScope};
use crate::kinds::ArchivedValueType;
use crate::rules::ArchivedModel;
use crate::{Bank, Function, MADE_LISTS_AT, NONE, Op, Scope, spread_bits};

/// How deep routines may call each other.
pub(super) const DEPTH_MAX: u32 = 192;

/// Verifies records, types of elements and lists of constants.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    for (id, record) in model.records.iter().enumerate() {
        are_strings(model, format!("record {id}"), &[record.name.to_native()])?;
        let place = format!("record `{}`", model.str(record.name.to_native()));
        for field in record.fields.iter() {
            are_strings(model, &place, &[field.name.to_native()])?;
            let place = format!("{place}, field `{}`", model.str(field.name.to_native()));
            value_type(model, &field.ty, &place)?;
            default_value(model, &field.ty, field.default.to_native(), &place)?;
        }
        let names = record.fields.iter().map(|field| field.name.to_native());
        super::vocabulary::distinct(model, &place, names.collect())?;
    }
    for element in model.elements.iter() {
        value_type(model, element, "the elements of lists")?;
    }
    types_end(model)?;
    in_range_or_none(
        model.charge_record.to_native(),
        model.records.len(),
        "the charges",
        "record",
    )?;
    let few = u32::try_from(model.data.len()).is_ok_and(|count| count < MADE_LISTS_AT / 2);
    ensure!(few, "the lists of constants", "are too many");
    for (id, data) in model.data.iter().enumerate() {
        let rows = at(data.rows.to_native());
        let whole = data.columns.iter().all(|column| {
            let (narrow, wide) = (column.narrow.len(), column.wide.len());
            (narrow == rows && wide == 0) || (wide == rows && narrow == 0)
        });
        ensure!(
            whole,
            format!("list {id}"),
            "has a column that does not have {rows} values"
        );
    }
    indexes(model)
}

/// Verifies the indexes of lists of constants.
fn indexes(model: &ArchivedModel) -> Verified {
    for (id, found) in model.indexes.iter().enumerate() {
        let place = format!("index {id}");
        let data = found.data.to_native();
        in_range(data, model.data.len(), &place, "list")?;
        let Some(list) = model.data.get(at(data)) else {
            continue;
        };
        let rows = at(list.rows.to_native());
        let narrow = |column: &u32_le| {
            let column = list.columns.get(at(column.to_native()));
            column.is_some_and(|column| column.narrow.len() == rows)
        };
        ensure!(
            !found.columns.is_empty() && found.columns.iter().all(narrow),
            &place,
            "is by a column that list {data} does not have as a narrow one"
        );
        ensure!(
            found.is_sorted(list),
            &place,
            "does not have every row of list {data} once, in its order"
        );
    }
    Ok(())
}

/// Checks that no record contains itself, directly or in a list, so that every value has an end.
fn types_end(model: &ArchivedModel) -> Verified {
    let records = index(model.records.len());
    let node = |ty: &ArchivedValueType| match ty {
        ArchivedValueType::Record(id) => Some(id.to_native()),
        ArchivedValueType::List(id) => records.checked_add(id.to_native()),
        _ => None,
    };
    let mut edges = Vec::new();
    for (id, record) in model.records.iter().enumerate() {
        let fields = record.fields.iter().filter_map(|field| node(&field.ty));
        edges.extend(fields.map(|to| (index(id), to)));
    }
    for (id, element) in model.elements.iter().enumerate() {
        let from = records.saturating_add(index(id));
        edges.extend(node(element).map(|to| (from, to)));
    }
    edges.sort_unstable();
    let nodes = model.records.len().saturating_add(model.elements.len());
    ensure!(
        acyclic(nodes, &edges),
        "the records",
        "contain one that contains itself"
    );
    Ok(())
}

/// Verifies what results and probes refer to.
pub(super) fn verify_results(model: &ArchivedModel) -> Verified {
    let mut names = Vec::with_capacity(model.results.len());
    for result in model.results.iter() {
        let strings = [result.name.to_native(), result.title.to_native()];
        are_strings(model, "the results", &strings)?;
        let place = format!("result `{}`", model.str(result.name.to_native()));
        probe(model, &result.value, &place)?;
        names.push(result.name.to_native());
    }
    super::vocabulary::distinct(model, "the results", names)?;
    for (id, value) in model.probes.iter().enumerate() {
        probe(model, value, &format!("probe {id}"))?;
    }
    Ok(())
}

fn probe(model: &ArchivedModel, probe: &ArchivedProbeDef, place: &str) -> Verified {
    value_type(model, &probe.ty, place)?;
    let id = probe.routine.to_native();
    let routine = model.program.routines.get(at(id));
    let result = routine.map_or(Bank::Narrow, |routine| bank_of(&routine.result));
    let need = Need {
        scope: Scope::Total,
        result,
        ..Need::QUOTE
    };
    fits(model, id, need, place, "its value")
}

/// Checks the packed constant of a spread.
pub(super) fn check_spread(imm: u32) -> Result<(), String> {
    let [mode, left_over, ..] = imm.to_le_bytes();
    check_mode(mode)?;
    let known = spread_bits::CURRENCY | spread_bits::EQUAL | 0xffff;
    if quo_value::LeftOver::from_code(left_over).is_none() || imm & !known != 0 {
        return Err("spreads an amount in a way that is not known".to_owned());
    }
    Ok(())
}

/// Registers of both banks, the first and how many.
#[derive(Clone, Copy)]
struct Passed {
    narrow: (u8, u8),
    wide: (u8, u8),
}

impl<'a> RoutineCheck<'a> {
    /// Checks what an operation passes to a routine, a loop or a function.
    pub(super) fn check_passed(
        &mut self,
        op: Op,
        instr: &ArchivedInstr,
        written: Option<&Written>,
    ) -> Result<(), String> {
        let imm = instr.imm.to_native();
        match op {
            Op::CallN | Op::CallW => {
                let callee = self.callee(imm)?;
                let passed = Passed {
                    narrow: (instr.a, callee.narrow_args),
                    wide: (instr.b, callee.wide_args),
                };
                self.reads(passed, written)?;
                self.gives(callee, op == Op::CallW)
            }
            Op::Builtin => {
                let count = Function::from_code(imm).map_or(0, Function::arguments);
                let passed = Passed {
                    narrow: (instr.a, count),
                    wide: (0, 0),
                };
                self.reads(passed, written)
            }
            Op::LoopN | Op::LoopW | Op::LoopFromW => self.check_loop(op, instr, written),
            _ => Ok(()),
        }
    }

    fn check_loop(
        &mut self,
        op: Op,
        instr: &ArchivedInstr,
        written: Option<&Written>,
    ) -> Result<(), String> {
        let program = &self.model.program;
        let id = instr.imm.to_native();
        let Some(found) = program.loops.get(at(id)) else {
            return Err(format!("refers to loop {id}, which is not there"));
        };
        let captured = Passed {
            narrow: (found.narrow_at, found.narrow_len),
            wide: (found.wide_at, found.wide_len),
        };
        self.reads(captured, written)?;
        self.check_keys(found, written)?;
        self.check_start(op, found, instr, written)?;
        self.check_result(op, found)?;
        let (mut narrow, mut wide) = (u16::from(found.narrow_len), u16::from(found.wide_len));
        match found.element {
            ArchivedElement::Wide => wide += 1,
            ArchivedElement::Row | ArchivedElement::Narrow => narrow += 1,
        }
        narrow += u16::from(found.position);
        if found.condition != NONE {
            let condition = self.callee(found.condition.to_native())?;
            takes(condition, narrow, wide)?;
            self.gives(condition, false)?;
        }
        for key in found.keys.iter() {
            let key = self.callee(key.routine.to_native())?;
            takes(key, narrow, wide)?;
        }
        if !has_body(found.kind) {
            return if found.body == NONE {
                Ok(())
            } else {
                Err("runs a loop with a body that it does not have".to_owned())
            };
        }
        let body = self.callee(found.body.to_native())?;
        if is_running(found.kind) {
            match bank_of(&body.result) {
                Bank::Narrow => narrow += 1,
                Bank::Wide => wide += 1,
            }
        }
        takes(body, narrow, wide)
    }

    /// What is looked for in the index of a loop.
    fn check_keys(&self, found: &ArchivedLoop, written: Option<&Written>) -> Result<(), String> {
        let id = found.index.to_native();
        let index = self.model.indexes.get(at(id));
        if index.is_none() && id != NONE {
            return Err(format!("refers to index {id}, which is not there"));
        }
        let count = index.map_or(0, |index| index.columns.len());
        let count = u8::try_from(count).map_err(|_| "looks for too many values".to_owned())?;
        let keys = Passed {
            narrow: (found.keys_at, count),
            wide: (0, 0),
        };
        self.reads(keys, written)
    }

    /// What a running value starts from, which has the bank of the body; of other loops nothing.
    fn check_start(
        &self,
        op: Op,
        found: &ArchivedLoop,
        instr: &ArchivedInstr,
        written: Option<&Written>,
    ) -> Result<(), String> {
        if !is_running(found.kind) {
            return if instr.b == 0 && op != Op::LoopFromW {
                Ok(())
            } else {
                Err("starts a loop from a value that it does not carry".to_owned())
            };
        }
        let bank = if op == Op::LoopN {
            Bank::Narrow
        } else {
            Bank::Wide
        };
        let body = self.model.program.routines.get(at(found.body.to_native()));
        if body.is_none_or(|body| bank_of(&body.result) != bank) {
            return Err("starts a loop from a value in the other bank".to_owned());
        }
        self.check_read(bank, instr.b, written)
    }

    /// Whether the loop leaves its result in the bank that the operation writes.
    fn check_result(&self, op: Op, found: &ArchivedLoop) -> Result<(), String> {
        use ArchivedLoopKind as Kind;
        let wide = op == Op::LoopW;
        let fits = match found.kind {
            Kind::Count | Kind::Any | Kind::All | Kind::List | Kind::Sorted => op == Op::LoopN,
            Kind::RunningList => op != Op::LoopW,
            Kind::First | Kind::Last => wide == (found.element == ArchivedElement::Wide),
            // Sums are made in 128 bits and must fit where they go; a running value has been looked at.
            Kind::Sum | Kind::Largest | Kind::Smallest | Kind::Running => op != Op::LoopFromW,
        };
        if fits {
            Ok(())
        } else {
            Err("runs a loop whose result is in the other bank".to_owned())
        }
    }

    /// A routine that this one runs: one before it, that looks at nothing this one does not have.
    fn callee(&mut self, id: u32) -> Result<&'a ArchivedRoutine, String> {
        let model = self.model;
        let found = model.program.routines.get(at(id));
        let Some(callee) = found.filter(|_| id < self.id) else {
            return Err(format!("runs routine {id}, which is not before it"));
        };
        let depth = self.depths.get(at(id)).copied().unwrap_or(DEPTH_MAX);
        self.depth = self.depth.max(depth.saturating_add(1));
        if self.depth > DEPTH_MAX {
            return Err(format!("calls routines more than {DEPTH_MAX} levels deep"));
        }
        let own = self.routine;
        let within = callee.within.to_native();
        let same_item =
            callee.product == own.product && (within == NONE || within == own.within.to_native());
        let there = match (&callee.scope, &own.scope) {
            (ArchivedScope::Quote, _) | (ArchivedScope::Total, ArchivedScope::Total) => true,
            (ArchivedScope::Item, ArchivedScope::Item | ArchivedScope::Charge)
            | (ArchivedScope::Charge, ArchivedScope::Charge) => same_item,
            _ => false,
        };
        if there {
            return Ok(callee);
        }
        Err(format!(
            "runs routine {id}, which looks at what is not there: its scope is {:?}",
            callee.scope
        ))
    }

    fn gives(&self, callee: &ArchivedRoutine, wide: bool) -> Result<(), String> {
        if (bank_of(&callee.result) == Bank::Wide) == wide {
            return Ok(());
        }
        Err("takes the result of a routine from the other bank".to_owned())
    }

    fn reads(&self, passed: Passed, written: Option<&Written>) -> Result<(), String> {
        for (bank, (first, count)) in [(Bank::Narrow, passed.narrow), (Bank::Wide, passed.wide)] {
            if count == 0 && first != 0 {
                return Err("an operand that is not used is not zero".to_owned());
            }
            for step in 0..count {
                let Some(register) = first.checked_add(step) else {
                    return Err("has arguments beyond the last register".to_owned());
                };
                self.check_read(bank, register, written)?;
            }
        }
        Ok(())
    }
}

fn takes(callee: &ArchivedRoutine, narrow: u16, wide: u16) -> Result<(), String> {
    if u16::from(callee.narrow_args) == narrow && u16::from(callee.wide_args) == wide {
        return Ok(());
    }
    Err(format!(
        "passes {narrow} narrow and {wide} wide values to a routine that takes {} and {}",
        callee.narrow_args, callee.wide_args
    ))
}

fn has_body(kind: ArchivedLoopKind) -> bool {
    use ArchivedLoopKind as Kind;
    match kind {
        Kind::Sum
        | Kind::All
        | Kind::Largest
        | Kind::Smallest
        | Kind::List
        | Kind::Running
        | Kind::RunningList => true,
        Kind::Count | Kind::Any | Kind::First | Kind::Last | Kind::Sorted => false,
    }
}

fn is_running(kind: ArchivedLoopKind) -> bool {
    matches!(
        kind,
        ArchivedLoopKind::Running | ArchivedLoopKind::RunningList
    )
}
