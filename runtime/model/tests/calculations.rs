//! Loops, calls and indexes of constants: what would not find its rows, or not end, is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod common;

use common::code::instr;
use common::*;
use quo_model::*;

/// The sample with a list of constants, its index, and two routines: one that loops over the list, one that calls it.
fn model() -> Model {
    let mut model = sample();
    let column = |narrow: &[i64]| DataColumn {
        narrow: narrow.to_vec(),
        wide: Vec::new(),
    };
    let list = DataList {
        rows: 4,
        columns: vec![column(&[7, 5, 7, 6]), column(&[1, 2, 0, 4])],
    };
    model.indexes = vec![ListIndex::new(0, &list, vec![0]).unwrap()];
    assert_eq!(model.indexes[0].order, [1, 3, 0, 2]);
    let wide = DataList {
        rows: 1,
        columns: vec![DataColumn {
            narrow: Vec::new(),
            wide: vec![1 << 70],
        }],
    };
    assert_eq!(ListIndex::new(1, &wide, vec![0]), None);
    model.data = vec![list, wide];
    let looping = [
        instr(Op::ConstN, 0, 0, 0, 3),
        instr(Op::LoopN, 1, 0, 0, 0),
        instr(Op::ReturnN, 0, 1, 0, 0),
    ];
    let callee = model.program.routines.len() as u32;
    let calling = [
        instr(Op::CallN, 0, 0, 0, callee),
        instr(Op::ReturnN, 0, 0, 0, 0),
    ];
    for code in [&looping[..], &calling] {
        let routine = Routine {
            at: model.program.code.len() as u32,
            len: code.len() as u32,
            narrow: 3,
            wide: 0,
            ..model.program.routines[0]
        };
        model.program.routines.push(routine);
        model.program.code.extend_from_slice(code);
    }
    model.program.loops = vec![Loop {
        kind: LoopKind::Count,
        element: Element::Row,
        position: false,
        narrow_at: 0,
        narrow_len: 0,
        wide_at: 0,
        wide_len: 0,
        condition: NONE,
        body: NONE,
        keys: Vec::new(),
        columns: 0,
        keeps: false,
        index: 0,
        keys_at: 0,
    }];
    model
}

/// What is said about the model after an edit.
fn refusal(edit: impl Fn(&mut Model)) -> String {
    let mut model = model();
    edit(&mut model);
    match write_package(&model, &SourceMap::default()) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// A change, and a part of what the verifier then says.
type Edit<T> = (fn(&mut T), &'static str);

#[test]
fn an_index_has_every_row_of_its_list_once_in_its_order() {
    assert_eq!(refusal(|_| {}), "accepted");
    let edits: [Edit<ListIndex>; 9] = [
        (|it| it.data = 2, "refers to list 2 of 2"),
        (|it| it.data = 1, "does not have as a narrow one"),
        (|it| it.columns = vec![2], "does not have as a narrow one"),
        (|it| it.columns.clear(), "does not have as a narrow one"),
        (|it| it.columns = vec![1], "once, in its order"),
        (|it| it.order = vec![1, 3, 2, 0], "once, in its order"),
        (|it| it.order = vec![1, 3, 0], "once, in its order"),
        (|it| it.order = vec![1, 3, 0, 0], "once, in its order"),
        (|it| it.order = vec![1, 3, 0, 4], "once, in its order"),
    ];
    for (number, (edit, said)) in edits.into_iter().enumerate() {
        let found = refusal(|model| edit(&mut model.indexes[0]));
        assert!(found.contains(said), "{number}: {found}");
    }
}

#[test]
fn loops_and_calls_take_what_is_there_and_end() {
    let edits: [Edit<Program>; 8] = [
        (|it| it.loops[0].index = 1, "refers to index 1"),
        (|it| it.loops[0].keys_at = 2, "regist"),
        (|it| it.loops[0].keys_at = 255, "regist"),
        (
            |it| (it.loops[0].index, it.loops[0].keys_at) = (NONE, 1),
            "not zero",
        ),
        (|it| it.loops[0].body = 0, "body that it does not have"),
        (|it| it.loops[0].kind = LoopKind::Sum, "not before it"),
        // A routine that calls itself, and one that calls what is not there.
        (
            |it| it.code.iter_mut().rev().nth(1).unwrap().imm += 1,
            "not before it",
        ),
        (
            |it| it.code.iter_mut().rev().nth(1).unwrap().imm += 2,
            "refers to routine",
        ),
    ];
    for (number, (edit, said)) in edits.into_iter().enumerate() {
        let found = refusal(|model| edit(&mut model.program));
        assert!(
            found != "accepted" && found.contains(said),
            "{number}: {found}"
        );
    }
}
