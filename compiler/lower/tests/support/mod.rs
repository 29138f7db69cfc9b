//! Small checked rules, made by hand: typed expressions with computed ranges, and the source text they stand for.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod expr;
pub mod random;
pub mod reference;
pub mod text;

use quo_analysis::hir::*;
use quo_analysis::types::*;
use quo_lower::{Lowered, lower};
use quo_source::{FileId, SourceFile, Sources, Span};
use quo_value::{Currency, Date, Rounding};

/// The file that all text of the rules goes into.
pub const FILE: &str = "rules.quo";

/// Rules in the making, with the text of their expressions.
pub struct Builder {
    pub rules: Rules,
    pub text: String,
}

pub const EUR: usize = 0;
pub const JPY: usize = 1;

pub fn nowhere() -> Span {
    FileId(0).span(0, 0)
}

pub fn named(name: &str) -> Named {
    Named {
        name: name.to_owned(),
        span: nowhere(),
    }
}

pub fn day(year: i16, month: u8, day: u8) -> Date {
    Date::from_ymd(year, month, day).unwrap()
}

pub fn number(unit: Unit, scale: u8, min: i128, max: i128) -> Type {
    Type::Number(Number {
        unit,
        scale,
        min,
        max,
    })
}

pub fn money(scale: u8) -> Type {
    number(
        Unit::Money,
        scale,
        -Number::MONEY_LIMIT,
        Number::MONEY_LIMIT,
    )
}

pub fn int(min: i128, max: i128) -> Type {
    number(Unit::Int, 0, min, max)
}

/// What every ruleset has: two currencies, the facts that a quote needs, an ordered enumeration.
pub fn builder() -> Builder {
    let rules = Rules {
        name: "acme.test".to_owned(),
        version: [1, 2, 3],
        edition: 1,
        effective: Window {
            from: Some(day(2026, 1, 1)),
            to: None,
        },
        currencies: vec![
            Currency::from_code("EUR").unwrap(),
            Currency::from_code("JPY").unwrap(),
        ],
        units: Vec::new(),
        enums: vec![Enum {
            name: "Edition".to_owned(),
            span: nowhere(),
            values: ["Standard", "Pro", "Enterprise"]
                .map(str::to_owned)
                .to_vec(),
            ordered: true,
        }],
        facts: Vec::new(),
        fact_currency: 0,
        fact_date: 1,
        fact_term: 2,
        roles: vec![named("DealDesk"), named("SalesManager")],
        systems: vec![named("Billing"), named("Provisioning")],
        categories: vec![named("Bases")],
        amounts: vec![Amount {
            name: "large_deal".to_owned(),
            span: nowhere(),
            values: vec![10_000_000, 1_600_000_000],
        }],
        products: Vec::new(),
        charges: Vec::new(),
        rules: Vec::new(),
        quote_rules: Vec::new(),
        books: Vec::new(),
        levels: Vec::new(),
        stages: vec!["item".to_owned(), "order".to_owned()],
        adjustments: Vec::new(),
        groups: Vec::new(),
        approvals: Vec::new(),
        fulfilments: Vec::new(),
        qualifications: Vec::new(),
        validities: Vec::new(),
        clauses: Vec::new(),
        records: Vec::new(),
        elements: Vec::new(),
        item_kinds: Vec::new(),
        charge_record: None,
        data: Vec::new(),
        functions: Vec::new(),
        functions_of_tests: 0,
        decision_tables: Vec::new(),
        results: Vec::new(),
        tests: Vec::new(),
    };
    let mut builder = Builder {
        rules,
        text: String::new(),
    };
    builder.fact("currency", Type::Currency, false);
    builder.fact("date", Type::Date, false);
    builder.fact("term", Type::Months, false);
    builder
}

impl Builder {
    /// Declares a fact of the quote; gives its slot.
    pub fn fact(&mut self, name: &str, ty: Type, optional: bool) -> usize {
        let span = self.write(&format!("quote.{name}"));
        let group = "quote".to_owned();
        let name = name.to_owned();
        self.rules.facts.push(Fact {
            hidden: Vec::new(),
            group,
            name,
            span,
            ty,
            optional,
            default: None,
        });
        self.rules.facts.len() - 1
    }

    /// Appends text on a line of its own; gives its place.
    pub fn write(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        let end = self.text.len() as u32;
        self.text.push('\n');
        FileId(0).span(start, end)
    }

    /// Writes an expression on a line of its own and gives it its places.
    pub fn place(&mut self, mut expr: Expr) -> Expr {
        text::place(&self.rules, &mut expr, &mut self.text);
        self.text.push('\n');
        expr
    }

    pub fn product(&mut self, name: &str, options: &[(&str, Type)]) -> usize {
        let at = self.rules.charges.len();
        let span = self.write(&format!("product {name}"));
        self.rules.products.push(Product {
            name: name.to_owned(),
            title: format!("The {name}"),
            span,
            sku: Some(name.to_uppercase()),
            skus: None,
            retired: None,
            category: Some(0),
            sold: Window {
                from: None,
                to: Some(day(2027, 12, 31)),
            },
            options: options
                .iter()
                .map(|(name, ty)| ProductOption {
                    name: (*name).to_owned(),
                    of_line: false,
                    optional: false,
                    span,
                    ty: *ty,
                    domain: Vec::new(),
                    default: None,
                })
                .collect(),
            parts: Vec::new(),
            charges: at..at,
            constraints: Vec::new(),
            eligibility: Vec::new(),
        });
        self.rules.products.len() - 1
    }

    pub fn part(&mut self, bundle: usize, name: &str, min: u32, kinds: &[usize]) -> usize {
        let span = self.write(&format!("part {name}"));
        let parts = &mut self.rules.products[bundle].parts;
        parts.push(Part {
            name: name.to_owned(),
            span,
            min,
            max: kinds.len() as u32,
            many: false,
            kinds: kinds.to_vec(),
            defaults: Vec::new(),
        });
        parts.len() - 1
    }

    /// Prices of units by row, as the only column.
    pub fn prices(
        &mut self,
        charge: usize,
        (book, table, graduated): (usize, Table, bool),
        values: &[i64],
    ) {
        let column = PriceColumn {
            kind: PriceColumnKind::Price,
            scale: 2,
            values: values.iter().copied().map(Some).collect(),
        };
        let rows = PriceRows {
            table,
            model: PriceModel {
                graduated,
                ..PriceModel::default()
            },
            columns: vec![column],
            formula: None,
            included: None,
            least: None,
            most: None,
        };
        self.rules.charges[charge].prices.push(Prices {
            book,
            target: PriceTarget::Charge,
            from: None,
            rows: std::sync::Arc::new(rows),
        });
    }

    /// Adds a charge to the product declared last.
    pub fn charge(&mut self, name: &str, quantity: Quantity) -> usize {
        let product = self.rules.products.len() - 1;
        let span = self.write(&format!("charge {name}"));
        self.rules.charges.push(Charge {
            product,
            name: name.to_owned(),
            title: name.to_uppercase(),
            span,
            kind: ChargeKind::Recurring,
            months: 1,
            prepaid: None,
            quantity,
            prices: Vec::new(),
            adjustments: Vec::new(),
            floors: Vec::new(),
        });
        self.rules.products[product].charges.end = self.rules.charges.len();
        self.rules.charges.len() - 1
    }

    pub fn rule(&mut self, id: &str, kind: RuleKind, product: Option<usize>, body: RuleBody) {
        let span = self.write(&format!("rule {id}"));
        let body = match body {
            RuleBody::Expr(expr) => RuleBody::Expr(self.place(expr)),
            table => table,
        };
        let number = self.rules.rules.len();
        self.rules.rules.push(Rule {
            id: id.to_owned(),
            span,
            kind,
            message: format!("{id} does not hold"),
            product,
            severity: Severity::Error,
            overridable: Overridable::default(),
            window: Window::default(),
            when: None,
            body,
        });
        match product {
            None => self.rules.quote_rules.push(number),
            Some(product) if kind == RuleKind::Eligible => {
                self.rules.products[product].eligibility.push(number);
            }
            Some(product) => self.rules.products[product].constraints.push(number),
        }
    }

    pub fn require(&mut self, id: &str, condition: Expr) {
        self.rule(id, RuleKind::Require, None, RuleBody::Expr(condition));
    }

    pub fn book(&mut self, name: &str, when: Option<Expr>, replaces: Option<usize>) -> usize {
        let span = self.write(&format!("price book {name}"));
        let when = when.map(|when| self.place(when));
        self.rules.books.push(Book {
            name: name.to_owned(),
            title: format!("Prices of {name}"),
            span,
            currencies: vec![EUR, JPY],
            effective: Window {
                from: Some(day(2026, 1, 1)),
                to: Some(day(2026, 12, 31)),
            },
            when,
            level: None,
            extends: None,
            replaces,
            rounding: Rounding::HalfEven,
        });
        self.rules.books.len() - 1
    }

    pub fn adjustment(&mut self, name: &str, stage: usize, asked: Option<Asked>) -> usize {
        let span = self.write(&format!("discount {name}"));
        self.rules.adjustments.push(Adjustment {
            name: name.to_owned(),
            title: format!("The {name}"),
            span,
            promotion: false,
            stage,
            priority: 10,
            group: None,
            effective: Window::default(),
            asked,
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
        });
        self.rules.adjustments.len() - 1
    }

    pub fn table(
        &mut self,
        id: &str,
        columns: Vec<(&str, Expr, bool)>,
        rows: Vec<Vec<Cell>>,
    ) -> Table {
        let columns = columns
            .into_iter()
            .map(|(name, expr, range)| Column {
                name: name.to_owned(),
                expr: self.place(expr),
                range,
            })
            .collect();
        let rows = (1..)
            .zip(rows)
            .map(|(line, cells)| Row {
                key: format!("{id} {line}"),
                span: self.write(&format!("| row {line} of {id} |")),
                cells,
            })
            .collect();
        Table {
            id: id.to_owned(),
            columns,
            rows,
        }
    }

    pub fn sources(&self) -> Sources {
        Sources::new([SourceFile::new(FILE, self.text.clone()).unwrap()]).unwrap()
    }

    /// Lowers the rules, which must be possible, and has the package verified.
    pub fn lower(&self) -> Lowered {
        let lowered = lower(&self.rules, &self.sources()).expect("rules within all limits");
        lowered
            .to_package_bytes()
            .expect("a package that the verifier accepts");
        lowered
    }
}

pub fn within(low: Option<i128>, high: Option<i128>) -> Cell {
    Cell::Ranges(
        [Interval {
            low: low.map(Bound::Const),
            high: high.map(Bound::Const),
        }]
        .into(),
    )
}
