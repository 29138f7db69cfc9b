//! The verifier: each fault that a model can have is refused, with a sentence that names what and where.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod common;

use common::code::instr;
use common::*;
use quo_model::*;

type Edit = fn(&mut Model);

/// What is said about the sample after an edit.
fn refusal(edit: Edit) -> String {
    let mut model = sample();
    edit(&mut model);
    match write_package(&model, &SourceMap::default()) {
        Ok(_) => "accepted".to_owned(),
        Err(WriteError::Refused(OpenError::NotVerified {
            section: "model",
            reason,
        })) => reason.to_string(),
        Err(other) => format!("OTHERWISE: {other}"),
    }
}

/// The refusals of all edits, one a line; an edit that is accepted fails the test.
fn refusals(edits: &[Edit]) -> String {
    let lines: Vec<String> = edits.iter().map(|edit| refusal(*edit)).collect();
    let accepted = lines.iter().position(|line| line == "accepted");
    assert_eq!(accepted, None, "{}", lines.join("\n"));
    lines.join("\n")
}

/// Replaces the code of a routine by a shorter or equally long one; the rest of it becomes returns.
fn recode(model: &mut Model, id: usize, code: &[Instr]) {
    let routine = &model.program.routines[id];
    let (at, len) = (routine.at as usize, routine.len as usize);
    let last = model.program.code[at + len - 1];
    model.program.code[at..at + len].fill(last);
    model.program.code[at..at + code.len()].copy_from_slice(code);
}

/// Takes the last element away.
fn shorten<T>(values: &mut Vec<T>) {
    values.truncate(values.len() - 1);
}

#[test]
fn the_sample_is_accepted() {
    assert_eq!(refusal(|_| {}), "accepted");
    // A model without anything but its obligatory facts.
    let mut model = sample();
    model.products.clear();
    model.charges.clear();
    model.rules.clear();
    model.books.clear();
    model.adjustments.clear();
    model.steps.clear();
    model.approvals.clear();
    model.fulfilments.clear();
    model.tables.clear();
    model.program = Program::default();
    assert!(write_package(&model, &SourceMap::default()).is_ok());
}

#[test]
fn code_that_could_go_astray_is_refused() {
    let edits: &[Edit] = &[
        |m| m.program.code[0].op = 0,
        |m| m.program.code[0].op = 199,
        // Registers: out of range, unwritten, of arguments.
        |m| m.program.code[0].dst = 3,
        |m| m.program.code[2].a = 3,
        |m| m.program.code[2].a = 2,
        |m| m.program.routines[0].narrow = 257,
        |m| m.program.routines[0].narrow = 2,
        |m| recode(m, 7, &[instr(Op::Match, 0, 1, 0, 0)]),
        |m| recode(m, 7, &[instr(Op::Match, 0, 255, 0, 0)]),
        // Written on one path only.
        |m| {
            recode(
                m,
                2,
                &[
                    instr(Op::CountPart, 0, 0, 0, 0),
                    instr(Op::JumpIfNot, 0, 0, 0, 3),
                    instr(Op::Amount, 0, 0, 0, 0),
                    instr(Op::ReturnW, 0, 0, 0, 0),
                ],
            );
        },
        // The bank of the result.
        |m| m.program.routines[0].result = Bank::Wide,
        // Jumps: backward, to itself, beyond the end; an end that does not return.
        |m| m.program.code[4 + 6].imm = 2,
        |m| m.program.code[4 + 6].imm = 6,
        |m| m.program.code[4 + 6].imm = 10,
        |m| {
            recode(
                m,
                0,
                &[
                    m.program.code[0],
                    m.program.code[0],
                    m.program.code[0],
                    m.program.code[0],
                ],
            )
        },
        // Operands that are not used.
        |m| m.program.code[0].a = 1,
        |m| m.program.code[0].b = 1,
        |m| m.program.code[2].imm = 1,
        |m| m.program.code[3].dst = 1,
        // Indexes.
        |m| m.program.code[0].imm = 6,
        |m| m.program.code[1].imm = 4,
        |m| m.program.code[5].imm = 3,
        |m| recode(m, 3, &[instr(Op::Option, 0, 0, 0, 2)]),
        |m| recode(m, 3, &[instr(Op::InSet, 0, 0, 0, 2)]),
        |m| {
            recode(
                m,
                4,
                &[instr(Op::Option, 0, 0, 0, 0), instr(Op::InSet, 0, 0, 0, 2)],
            )
        },
        |m| recode(m, 4, &[instr(Op::PartOption, 0, 0, 0, 1)]),
        |m| recode(m, 4, &[instr(Op::PartOption, 0, 0, 1, 0)]),
        |m| recode(m, 4, &[instr(Op::HasKind, 0, 0, 0, 2)]),
        |m| recode(m, 4, &[instr(Op::PartKind, 0, 0, 1, 0)]),
        |m| recode(m, 7, &[instr(Op::Asked, 0, 0, 0, 2)]),
        |m| recode(m, 7, &[instr(Op::Match, 0, 0, 0, 3)]),
        |m| recode(m, 2, &[instr(Op::Amount, 0, 0, 0, 1)]),
        |m| m.products[0].parts[0].kinds.clear(),
        // Levels and scopes.
        |m| recode(m, 4, &[instr(Op::Option, 0, 1, 0, 0)]),
        |m| recode(m, 6, &[instr(Op::Option, 0, 2, 0, 0)]),
        |m| recode(m, 0, &[instr(Op::Option, 0, 0, 0, 0)]),
        |m| recode(m, 4, &[instr(Op::List, 0, 0, 0, 0)]),
        |m| recode(m, 4, &[instr(Op::TotalNet, 0, 0, 0, 0)]),
        |m| m.program.routines[0].product = 0,
        |m| m.program.routines[3].product = 2,
        |m| m.program.routines[3].product = NONE,
        |m| m.program.routines[6].within = STORAGE,
        // Scales and rounding.
        |m| {
            recode(
                m,
                1,
                &[instr(Op::List, 0, 0, 0, 0), instr(Op::ScaleW, 0, 0, 0, 39)],
            )
        },
        |m| {
            recode(
                m,
                1,
                &[instr(Op::List, 0, 0, 0, 0), instr(Op::RoundW, 0, 0, 7, 2)],
            )
        },
        |m| {
            recode(
                m,
                1,
                &[
                    instr(Op::List, 0, 0, 0, 0),
                    instr(Op::DivW, 0, 0, 0, 39 << 8),
                ],
            )
        },
        |m| {
            recode(
                m,
                1,
                &[instr(Op::List, 0, 0, 0, 0), instr(Op::DivW, 0, 0, 0, 7)],
            )
        },
        |m| {
            recode(
                m,
                3,
                &[
                    instr(Op::Option, 0, 0, 0, 0),
                    instr(Op::ScaleN, 0, 0, 0, 19),
                ],
            )
        },
        // Where routines lie.
        |m| m.program.routines[1].at = 5,
        |m| m.program.routines[7].len = 7,
        |m| m.program.routines[7].len = 9,
        |m| m.program.routines[7].len = 0,
        |m| m.program.routines[7].len = u32::MAX,
    ];
    insta::assert_snapshot!(refusals(edits));
}

#[test]
fn words_that_are_not_well_formed_are_refused() {
    let edits: &[Edit] = &[
        |m| m.strings.offsets[3] += 1,
        |m| m.strings.offsets[0] = 1,
        |m| m.strings.offsets.truncate(3),
        |m| {
            m.strings.offsets.pop();
            m.strings.blob.push('é');
            let end = m.strings.blob.len() as u32;
            m.strings.offsets.extend([end - 1, end]);
        },
        |m| m.program.set_values.swap(0, 1),
        |m| m.program.set_at[1] = 9,
        |m| m.program.set_at[2] = 3,
        |m| m.meta.effective_to = 0,
        |m| m.meta.money_scale = 19,
        |m| m.meta.money_scale = 1,
        |m| m.currencies[0].code = word("Pro"),
        |m| m.currencies[0].code = word("JPY"),
        |m| m.enums[0].values[0] = u32::MAX,
        |m| m.enums[0].values[0] = word("Pro"),
        |m| m.roles[0] = u32::MAX,
        |m| m.stages.push(word("Contract")),
        |m| m.amounts[0].values.truncate(1),
        |m| m.facts[3].ty = ValueType::Enum(1),
        |m| m.facts[3].ty = ValueType::Product,
        |m| m.facts[3].ty = ValueType::Int { min: 2, max: 1 },
        |m| {
            m.facts[3].ty = ValueType::Int {
                min: ABSENT,
                max: 1,
            }
        },
        |m| {
            m.facts[3].ty = ValueType::Decimal {
                min: 0,
                max: 1,
                scale: 19,
                unit: NONE,
            }
        },
        |m| m.facts[3].default = 2,
        |m| m.facts[2].default = i64::MAX,
        |m| m.facts[4].default = 1_000,
        |m| m.facts[5].default = -1,
        |m| m.facts[4].name = word("tier"),
        |m| m.fact_currency = 6,
        |m| m.fact_date = 0,
        |m| m.fact_term = 1,
        |m| m.facts[2].optional = true,
    ];
    insta::assert_snapshot!(refusals(edits));
}

#[test]
fn rules_that_refer_to_what_is_not_there_are_refused() {
    let edits: &[Edit] = &[
        // Products, parts, rules.
        |m| m.products[1].name = word("Platform"),
        |m| m.products[1].category = 1,
        |m| (m.products[1].sold_from, m.products[1].sold_to) = (2, 1),
        |m| m.products[0].options[1].name = word("seats"),
        |m| m.products[0].options[0].default = 0,
        |m| m.products[0].parts[0].min = 2,
        |m| m.products[0].parts[0].kinds = vec![2],
        |m| m.products[0].parts[0].kinds = vec![1, 1],
        |m| m.products[0].parts[0].kinds = vec![0],
        |m| {
            m.products[1].parts = vec![Part {
                kinds: vec![PLATFORM],
                defaults: vec![],
                ..m.products[0].parts[0].clone()
            }]
        },
        |m| m.products[0].parts[0].defaults[0].product = PLATFORM,
        |m| m.products[0].parts[0].defaults[0].option = 1,
        |m| m.products[0].parts[0].defaults[0].routine = 1,
        |m| m.products[0].constraints[0] = 2,
        |m| m.products[0].constraints[0] = 1,
        |m| m.products[1].constraints = vec![0],
        |m| m.products[1].eligibility = vec![0],
        |m| m.quote_rules = vec![0],
        |m| m.rules[0].routine = 8,
        |m| m.rules[0].routine = 5,
        |m| m.rules[1].id = m.rules[0].id,
        // Charges and prices.
        |m| m.products[0].charges_len = 1,
        |m| m.products[1].charges_len = 2,
        |m| m.products[1].charges_at = 0,
        |m| m.charges[1].product = STORAGE,
        |m| m.charges[1].months = 1,
        |m| m.charges[0].price_months = 0,
        |m| m.charges[0].quantity = Quantity::option(1),
        |m| m.charges[0].quantity = Quantity::option(2),
        |m| m.charges[2].quantity.pack = -1,
        |m| m.charges[1].quantity.pack = 1,
        |m| m.charges[0].quantity.scale = 1,
        |m| m.charges[0].quantity.of = Measured::Routine(900),
        |m| m.charges[0].price_months = 2,
        |m| m.charges[0].id = m.charges[1].id,
        |m| m.charges[0].prices[0].book = 1,
        |m| m.charges[0].prices[0].table = 3,
        |m| m.charges[0].prices[0].args.truncate(2),
        |m| m.charges[0].prices[0].args[0] = Arg::Fact(6),
        |m| m.charges[0].prices[0].args[1] = Arg::Option(2),
        |m| m.charges[0].prices[0].args[1] = Arg::Routine(900),
        |m| m.charges[0].prices[0].columns[0].values.truncate(2),
        |m| m.charges[0].prices[0].columns[0].values[0] = -1,
        |m| m.charges[0].prices[0].columns[0].scale = 19,
        |m| m.charges[0].prices[0].columns[0].scale = 3,
        |m| m.charges[0].prices[0].columns[0].kind = PriceColumnKind::Percent,
        |m| m.charges[0].prices[0].columns[0].kind = PriceColumnKind::Size,
        |m| m.charges[0].prices[0].columns.clear(),
        |m| m.charges[0].prices[0].packages = Packages::Whole,
        |m| m.charges[2].prices[0].columns[0].kind = PriceColumnKind::AtMost,
        |m| m.charges[0].prices[0].formula = 900,
        |m| m.charges[0].prices[0].least = 900,
        |m| m.charges[0].prices[0].from = 0,
        |m| m.charges[0].prices[0].scale = 39,
        |m| m.books[0].level = 1,
        |m| m.charges[2].prices[0].graduated = false,
        // Adjustments and floors.
        |m| m.charges[0].adjustments[0].adjustment = 2,
        |m| m.charges[0].adjustments.swap(0, 1),
        |m| m.charges[0].adjustments[0].within = 2,
        |m| m.charges[0].adjustments[0].within = STORAGE,
        |m| m.charges[0].adjustments[0].when = 1,
        |m| m.charges[0].adjustments[0].saving = 3,
        |m| m.charges[0].adjustments[0].saving = 6,
        |m| m.charges[2].adjustments[0].within = NONE,
        |m| m.charges[0].adjustments[0].saving_scale = 39,
        |m| m.charges[0].floors[0].least = 0,
        |m| m.charges[0].floors[0].least_scale = 39,
        |m| m.adjustments[0].stage = 1,
        |m| m.adjustments[0].group = 0,
        |m| m.adjustments[0].codes = vec![9_999],
        |m| {
            m.adjustments[0].never = vec![NeverTogether {
                other: 0,
                above: -1,
                other_stays: true,
            }];
        },
        |m| {
            m.adjustments[0].whole = Some(Whole {
                amount: Some(AmountOf {
                    routine: 1,
                    scale: 2,
                }),
                each_bundle: false,
                most: None,
                least: None,
                rounding: 0,
                remainder: 0,
            });
        },
        |m| {
            m.adjustments[0].whole = Some(Whole {
                amount: None,
                each_bundle: false,
                most: None,
                least: None,
                rounding: 0,
                remainder: 4,
            });
        },
        |m| {
            m.adjustments[0].units = Some(Units {
                buys: vec![Buy {
                    count: 0,
                    charges: vec![1, 0],
                    order: UnitOrder::Dearest,
                }],
                those: true,
                count: NONE,
                order: UnitOrder::Lines,
                times: NONE,
                whole_groups: false,
            });
        },
        |m| {
            m.adjustments[0].gift = Some(Gift {
                product: 2,
                count: 0,
                price: None,
                when: NONE,
            });
        },
        |m| {
            let amount = AmountOf {
                routine: 0,
                scale: 2,
            };
            m.adjustments[0].budget = Some(Budget {
                amount,
                used: amount,
                partly: false,
            });
        },
        |m| {
            m.adjustments[0].limits = vec![UseLimit {
                most: 3,
                used: 0,
                per_customer: false,
            }];
        },
        |m| m.charges[0].adjustments[0].units = 1,
        |m| {
            m.charges[0].adjustments[0].weight = Some(AmountOf {
                routine: 6,
                scale: 2,
            });
        },
        |m| m.steps.truncate(1),
        |m| m.steps[1].members = vec![0],
        |m| m.steps[0].members = vec![],
        |m| m.steps[0].group = 0,
        |m| m.adjustments[1].asked_by = 1,
        |m| m.adjustments[1].asked = ValueType::Enum(7),
        |m| m.adjustments[1].name = m.adjustments[0].name,
        |m| (m.adjustments[0].from, m.adjustments[0].to) = (2, 1),
        // Books.
        |m| m.books[0].currencies = vec![1, 0],
        |m| m.books[0].currencies = vec![2],
        |m| m.books[0].replaces = 0,
        |m| m.books[0].replaces = 1,
        |m| m.books[0].when = 3,
        |m| m.books[0].rounding = 7,
        // Approvals and fulfilment.
        |m| m.approvals[0].table = 3,
        |m| m.approvals[0].table = 0,
        |m| m.approvals[0].args[0] = 3,
        |m| m.approvals[0].columns.clear(),
        |m| m.approvals[0].rows.truncate(1),
        |m| m.approvals[0].rows[1].steps[0].roles[0] = 1,
        |m| m.approvals[0].rows[1].steps[0].roles.clear(),
        |m| m.products[1].fulfilment = 0,
        |m| m.products[0].fulfilment = 1,
        |m| m.fulfilments[0].product = 2,
        |m| m.fulfilments[0].tasks[0].after = vec![0],
        |m| m.fulfilments[0].tasks[0].system = 1,
        |m| m.fulfilments[0].tasks[0].undo = u32::MAX,
        |m| m.fulfilments[0].tasks[0].tries = 0,
        |m| m.fulfilments[0].tasks[1].when = 6,
        |m| m.fulfilments[0].tasks[1].name = word("bill"),
    ];
    insta::assert_snapshot!(refusals(edits));
}

#[test]
fn tables_that_would_not_find_their_rows_are_refused() {
    let edits: &[Edit] = &[
        |m| m.tables[0].id = u32::MAX,
        |m| m.tables[0].row_keys[0] = u32::MAX,
        |m| m.tables[0].exact = 33,
        |m| m.tables[0].exact = 1,
        |m| m.tables[0].ranges = 2,
        |m| m.tables[0].entry_row[0] = 3,
        |m| m.tables[0].entry_exact[0] = 9,
        |m| shorten(&mut m.tables[0].entry_exact),
        |m| m.tables[0].entry_low[0] = 101,
        |m| m.tables[0].masks[0].bits = 4,
        |m| m.tables[0].masks[0].bits = 1,
        |m| m.tables[0].masks[1].bits = 0,
        |m| m.tables[0].masks[0].lowest_row = 1,
        |m| m.tables[0].masks.swap(0, 1),
        |m| m.tables[0].masks[1].slots_at = 0,
        |m| m.tables[0].masks[1].slots_len = 3,
        |m| m.tables[0].masks[1].slots_len = 0x8000_0000,
        |m| shorten(&mut m.tables[0].masks),
        |m| m.tables[0].slots.push(Slot::default()),
        |m| shorten(&mut m.tables[0].slots),
        |m| {
            m.tables[0]
                .slots
                .iter_mut()
                .for_each(|slot| slot.entries_len = 1)
        },
        |m| {
            m.tables[0]
                .slots
                .iter_mut()
                .for_each(|slot| slot.entries_at = 3)
        },
        |m| {
            m.tables[0]
                .slots
                .iter_mut()
                .for_each(|slot| slot.entries_at += 4)
        },
        |m| m.tables[0].slots[..4].rotate_left(1),
        |m| m.tables[0].slots[2..6].rotate_left(1),
        |m| m.tables[0].slots.fill(Slot::default()),
        |m| {
            m.tables[1].entry_row.swap(0, 1);
            m.tables[1].entry_low.swap(0, 1);
            m.tables[1].entry_high.swap(0, 1);
        },
        |m| m.tables[2].entry_row.swap(0, 1),
    ];
    insta::assert_snapshot!(refusals(edits));
}

#[test]
fn source_maps_that_lead_nowhere_are_refused() {
    let edits: &[fn(&mut SourceMap)] = &[
        |s| s.files.push(s.files[0].clone()),
        |s| s.ids.swap(0, 1),
        |s| s.ids[0].place.file = 1,
        |s| s.ids[0].place.end = 99,
        |s| s.ids[0].place.end = 28,
        |s| s.ids[0].place.start = 6,
        |s| s.rows.truncate(2),
        |s| s.rows[0].truncate(2),
        |s| s.rows[2][1].end = 99,
        |s| s.points[0].routine = 8,
        |s| s.points[0].at = 4,
        |s| s.points[0].place.end = 99,
        |s| s.points[0].operands[0].register = 3,
        |s| s.points[0].operands[0].wide = true,
        |s| s.points[0].operands[0].ty = ValueType::Enum(1),
        |s| {
            s.points.insert(
                0,
                Point {
                    at: 3,
                    ..s.points[0].clone()
                },
            )
        },
    ];
    let lines: Vec<String> = edits
        .iter()
        .map(|edit| {
            let mut source_map = sample_source_map();
            edit(&mut source_map);
            match write_package(&sample(), &source_map).map(|bytes| bytes.len()) {
                Err(WriteError::Refused(OpenError::NotVerified {
                    section: "source map",
                    reason,
                })) => reason.to_string(),
                other => panic!("{other:?}"),
            }
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
