//! A small but complete model: a bundle with a part, prices flat and graduated, an adjustment, a floor, an approval
//! matrix, a fulfilment, and routines of every scope.

#![allow(
    dead_code,
    reason = "each test file uses its own part of these helpers"
)]
#![allow(unreachable_pub, reason = "shared by several test crates")]

pub mod code;

use quo_model::*;

const WORDS: &[&str] = &[
    "",
    "Acme.Cloud",
    "Basic",
    "Cap",
    "Contract",
    "Deal desk",
    "EU",
    "EUR",
    "Edition",
    "JPY",
    "Long term",
    "LongTerm",
    "Platform",
    "Platform.activate",
    "Platform.seats-bounded",
    "Platform.setup",
    "Platform.subscription",
    "Pro",
    "Rep",
    "Storage",
    "Storage.eligible",
    "Storage.usage",
    "Suite",
    "account",
    "activate",
    "activity",
    "approval/Desk",
    "at least 5 seats, please",
    "billing",
    "bill",
    "code",
    "currency",
    "date",
    "desk",
    "edition",
    "floor",
    "gb",
    "manager",
    "net",
    "only for contracts",
    "price/flat",
    "price/tiers",
    "quote",
    "row-1",
    "row-2",
    "row-3",
    "seats",
    "setup",
    "storage",
    "subscription",
    "term",
    "tier",
    "undo-bill",
    "usage",
];

/// The number of a word in the sample's strings.
pub fn word(text: &str) -> u32 {
    let mut words = WORDS.to_vec();
    words.sort_unstable();
    words
        .iter()
        .position(|word| *word == text)
        .unwrap_or_else(|| panic!("no word {text}")) as u32
}

fn strings() -> Strings {
    let mut table = StringTable::new();
    for word in WORDS {
        table.intern(word);
    }
    table.finish().0
}

pub const PLATFORM: u32 = 0;
pub const STORAGE: u32 = 1;
pub const TERM: u32 = 2;

fn row(key: &str, exact: Vec<ExactCell>, ranges: &[(i64, i64)]) -> TableRow {
    TableRow {
        key: word(key),
        exact,
        ranges: ranges
            .iter()
            .map(|&(low, high)| vec![Interval { low, high }])
            .collect(),
    }
}

fn tables() -> Vec<Table> {
    let one = |value| ExactCell::OneOf(vec![value]);
    let flat = [
        row("row-1", vec![one(0), one(1)], &[(1, 100)]),
        row(
            "row-2",
            vec![ExactCell::OneOf(vec![0, 1]), ExactCell::Any],
            &[(1, 1000)],
        ),
        row(
            "row-3",
            vec![ExactCell::Any, ExactCell::Any],
            &[(i64::MIN, i64::MAX)],
        ),
    ];
    let tiers = [
        row("row-1", vec![one(0)], &[(101, i64::MAX)]),
        row("row-2", vec![one(0)], &[(1, 100)]),
        row("row-3", vec![one(1)], &[(1, i64::MAX)]),
    ];
    let desk = [
        row("row-1", vec![], &[(0, 999)]),
        row("row-2", vec![], &[(1000, i64::MAX)]),
    ];
    let build = |id, exact, ranges, rows: &[TableRow], order| {
        build_table(word(id), exact, ranges, rows, order).unwrap()
    };
    vec![
        build("price/flat", 2, 1, &flat, Order::Row),
        build("price/tiers", 1, 1, &tiers, Order::Tier),
        build("approval/Desk", 0, 1, &desk, Order::Row),
    ]
}

fn option(name: &str, ty: ValueType, default: i64) -> OptionDef {
    OptionDef {
        name: word(name),
        of_line: false,
        optional: false,
        ty,
        domain: Vec::new(),
        default,
    }
}

fn products() -> Vec<Product> {
    let product = |name: &str| Product {
        name: word(name),
        title: word(name),
        sku: word(""),
        skus: None,
        category: 0,
        sold_from: i32::MIN,
        sold_to: i32::MAX,
        options: vec![],
        parts: vec![],
        charges_at: 0,
        charges_len: 2,
        constraints: vec![],
        eligibility: vec![],
        fulfilment: NONE,
    };
    vec![
        Product {
            options: vec![
                option(
                    "seats",
                    ValueType::Int {
                        min: 1,
                        max: 100_000,
                    },
                    5,
                ),
                option("edition", ValueType::Enum(0), ABSENT),
            ],
            parts: vec![Part {
                name: word("storage"),
                min: 0,
                max: 1,
                many: false,
                kinds: vec![STORAGE],
                defaults: vec![PartDefault {
                    product: STORAGE,
                    option: 0,
                    routine: 3,
                }],
            }],
            constraints: vec![0],
            fulfilment: 0,
            ..product("Platform")
        },
        Product {
            options: vec![option(
                "gb",
                ValueType::Decimal {
                    min: 0,
                    max: 1_000_000,
                    scale: 2,
                    unit: NONE,
                },
                ABSENT,
            )],
            charges_at: 2,
            charges_len: 1,
            eligibility: vec![1],
            ..product("Storage")
        },
    ]
}

fn charges() -> Vec<Charge> {
    let charge = |product, name: &str, id: &str, kind, months| Charge {
        product,
        name: word(name),
        id: word(id),
        title: word(name),
        kind,
        months,
        price_months: months,
        quantity: Quantity::ONE,
        prices: vec![],
        adjustments: vec![],
        floors: vec![],
    };
    let flat = PriceCandidate {
        args: vec![Arg::Fact(0), Arg::Option(1), Arg::Option(0)],
        ..PriceCandidate::new(0, 0).priced(2, vec![900, 1000, 1200])
    };
    let tiers = PriceCandidate {
        graduated: true,
        args: vec![Arg::Fact(0), Arg::Option(0)],
        scale: 6,
        ..PriceCandidate::new(0, 1).priced(4, vec![50, 75, 1])
    };
    let target = Target {
        adjustment: 0,
        within: NONE,
        when: 0,
        saving: 1,
        saving_scale: 4,
        units: NONE,
        most: None,
        least: None,
        weight: None,
    };
    vec![
        Charge {
            quantity: Quantity::option(0),
            prices: vec![flat.clone()],
            adjustments: vec![
                target.clone(),
                Target {
                    adjustment: 1,
                    when: NONE,
                    ..target.clone()
                },
            ],
            floors: vec![Floor {
                id: word("floor"),
                title: word("floor"),
                least: 2,
                least_scale: 2,
            }],
            ..charge(
                PLATFORM,
                "subscription",
                "Platform.subscription",
                ChargeKind::Recurring,
                1,
            )
        },
        Charge {
            prices: vec![flat],
            ..charge(PLATFORM, "setup", "Platform.setup", ChargeKind::OneTime, 0)
        },
        Charge {
            quantity: Quantity {
                scale: 2,
                pack: 1_000,
                started: true,
                ..Quantity::option(0)
            },
            prices: vec![tiers],
            adjustments: vec![Target {
                within: PLATFORM,
                saving: 6,
                ..target
            }],
            ..charge(STORAGE, "usage", "Storage.usage", ChargeKind::Usage, 1)
        },
    ]
}

fn adjustments() -> Vec<Adjustment> {
    let adjustment = Adjustment {
        name: word("LongTerm"),
        title: word("Long term"),
        kind: AdjustmentKind::Discount,
        stage: 0,
        priority: 1,
        from: i32::MIN,
        to: i32::MAX,
        asked_by: NONE,
        asked: ValueType::Bool,
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
    vec![
        adjustment.clone(),
        Adjustment {
            name: word("Rep"),
            title: word("Rep"),
            priority: 2,
            asked_by: 0,
            asked: ValueType::Percent {
                min: 0,
                max: 300,
                scale: 3,
            },
            ..adjustment
        },
    ]
}

fn facts() -> Vec<FactDef> {
    let fact = |group: &str, name: &str, ty, optional, default| FactDef {
        hidden: Vec::new(),
        group: word(group),
        name: word(name),
        ty,
        optional,
        default,
    };
    vec![
        fact("quote", "currency", ValueType::Currency, false, ABSENT),
        fact("quote", "date", ValueType::Date, false, ABSENT),
        fact("quote", "term", ValueType::Months, false, 12),
        fact("account", "tier", ValueType::Enum(0), false, 1),
        fact("account", "code", ValueType::Text, true, ABSENT),
        fact("account", "activity", ValueType::Bool, false, 0),
    ]
}

fn fulfilment() -> Fulfilment {
    let task = |name: &str, id: &str, after: Vec<u32>, when, undo: &str| Task {
        name: word(name),
        id: word(id),
        system: 0,
        after,
        when,
        tries: 3,
        within_minutes: 60,
        undo: word(undo),
        after_parts: Vec::new(),
        waiting_minutes: 0,
        doubling: false,
        cut_off: false,
    };
    Fulfilment {
        product: PLATFORM,
        tasks: vec![
            task("bill", "bill", vec![], NONE, "undo-bill"),
            task("activate", "Platform.activate", vec![0], 4, ""),
        ],
        part_afters: Vec::new(),
    }
}

/// The sample.
pub fn sample() -> Model {
    let rule = |id: &str, kind, message: &str, routine| Rule {
        id: word(id),
        kind,
        message: word(message),
        routine,
        satisfied_by: true,
        when: NONE,
        from: i32::MIN,
        to: i32::MAX,
        severity: Severity::Error,
        overridable: Vec::new(),
        with_reason: false,
    };
    let steps = |roles: Vec<u32>| ApprovalRow {
        steps: vec![ApprovalStep { roles, any: true }],
        within_minutes: 480,
    };
    Model {
        meta: Meta {
            ruleset: word("Acme.Cloud"),
            version: [1, 2, 3],
            edition: 1,
            effective_from: 20_000,
            effective_to: 30_000,
            money_scale: 2,
        },
        strings: strings(),
        currencies: vec![
            CurrencyDef {
                code: word("EUR"),
                minor_units: 2,
            },
            CurrencyDef {
                code: word("JPY"),
                minor_units: 0,
            },
        ],
        units: Vec::new(),
        enums: vec![EnumDef {
            name: word("Edition"),
            values: vec![word("Basic"), word("Pro")],
            ordered: true,
        }],
        facts: facts(),
        fact_currency: 0,
        fact_date: 1,
        fact_term: TERM,
        roles: vec![word("manager")],
        systems: vec![word("billing")],
        amounts: vec![AmountDef {
            name: word("Cap"),
            values: vec![10_000, 1_500_000],
        }],
        categories: vec![word("Suite")],
        products: products(),
        charges: charges(),
        rules: vec![
            rule(
                "Platform.seats-bounded",
                RuleKind::Require,
                "at least 5 seats, please",
                4,
            ),
            rule(
                "Storage.eligible",
                RuleKind::Eligible,
                "only for contracts",
                0,
            ),
        ],
        quote_rules: vec![],
        books: vec![Book {
            name: word("EU"),
            title: word("EU"),
            level: 0,
            currencies: vec![0, 1],
            from: i32::MIN,
            to: i32::MAX,
            when: 0,
            replaces: NONE,
            rounding: 1,
        }],
        levels: vec![],
        stages: vec![word("Contract")],
        adjustments: adjustments(),
        groups: vec![],
        steps: [0, 1]
            .map(|adjustment| Step {
                group: NONE,
                members: vec![adjustment],
            })
            .to_vec(),
        approvals: vec![Approval {
            name: word("desk"),
            title: word("Deal desk"),
            table: 2,
            args: vec![5],
            columns: vec![ShownAs {
                name: word("net"),
                ty: ValueType::Money {
                    scale: 2,
                    currency: 0,
                },
            }],
            rows: vec![
                ApprovalRow {
                    steps: vec![],
                    within_minutes: 0,
                },
                steps(vec![0]),
            ],
            never_requester: true,
            never_twice: false,
            delegation: false,
            every: false,
            goes_up_to: NONE,
            worse: Vec::new(),
        }],
        fulfilments: vec![fulfilment()],
        records: Vec::new(),
        elements: Vec::new(),
        charge_record: NONE,
        data: Vec::new(),
        indexes: Vec::new(),
        results: Vec::new(),
        probes: Vec::new(),
        qualifications: Vec::new(),
        validities: Vec::new(),
        clauses: Vec::new(),
        tables: tables(),
        program: code::program(),
    }
}

/// A source map that fits the sample.
pub fn sample_source_map() -> SourceMap {
    let text = "quote.term >= 24 months -- über\n";
    let place = |start, end| Place {
        file: 0,
        start,
        end,
    };
    let rows = |count| (0..count).map(|row| place(row, row + 1)).collect();
    SourceMap {
        files: vec![SourceText {
            path: "pricing/discounts.quo".to_owned(),
            text: text.to_owned(),
        }],
        ids: vec![
            IdPlace {
                id: "LongTerm".to_owned(),
                place: place(0, 5),
            },
            IdPlace {
                id: "Platform".to_owned(),
                place: place(5, 10),
            },
        ],
        rows: vec![rows(3), rows(3), rows(2)],
        points: vec![Point {
            routine: 0,
            at: 2,
            place: place(0, 23),
            operands: vec![PointOperand {
                place: place(0, 10),
                register: 0,
                wide: false,
                ty: ValueType::Months,
            }],
            value: false,
        }],
    }
}

/// The bytes of the sample's package.
pub fn sample_package() -> Vec<u8> {
    write_package(&sample(), &sample_source_map()).unwrap()
}
