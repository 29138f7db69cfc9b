//! Tables of a hundred thousand rows: built within work that grows with their rows, and every row is found.
//!
//! How long a million rows take and how much memory is measured by `.ci/scale`; nothing here looks at a clock.

use std::fmt::Write as _;

use quo_driver::{Built, Pipeline};
use quo_model::PackageStore;
use quo_source::{SourceFile, Sources, Work, render};

const ROWS: usize = 100_000;
/// Where a mistake is looked for.
const FEWER_ROWS: usize = 20_000;
/// Steps of work for each row, whatever kind of table it is in.
const STEPS_OF_A_ROW: u64 = 64;

const RULES: &str = r#"
facts account { contract: Text }
facts quote { currency: Currency, date: Date, term: Period }
currencies EUR, USD
enum Region { North, South, East, West, Centre }

product Server "Server" {
  option region: Region
  option units: Int from 1 to 100_000
  charge rent "Rent": recurring monthly per units
}

price book List "List" {
  currency EUR, USD
  effective from 2026-01-01
  round half even to currency
  prices from "prices.csv"
}

table rate(contract: Text, region: Region, currency: Currency, units: Int from 1 to 100_000): Decimal with 2 decimals,
  unique from "rates.csv"

record Rate { contract: Text, region: Region, currency: Currency, units: Text, rate: Decimal from 0 to 10_000 with 2 decimals }
data rates: list of Rate from "rates.csv"

result by_table "Rate" = rate(account.contract, South, quote.currency, 120) otherwise 0.00
result by_list "Sum of rates" = sum of r.rate for r in rates where r.contract is account.contract and r.region is South
"#;

/// The conditions of a row, and a number that only it has.
fn row(number: usize) -> [String; 5] {
    let of = |texts: &[&str], number: usize| {
        let text = texts.get(number % texts.len());
        (*text.expect("below the count")).to_owned()
    };
    let region = of(&["North", "South", "East", "West", "Centre"], number / 4);
    let currency = of(&["EUR", "USD"], number / 2);
    let units = of(&["1 to 99", "from 100"], number);
    [
        format!("C-{:05}", number / 20),
        region,
        currency,
        units,
        format!("{}.{:02}", number / 100, number % 100),
    ]
}

fn files(rows: usize, change: impl Fn(usize, &mut [String; 5])) -> [(&'static str, String); 4] {
    let mut prices = "charge,account.contract,region,currency,units,price\n".to_owned();
    let mut rates = "contract,region,currency,units,rate\n".to_owned();
    for number in 0..rows {
        let mut cells = row(number);
        change(number, &mut cells);
        writeln!(rates, "{}", cells.join(",")).expect("into a string");
        writeln!(prices, "Server.rent,{}", cells.join(",")).expect("into a string");
    }
    let header = "ruleset large.tables 1.0.0\nlanguage 1\neffective from 2026-01-01\n";
    [
        ("ruleset.quo", header.to_owned()),
        ("rules.quo", RULES.to_owned()),
        ("prices.csv", prices),
        ("rates.csv", rates),
    ]
}

fn built(files: [(&str, String); 4]) -> Built {
    let files = files.map(|(path, text)| SourceFile::new(path, text).expect("a relative path"));
    // Three tables, and the rules themselves.
    let work = Work::limited(3 * STEPS_OF_A_ROW * ROWS as u64 + 100_000);
    let sources = Sources::new(files).expect("one file of each path");
    Pipeline::new(work)
        .build(sources)
        .expect("the budget is enough")
}

fn report(built: &Built) -> String {
    render::terminal(&built.sources, &built.diagnostics, false)
}

#[test]
fn every_row_is_found_under_its_own_cells() {
    let built = built(files(ROWS, |_, _| {}));
    let package = built
        .package
        .as_ref()
        .unwrap_or_else(|| panic!("{}", report(&built)));
    let folder = tempfile::tempdir().unwrap();
    let store = PackageStore::open(folder.path()).unwrap();
    let package = store.get(&store.put(package).unwrap()).unwrap();
    let model = package.model();
    let (prices, rates) = (&model.tables[0], &model.tables[1]);
    assert_eq!((prices.row_keys.len(), rates.row_keys.len()), (ROWS, ROWS));
    let of_charge = &model.charges[0].prices[0];
    for number in (0..ROWS).step_by(7_919).chain([0, ROWS - 1]) {
        let contract = model.find_str(&row(number)[0]).unwrap();
        let [region, currency] = [number / 4 % 5, number / 2 % 2].map(|place| place as i64);
        let arguments = [
            i64::from(contract),
            region,
            currency,
            if number % 2 == 0 { 99 } else { 100 },
        ];
        for table in [prices, rates] {
            assert_eq!(table.find(&arguments), Some(number as u32), "{arguments:?}");
        }
        assert_eq!(
            of_charge.columns[0].values[number], number as i64,
            "its price in cents"
        );
    }
    let stranger = model.find_str("").unwrap();
    assert_eq!(rates.find(&[i64::from(stranger), 0, 0, 1]), None);
}

#[test]
fn one_wrong_cell_among_them_is_told_by_its_place() {
    let built = built(files(FEWER_ROWS, |number, cells| {
        if number == 17_776 {
            cells[1] = "Sout".to_owned();
        }
    }));
    assert!(built.package.is_none());
    let report = report(&built);
    assert!(report.contains("rates.csv:17778:9"), "{report}");
    assert!(report.lines().count() < 100, "{report}");
}

#[test]
fn two_rows_for_one_case_are_found_wherever_they_stand() {
    let built = built(files(FEWER_ROWS, |number, cells| {
        if number == FEWER_ROWS - 1 {
            *cells = row(12);
            cells[3] = "50 to 60".to_owned();
        }
    }));
    let report = report(&built);
    assert!(
        report.contains("two rows of `rate` hold for the same case"),
        "{report}"
    );
    assert!(report.contains("rates.csv:20001:1"), "{report}");
    assert!(
        report.contains("   14 │ C-00000,West,EUR,1 to 99,0.12"),
        "{report}"
    );
}
