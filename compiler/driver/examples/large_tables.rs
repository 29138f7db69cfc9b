//! Writes rulesets with large tables, to measure what they cost: `large_tables FOLDER [ROWS]`, a million rows by default.
//!
//! Below the folder a ruleset each: `prices` (a price book from a file), `rates` (a decision table whose rows must not
//! overlap), `cells` (a list of constants), and `workbook`, the prices from a sheet with at most a tenth of the rows. Every
//! row has four columns that are matched exactly and one of ranges, and the prices tell which row gave them. `.ci/scale`
//! builds each and says what that took.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Workbook, Worksheet};

type Failure = Box<dyn Error>;

const REGIONS: [&str; 10] = [
    "North", "South", "East", "West", "Centre", "Coast", "Hills", "Lakes", "Plain", "Isles",
];
const EDITIONS: [&str; 5] = ["Standard", "Pro", "Business", "Enterprise", "Sovereign"];
const CURRENCIES: [&str; 2] = ["EUR", "USD"];
const UNITS: [&str; 2] = ["1 to 99", "from 100"];
/// The rows of one contract: every region, edition and currency, in two ranges of units.
const ROWS_OF_A_CONTRACT: usize = REGIONS.len() * EDITIONS.len() * CURRENCIES.len() * UNITS.len();

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let rows = match arguments.next() {
        Some(rows) => rows.parse()?,
        None => 1_000_000,
    };
    prices(&folder.join("prices"), rows)?;
    rates(&folder.join("rates"), rows)?;
    cells(&folder.join("cells"), rows)?;
    workbook(&folder.join("workbook"), rows.min(100_000))
}

/// A row of any of the tables, as texts in the order of its columns.
fn row(number: usize) -> [String; 6] {
    let contract = number / ROWS_OF_A_CONTRACT;
    let of = |texts: &[&str], each: usize| {
        let text = texts.get(number / each % texts.len());
        text.map_or_else(String::new, |text| (*text).to_owned())
    };
    [
        format!("C-{contract:06}"),
        of(&REGIONS, EDITIONS.len() * CURRENCIES.len() * UNITS.len()),
        of(&EDITIONS, CURRENCIES.len() * UNITS.len()),
        of(&CURRENCIES, UNITS.len()),
        of(&UNITS, 1),
        format!("{}.{:02}", number / 100, number % 100),
    ]
}

fn enums() -> String {
    format!(
        "enum Region {{ {} }}\nordered enum Edition {{ {} }}\ncurrencies {}\n",
        REGIONS.join(", "),
        EDITIONS.join(", "),
        CURRENCIES.join(", "),
    )
}

/// The facts, and a product with the options that tables ask for; `price` and what follows it is its price book.
fn rules(book: &str) -> String {
    format!(
        r#"{}
facts account {{ contract: Text }}
facts quote {{ currency: Currency, date: Date, term: Period }}

product Server "Server" {{
  option region: Region
  option edition: Edition
  option units: Int from 1 to 100_000
  charge rent "Rent": recurring monthly per units
}}

price book List "List" {{
  currency {}
  effective from 2026-01-01
  round half even to currency
  {book}
}}
"#,
        enums(),
        CURRENCIES.join(", "),
    )
}

/// One price, for rulesets about other tables.
const ONE_PRICE: &str = "price Server.rent\n    | currency || price |\n    | *        || 1.00  |";

fn prices(folder: &Path, rows: usize) -> Result<(), Failure> {
    let heading = "charge,account.contract,region,edition,currency,units,price";
    let file = csv(heading, "Server.rent,", rows)?;
    ruleset(folder, "prices", &rules("prices from \"table.csv\""), "")?;
    Ok(fs::write(folder.join("table.csv"), file)?)
}

fn rates(folder: &Path, rows: usize) -> Result<(), Failure> {
    let table = r#"
table rate(contract: Text, region: Region, edition: Edition, currency: Currency, units: Int from 1 to 100_000):
  Decimal with 2 decimals, unique from "table.csv"
result rate_found "Rate": Decimal with 2 decimals = rate(account.contract, Isles, Pro, quote.currency, 250) otherwise 0.00
"#;
    let file = csv("contract,region,edition,currency,units,rate", "", rows)?;
    ruleset(folder, "rates", &rules(ONE_PRICE), table)?;
    Ok(fs::write(folder.join("table.csv"), file)?)
}

fn cells(folder: &Path, rows: usize) -> Result<(), Failure> {
    let data = r#"
record Rate {
  contract: Text,
  region: Region,
  edition: Edition,
  currency: Currency,
  units: Text,
  rate: Decimal from 0 to 1_000_000 with 2 decimals
}
data rates: list of Rate from "table.csv"
result rate_found "Rate" = sum of r.rate for r in rates where r.contract is account.contract and r.region is Isles and r.edition is Pro
"#;
    let file = csv("contract,region,edition,currency,units,rate", "", rows)?;
    ruleset(folder, "cells", &rules(ONE_PRICE), data)?;
    Ok(fs::write(folder.join("table.csv"), file)?)
}

fn workbook(folder: &Path, rows: usize) -> Result<(), Failure> {
    let mut sheet = Worksheet::new();
    sheet.set_name("EU")?;
    let headings = [
        "account.contract",
        "region",
        "edition",
        "currency",
        "units",
        "price",
    ];
    for (column, heading) in (0..).zip(headings) {
        sheet.write(0, column, heading)?;
    }
    for number in 0..rows {
        let at = u32::try_from(number + 1)?;
        let row = row(number);
        for (column, cell) in (0..).zip(row) {
            match cell.parse::<f64>() {
                Ok(price) if column == 5 => sheet.write(at, column, price)?,
                _ => sheet.write(at, column, cell)?,
            };
        }
    }
    let mut workbook = Workbook::new();
    workbook.push_worksheet(sheet);
    let book = rules("price Server.rent from \"table.xlsx\" sheet \"EU\"");
    ruleset(folder, "workbook", &book, "")?;
    Ok(workbook.save(folder.join("table.xlsx"))?)
}

fn csv(heading: &str, before: &str, rows: usize) -> Result<String, Failure> {
    let mut text = format!("{heading}\n");
    for number in 0..rows {
        writeln!(text, "{before}{}", row(number).join(","))?;
    }
    Ok(text)
}

fn ruleset(folder: &Path, name: &str, rules: &str, more: &str) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let header = format!("ruleset scale.{name} 1.0.0\nlanguage 1\neffective from 2026-01-01\n");
    fs::write(folder.join("ruleset.quo"), header)?;
    Ok(fs::write(
        folder.join("rules.quo"),
        format!("{rules}\n{more}"),
    )?)
}
