//! The model of the shop.

use quo_model::{
    ABSENT, Adjustment, AdjustmentKind, Alone, AmountDef, Approval, ApprovalRow, ApprovalStep,
    Clause, CurrencyDef, Effect, EnumDef, FactDef, Floor, Fulfilment, Interval, Meta, Model, NONE,
    Op, Order, Rule, RuleKind, Scope, Severity, ShownAs, Step, Strings, Table, TableRow, Target,
    Task, ValueType, build_table,
};

use super::Words;
use super::catalog::{books, charges, products};
use super::code::{Code, i};

pub const PLATFORM: u32 = 0;
pub const SSO: u32 = 1;
pub const AUDIT: u32 = 2;
pub const SUITE: u32 = 3;

const CONTRACT: u32 = 0;
pub const CURRENCY: u32 = 2;
const DATE: u32 = 3;
const REGION: u32 = 4;
const TERM: u32 = 5;

/// Days since 1970-01-01 of a day of 2026.
pub fn day(month: u8, day: u8) -> i32 {
    quo_value::Date::from_ymd(2026, month, day).unwrap().days()
}

/// The model; its strings are filled in by the caller.
pub fn model(w: &mut Words) -> Model {
    let mut code = Code::default();
    let rules = rules(w, &mut code);
    let (contract, region) = book_conditions(w, &mut code);
    let (part_default, fulfilment) = (part_default(&mut code), 0);
    let (adjustments, targets, floor) = adjustments(w, &mut code);
    let (approval, matrix) = approval(w, &mut code);
    let (plan, _) = plan(w, &mut code);
    let (charges, mut tables) = charges(w, targets, floor);
    tables.push(matrix);
    Model {
        meta: Meta {
            ruleset: w.s("test.shop"),
            version: [1, 2, 3],
            edition: 1,
            effective_from: day(1, 1),
            effective_to: day(12, 31),
            money_scale: 2,
        },
        strings: Strings::default(),
        currencies: vec![
            CurrencyDef {
                code: w.s("EUR"),
                minor_units: 2,
            },
            CurrencyDef {
                code: w.s("JPY"),
                minor_units: 0,
            },
        ],
        units: Vec::new(),
        enums: vec![
            EnumDef {
                name: w.s("Edition"),
                values: vec![w.s("Standard"), w.s("Pro"), w.s("Enterprise")],
                ordered: true,
            },
            EnumDef {
                name: w.s("Region"),
                values: vec![w.s("Europe"), w.s("Asia")],
                ordered: false,
            },
        ],
        facts: facts(w),
        fact_currency: CURRENCY,
        fact_date: DATE,
        fact_term: TERM,
        roles: vec![
            w.s("SalesRep"),
            w.s("SalesManager"),
            w.s("DealDesk"),
            w.s("CFO"),
        ],
        systems: vec![
            w.s("Billing"),
            w.s("Entitlements"),
            w.s("Shipping"),
            w.s("ProServ"),
        ],
        amounts: vec![AmountDef {
            name: w.s("large_deal"),
            values: vec![10_000_000, 1_600_000_000],
        }],
        categories: vec![],
        products: products(w, part_default, fulfilment),
        charges,
        rules,
        quote_rules: vec![0],
        books: books(w, contract, region),
        levels: vec![],
        stages: vec![w.s("item"), w.s("order")],
        adjustments,
        groups: Vec::new(),
        steps: [0, 1, 2]
            .map(|adjustment| Step {
                group: NONE,
                members: vec![adjustment],
            })
            .to_vec(),
        approvals: vec![approval],
        fulfilments: vec![plan],
        records: Vec::new(),
        elements: Vec::new(),
        charge_record: NONE,
        data: Vec::new(),
        indexes: Vec::new(),
        results: Vec::new(),
        probes: Vec::new(),
        qualifications: Vec::new(),
        validities: Vec::new(),
        clauses: vec![Clause {
            name: w.s("Indemnity"),
            title: w.s("Extended indemnity"),
            version: 1,
            text: w.s(""),
            on_request: true,
            products: Vec::new(),
            when: NONE,
        }],
        tables,
        program: {
            if code.program.set_at.is_empty() {
                code.program.set_at.push(0);
            }
            code.program
        },
    }
}

fn facts(w: &mut Words) -> Vec<FactDef> {
    let mut fact = |group: &str, name: &str, ty, optional, default| FactDef {
        hidden: Vec::new(),
        group: w.s(group),
        name: w.s(name),
        ty,
        optional,
        default,
    };
    vec![
        fact("account", "contract", ValueType::Text, true, ABSENT),
        fact("account", "id", ValueType::Text, false, ABSENT),
        fact("quote", "currency", ValueType::Currency, false, ABSENT),
        fact("quote", "date", ValueType::Date, false, ABSENT),
        fact("quote", "region", ValueType::Enum(1), false, 0),
        fact("quote", "term", ValueType::Months, false, ABSENT),
    ]
}

/// Routines 0 to 4.
fn rules(w: &mut Words, code: &mut Code) -> Vec<Rule> {
    let term = code.c(1, 12);
    let minimum = code.quote(&[
        i(Op::Fact, 0, 0, 0, TERM),
        term,
        i(Op::LeN, 2, 1, 0, 0),
        i(Op::ReturnN, 0, 2, 0, 0),
    ]);
    // not (addons has Sso) or platform.edition >= Pro
    let pro = code.c(3, 1);
    let sso = code.routine(
        Scope::Item,
        SUITE,
        NONE,
        &[
            i(Op::HasKind, 0, 0, 1, SSO),
            i(Op::Not, 1, 0, 0, 0),
            i(Op::PartOption, 2, 0, 0, 0),
            pro,
            i(Op::LeN, 4, 3, 2, 0),
            i(Op::Or, 1, 1, 4, 0),
            i(Op::ReturnN, 0, 1, 0, 0),
        ],
    );
    let audit = code.routine(
        Scope::Item,
        SUITE,
        NONE,
        &[i(Op::HasKind, 0, 0, 1, AUDIT), i(Op::ReturnN, 0, 0, 0, 0)],
    );
    // line.seats * 10^14 overflows from 92,234 seats on.
    let (factor, zero) = (code.c(1, 100_000_000_000_000), code.c(2, 0));
    let capacity = code.routine(
        Scope::Item,
        PLATFORM,
        NONE,
        &[
            i(Op::Option, 0, 0, 0, 1),
            factor,
            i(Op::MulN, 0, 0, 1, 0),
            zero,
            i(Op::LtN, 3, 2, 0, 0),
            i(Op::ReturnN, 0, 3, 0, 0),
        ],
    );
    let europe = code.c(1, 0);
    let eligible = code.routine(
        Scope::Item,
        AUDIT,
        NONE,
        &[
            i(Op::Fact, 0, 0, 0, REGION),
            europe,
            i(Op::EqN, 2, 0, 1, 0),
            i(Op::ReturnN, 0, 2, 0, 0),
        ],
    );
    let mut rule = |id: &str, kind, message: &str, routine| Rule {
        id: w.s(id),
        kind,
        message: w.s(message),
        routine,
        satisfied_by: true,
        when: NONE,
        from: i32::MIN,
        to: i32::MAX,
        severity: Severity::Error,
        overridable: Vec::new(),
        with_reason: false,
    };
    vec![
        rule(
            "MinimumTerm",
            RuleKind::Require,
            "the shortest contract is 12 months",
            minimum,
        ),
        rule(
            "SsoNeedsPro",
            RuleKind::Require,
            "SSO needs Pro or better",
            sso,
        ),
        rule(
            "AuditAdvised",
            RuleKind::Warn,
            "Audit is usually taken",
            audit,
        ),
        rule(
            "Capacity",
            RuleKind::Require,
            "nobody has so many seats",
            capacity,
        ),
        rule(
            "AuditInEurope",
            RuleKind::Eligible,
            "the audit trail is sold in Europe",
            eligible,
        ),
    ]
}

/// Routines 5 and 6.
fn book_conditions(w: &mut Words, code: &mut Code) -> (u32, u32) {
    let number = code.c(1, i64::from(w.s("C-1009")));
    let contract = code.quote(&[
        i(Op::Fact, 0, 0, 0, CONTRACT),
        number,
        i(Op::EqN, 2, 0, 1, 0),
        i(Op::ReturnN, 0, 2, 0, 0),
    ]);
    let europe = code.c(1, 0);
    let region = code.quote(&[
        i(Op::Fact, 0, 0, 0, REGION),
        europe,
        i(Op::EqN, 2, 0, 1, 0),
        i(Op::ReturnN, 0, 2, 0, 0),
    ]);
    (contract, region)
}

/// Routine 7: the seats of the platform.
fn part_default(code: &mut Code) -> u32 {
    code.routine(
        Scope::Item,
        SUITE,
        NONE,
        &[i(Op::PartOption, 0, 0, 0, 1), i(Op::ReturnN, 0, 0, 0, 0)],
    )
}

/// Routines 8 to 12: the condition of LongTerm, and the savings.
fn adjustments(w: &mut Words, code: &mut Code) -> (Vec<Adjustment>, [Target; 3], Floor) {
    let (term, seats) = (code.c(1, 24), code.c(4, 250));
    let when = code.routine(
        Scope::Charge,
        PLATFORM,
        NONE,
        &[
            i(Op::Fact, 0, 0, 0, TERM),
            term,
            i(Op::LeN, 2, 1, 0, 0),
            i(Op::Option, 3, 0, 0, 1),
            seats,
            i(Op::LeN, 5, 4, 3, 0),
            i(Op::And, 6, 2, 5, 0),
            i(Op::ReturnN, 0, 6, 0, 0),
        ],
    );
    // 7.5% of list: 75 at scale 3, so that the saving has scale 5.
    let percent = code.cw(1, 75);
    let long_term = code.routine(
        Scope::Charge,
        PLATFORM,
        NONE,
        &[
            i(Op::List, 0, 0, 0, 0),
            percent,
            i(Op::MulW, 2, 0, 1, 0),
            i(Op::ReturnW, 0, 2, 0, 0),
        ],
    );
    let spring = code.routine(
        Scope::Charge,
        PLATFORM,
        SUITE,
        &[i(Op::Left, 0, 0, 0, 0), i(Op::ReturnW, 0, 0, 0, 0)],
    );
    let asked = code.routine(
        Scope::Charge,
        PLATFORM,
        NONE,
        &[
            i(Op::Asked, 0, 0, 0, 2),
            i(Op::Widen, 0, 0, 0, 0),
            i(Op::Left, 1, 0, 0, 0),
            i(Op::MulW, 2, 0, 1, 0),
            i(Op::ReturnW, 0, 2, 0, 0),
        ],
    );
    let half = code.cw(1, 5);
    let floor = code.routine(
        Scope::Charge,
        PLATFORM,
        NONE,
        &[
            i(Op::List, 0, 0, 0, 0),
            half,
            i(Op::MulW, 2, 0, 1, 0),
            i(Op::ReturnW, 0, 2, 0, 0),
        ],
    );
    let percent = ValueType::Percent {
        min: 0,
        max: 6_000,
        scale: 4,
    };
    let mut adjustment =
        |name: &str, title: &str, kind, stage, priority, window: (i32, i32), by| Adjustment {
            name: w.s(name),
            title: w.s(title),
            kind,
            stage,
            priority,
            from: window.0,
            to: window.1,
            asked_by: by,
            asked: if by == NONE { ValueType::Bool } else { percent },
            group: NONE,
            codes: Vec::new(),
            alone: Alone::No,
            never: Vec::new(),
            effect: Effect::Take,
            whole: None,
            units: None,
            gift: None,
            budget: None,
            limits: Vec::new(),
            reads_quote: false,
        };
    let always = (i32::MIN, i32::MAX);
    let list = vec![
        adjustment(
            "LongTerm",
            "Long-term commitment",
            AdjustmentKind::Discount,
            0,
            10,
            always,
            NONE,
        ),
        adjustment(
            "SpringStart",
            "Free onboarding in spring",
            AdjustmentKind::Promotion,
            0,
            20,
            (day(3, 1), day(5, 31)),
            NONE,
        ),
        adjustment(
            "Discretion",
            "Sales discretion",
            AdjustmentKind::Discount,
            1,
            90,
            always,
            0,
        ),
    ];
    let target = |adjustment, within, when, saving, saving_scale| Target {
        adjustment,
        within,
        when,
        saving,
        saving_scale,
        units: NONE,
        most: None,
        least: None,
        weight: None,
    };
    let targets = [
        target(0, NONE, when, long_term, 5),
        target(1, SUITE, NONE, spring, 2),
        target(2, NONE, NONE, asked, 6),
    ];
    let floor = Floor {
        id: w.s("SeatFloor"),
        title: w.s("Half of the price"),
        least: floor,
        least_scale: 3,
    };
    (list, targets, floor)
}

/// Routine 13: the discount as a fraction with four decimals; 0 where the total is.
fn approval(w: &mut Words, code: &mut Code) -> (Approval, Table) {
    let (zero, none) = (code.cw(2, 0), code.c(0, 0));
    let discount = code.routine(
        Scope::Total,
        NONE,
        NONE,
        &[
            none,
            i(Op::TotalList, 0, 0, 0, 0),
            i(Op::TotalNet, 1, 0, 0, 0),
            zero,
            i(Op::NeW, 1, 0, 2, 0),
            i(Op::JumpIfNot, 0, 1, 0, 9),
            i(Op::SubW, 3, 0, 1, 0),
            i(Op::DivW, 4, 3, 0, 4 << 8),
            i(Op::Clamp, 0, 4, 0, 0),
            i(Op::ReturnN, 0, 0, 0, 0),
        ],
    );
    let row = |key: u32, high: i64| TableRow {
        key,
        exact: vec![],
        ranges: vec![vec![Interval {
            low: i64::MIN,
            high,
        }]],
    };
    let rows = [
        row(w.s("| up to 10% | none |"), 1_000),
        row(w.s("| up to 20% | SalesManager |"), 2_000),
        row(w.s("| * | DealDesk then CFO |"), i64::MAX),
    ];
    let step = |role| ApprovalStep {
        roles: vec![role],
        any: false,
    };
    let asks = |steps: Vec<ApprovalStep>, within_minutes| ApprovalRow {
        steps,
        within_minutes,
    };
    let approval = Approval {
        name: w.s("Commercial"),
        title: w.s("Commercial approval"),
        table: 6,
        args: vec![discount],
        columns: vec![ShownAs {
            name: w.s("discount"),
            ty: ValueType::Percent {
                min: 0,
                max: 10_000,
                scale: 4,
            },
        }],
        rows: vec![
            asks(vec![], 0),
            asks(vec![step(1)], 480),
            asks(vec![step(2), step(3)], 2_880),
        ],
        never_requester: true,
        never_twice: false,
        delegation: false,
        every: false,
        goes_up_to: NONE,
        worse: Vec::new(),
    };
    (approval, build_table(6, 0, 1, &rows, Order::Row).unwrap())
}

/// Routine 14: the condition of shipping.
fn plan(w: &mut Words, code: &mut Code) -> (Fulfilment, u32) {
    let audit = code.routine(
        Scope::Item,
        SUITE,
        NONE,
        &[i(Op::HasKind, 0, 0, 1, AUDIT), i(Op::ReturnN, 0, 0, 0, 0)],
    );
    let mut task = |name: &str, system, after: &[u32], when, undo: &str| Task {
        name: w.s(name),
        id: w.s(&format!("Suite.{name}")),
        system,
        after: after.to_vec(),
        when,
        tries: 3,
        within_minutes: 1_440,
        undo: w.s(undo),
        after_parts: Vec::new(),
        waiting_minutes: 0,
        doubling: false,
        cut_off: false,
    };
    let tasks = vec![
        task("billing", 0, &[], NONE, "cancel_billing"),
        task("entitle", 1, &[0], NONE, ""),
        task("ship", 2, &[0, 1], audit, ""),
        task("schedule", 3, &[2], NONE, ""),
    ];
    (
        Fulfilment {
            product: SUITE,
            tasks,
            part_afters: Vec::new(),
        },
        audit,
    )
}
