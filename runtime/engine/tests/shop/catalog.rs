//! What the shop sells, and at which prices.

use quo_model::{
    ABSENT, Arg, Book, Charge, ChargeKind, ExactCell, Floor, Interval, NONE, OptionDef, Order,
    Part, PartDefault, PriceCandidate, Product, Quantity, Table, TableRow, Target, ValueType,
    build_table,
};

use super::Words;
use super::rules::{AUDIT, CURRENCY, PLATFORM, SSO, day};

/// Platform, add-ons and the suite.
pub fn products(w: &mut Words, part_default: u32, fulfilment: u32) -> Vec<Product> {
    let seats = OptionDef {
        name: w.s("seats"),
        of_line: false,
        optional: false,
        ty: ValueType::Int {
            min: 1,
            max: 100_000,
        },
        domain: Vec::new(),
        default: ABSENT,
    };
    let edition = OptionDef {
        name: w.s("edition"),
        of_line: false,
        optional: false,
        ty: ValueType::Enum(0),
        domain: Vec::new(),
        default: 0,
    };
    let calls = OptionDef {
        name: w.s("calls"),
        of_line: false,
        optional: false,
        ty: ValueType::Int {
            min: 0,
            max: 1_000_000_000,
        },
        domain: Vec::new(),
        default: 0,
    };
    let part = |name, min, max, kinds: &[u32], defaults| Part {
        name,
        min,
        max,
        many: false,
        kinds: kinds.to_vec(),
        defaults,
    };
    let default = |product| PartDefault {
        product,
        option: 0,
        routine: part_default,
    };
    let parts = vec![
        part(w.s("platform"), 1, 1, &[PLATFORM], vec![]),
        part(
            w.s("addons"),
            0,
            2,
            &[SSO, AUDIT],
            vec![default(SSO), default(AUDIT)],
        ),
    ];
    let mut product =
        |name: &str, title: &str, options, charges: (u32, u32), constraints, eligibility| Product {
            name: w.s(name),
            title: w.s(title),
            sku: w.s(""),
            skus: None,
            category: NONE,
            sold_from: if name == "Sso" { day(2, 1) } else { i32::MIN },
            sold_to: i32::MAX,
            options,
            parts: vec![],
            charges_at: charges.0,
            charges_len: charges.1,
            constraints,
            eligibility,
            fulfilment: NONE,
        };
    let mut suite = product("Suite", "Suite", vec![], (5, 0), vec![1, 2], vec![]);
    suite.parts = parts;
    suite.fulfilment = fulfilment;
    vec![
        product(
            "Platform",
            "Platform",
            vec![edition, seats.clone(), calls],
            (0, 3),
            vec![3],
            vec![],
        ),
        product(
            "Sso",
            "Single sign-on",
            vec![seats.clone()],
            (3, 1),
            vec![],
            vec![],
        ),
        product("Audit", "Audit trail", vec![seats], (4, 1), vec![], vec![4]),
        suite,
    ]
}

/// Contract, list and sale.
pub fn books(w: &mut Words, contract: u32, region: u32) -> Vec<Book> {
    let mut book = |name: &str, title: &str, currencies: &[u32], from, when, replaces| Book {
        name: w.s(name),
        title: w.s(title),
        level: 0,
        currencies: currencies.to_vec(),
        from,
        to: day(12, 31),
        when,
        replaces,
        rounding: quo_value::Rounding::HalfEven.code(),
    };
    vec![
        book("Europe", "List prices", &[0, 1], day(1, 1), region, NONE),
        book("Contract", "Contract C-1009", &[0], day(1, 1), contract, 0),
        book("Sale", "December sale", &[0, 1], day(12, 1), NONE, NONE),
    ]
}

/// A table of one price for everything.
fn flat(id: u32, key: u32) -> Table {
    build_table(
        id,
        0,
        0,
        &[TableRow {
            key,
            exact: vec![],
            ranges: vec![],
        }],
        Order::Row,
    )
    .unwrap()
}

/// The charges with the tables of their prices.
pub fn charges(w: &mut Words, targets: [Target; 3], floor: Floor) -> (Vec<Charge>, Vec<Table>) {
    let tiers = |key, currency: i64, edition: Option<i64>, low, high| TableRow {
        key,
        exact: vec![
            ExactCell::OneOf(vec![currency]),
            edition.map_or(ExactCell::Any, |edition| ExactCell::OneOf(vec![edition])),
        ],
        ranges: vec![vec![Interval { low, high }]],
    };
    let rows = [
        tiers(
            w.s("csv: Platform.subscription,EUR,Standard,1 to 100"),
            0,
            Some(0),
            1,
            100,
        ),
        tiers(
            w.s("csv: Platform.subscription,EUR,Standard,above 100"),
            0,
            Some(0),
            101,
            i64::MAX,
        ),
        tiers(
            w.s("csv: Platform.subscription,EUR,Pro"),
            0,
            Some(1),
            i64::MIN,
            i64::MAX,
        ),
        tiers(
            w.s("csv: Platform.subscription,JPY"),
            1,
            None,
            i64::MIN,
            i64::MAX,
        ),
    ];
    let tables = vec![
        build_table(0, 2, 1, &rows, Order::Tier).unwrap(),
        flat(1, w.s("contract            | 14.00")),
        flat(2, w.s("Platform.onboarding | 2_000")),
        flat(3, w.s("Platform.api        | 0.125")),
        flat(4, w.s("Sso.subscription    | 1.00")),
        flat(5, w.s("Audit.subscription  | 1.50")),
    ];
    let price = |book, table, graduated, args: &[Arg], scale, prices: &[i64]| PriceCandidate {
        graduated,
        args: args.to_vec(),
        ..PriceCandidate::new(book, table).priced(scale, prices.to_vec())
    };
    let [long_term, spring, discretion] = targets;
    use ChargeKind::{OneTime, Recurring, Usage};
    let mut charge = |product, id: &str, kind, quantity, prices, adjustments, floors| Charge {
        product,
        name: w.s(id.split_once('.').unwrap().1),
        id: w.s(id),
        title: w.s(match id.split_once('.').unwrap().1 {
            "subscription" => "Subscription",
            "onboarding" => "Onboarding",
            _ => "API calls",
        }),
        kind,
        months: u32::from(kind != OneTime),
        price_months: u32::from(kind != OneTime),
        quantity,
        prices,
        adjustments,
        floors,
    };
    let subscription = vec![
        price(1, 1, false, &[], 2, &[1_400]),
        price(
            0,
            0,
            true,
            &[Arg::Fact(CURRENCY), Arg::Option(0), Arg::Option(1)],
            3,
            &[12_000, 10_500, 16_055, 1_333_000],
        ),
    ];
    let onboarding = vec![
        price(0, 2, false, &[], 0, &[2_000]),
        price(2, 2, false, &[], 0, &[1_000]),
    ];
    let packs = Quantity {
        pack: 1_000,
        started: true,
        ..Quantity::option(2)
    };
    let charges = vec![
        charge(
            PLATFORM,
            "Platform.subscription",
            Recurring,
            Quantity::option(1),
            subscription,
            vec![long_term, discretion],
            vec![floor],
        ),
        charge(
            PLATFORM,
            "Platform.onboarding",
            OneTime,
            Quantity::ONE,
            onboarding,
            vec![spring],
            vec![],
        ),
        charge(
            PLATFORM,
            "Platform.api",
            Usage,
            packs,
            vec![price(0, 3, false, &[], 3, &[125])],
            vec![],
            vec![],
        ),
        charge(
            SSO,
            "Sso.subscription",
            Recurring,
            Quantity::option(0),
            vec![price(0, 4, false, &[], 2, &[100])],
            vec![],
            vec![],
        ),
        charge(
            AUDIT,
            "Audit.subscription",
            Recurring,
            Quantity::option(0),
            vec![price(0, 5, false, &[], 2, &[150])],
            vec![],
            vec![],
        ),
    ];
    (charges, tables)
}
