//! Small rulesets that compile, with requests for them, made by chance.
//!
//! A ruleset with its tables and a request is one text, so that it can be damaged, kept and made smaller like any other:
//! a line `=== path` before each file.

use std::fmt::Write as _;

use crate::random::Random;

/// The path of the request among the files of a bundle.
pub const REQUEST: &str = "request.json";

/// Files as one text.
#[must_use]
pub fn bundle<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    let mut text = String::new();
    for (path, content) in files {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "=== {path}");
        text.push_str(content);
        if !content.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// The files of a text; of two with one path the first counts.
#[must_use]
pub fn files(bundle: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in bundle.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("=== ") {
            files.push((path.trim().to_owned(), String::new()));
        } else if let Some((_, content)) = files.last_mut() {
            content.push_str(line);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|(path, _)| seen.insert(path.clone()));
    files
}

/// A ruleset and a request for it.
#[must_use]
pub fn ruleset(random: &mut Random) -> String {
    let mut maker = Maker::new(random);
    let rules = maker.rules();
    let prices = maker.imported_prices();
    let request = maker.request();
    let header = "ruleset made.up 1.0.0\nlanguage 1\neffective from 2026-01-01\nowner \"Nobody\"\n";
    bundle([
        ("ruleset.quo", header),
        ("rules.quo", rules.as_str()),
        ("prices/imported.csv", prices.as_str()),
        (REQUEST, request.as_str()),
    ])
}

struct Maker<'r> {
    random: &'r mut Random,
    currencies: Vec<&'static str>,
    kinds: usize,
    levels: usize,
    /// The largest quantity of each product.
    products: Vec<usize>,
    text: String,
}

impl<'r> Maker<'r> {
    fn new(random: &'r mut Random) -> Self {
        let currencies = match random.below(3) {
            0 => vec!["EUR"],
            1 => vec!["EUR", "JPY"],
            _ => vec!["EUR", "USD", "KWD"],
        };
        let products = (0..=random.below(3))
            .map(|_| 10 + random.below(5_000))
            .collect();
        Self {
            kinds: 2 + random.below(3),
            levels: 2 + random.below(3),
            currencies,
            products,
            text: String::new(),
            random,
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn rules(&mut self) -> String {
        let names = |letter: &str, count| {
            (0..count)
                .map(|at| format!("{letter}{at}"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (kinds, levels) = (names("Kind", self.kinds), names("Level", self.levels));
        let currencies = self.currencies.join(", ");
        self.line(&format!(
            "enum Kind {{ {kinds} }}\nordered enum Level {{ {levels} }}"
        ));
        self.line("facts account { size: Int from 0 to 10_000, kind: Kind, vip: Bool = no, contract: Text? }");
        self.line("facts quote { currency: Currency, date: Date, term: Period }");
        self.line(&format!(
            "currencies {currencies}\nrole Rep, Desk, Chief\nsystem Billing, Shipping"
        ));
        let amounts: Vec<_> = self
            .currencies
            .iter()
            .map(|currency| format!("1_000 {currency}"))
            .collect();
        self.line(&format!("amount large = {}", amounts.join(", ")));
        self.line("category Things");
        for nth in 0..self.random.below(3) {
            let condition = self.condition(2);
            self.line(&format!("define known{nth}: Bool = {condition}"));
        }
        for nth in 0..self.products.len() {
            self.product(nth);
        }
        self.book();
        self.adjustments();
        if self.random.chance(60) {
            self.approval();
        }
        for nth in 0..self.random.below(3) {
            let condition = self.condition(2);
            let word = *self.random.pick(&["require", "warn"]);
            self.line(&format!("{word} \"rule number {nth}\":\n  {condition}"));
        }
        if self.random.chance(50) {
            self.line("fulfil P0 {\n  billing on Billing\n  ship on Shipping after billing, try 3 times within 2 hours\n}");
        }
        std::mem::take(&mut self.text)
    }

    fn product(&mut self, nth: usize) {
        let most = self.products.get(nth).copied().unwrap_or(10);
        self.line(&format!(
            "product P{nth} \"Product {nth}\" in Things {{\n  sku \"P-{nth}\""
        ));
        self.line(&format!("  option seats: Int from 1 to {most}\n  option level: Level = Level0\n  option extra: Bool = no"));
        let unit = *self.random.pick(&[
            "per seats",
            "per 10 started of seats",
            "per 7 whole of seats",
        ]);
        self.line(&format!(
            "  charge fee \"Fee\": recurring monthly {unit}\n  charge setup \"Setup\": one time\n}}"
        ));
    }

    fn book(&mut self) {
        let currencies = self.currencies.clone();
        self.line(&format!(
            "price book List \"List\" {{\n  currency {}",
            currencies.join(", ")
        ));
        let mode = *self.random.pick(&[
            "half up",
            "half even",
            "half down",
            "up",
            "down",
            "ceiling",
            "floor",
        ]);
        self.line(&format!(
            "  effective 2026-01-01 to 2027-12-31, last day included\n  round {mode} to currency"
        ));
        for nth in 0..self.products.len() {
            if nth == 0 {
                self.line("  price P0.fee from \"prices/imported.csv\"");
            } else {
                let graduated = self.random.chance(50);
                let cut = 1 + self
                    .random
                    .below(self.products.get(nth).copied().unwrap_or(10) - 1);
                self.line(&format!(
                    "  price P{nth}.fee{}",
                    if graduated {
                        ", graduated by seats"
                    } else {
                        ""
                    }
                ));
                self.line("    | currency | seats || price |");
                for currency in &currencies {
                    let (first, second) = (self.price(), self.price());
                    self.line(&format!("    | {currency} | 1 to {cut} || {first} |\n    | {currency} | above {cut} || {second} |"));
                }
            }
            self.line(&format!("  price P{nth}.setup\n    | currency || price |"));
            for currency in &currencies {
                let price = self.price();
                self.line(&format!("    | {currency} || {price} |"));
            }
        }
        self.line("}");
    }

    fn price(&mut self) -> String {
        match self.random.below(4) {
            0 => "0".to_owned(),
            1 => self.random.below(1_000_000).to_string(),
            2 => format!("{}.{:02}", self.random.below(1_000), self.random.below(100)),
            _ => format!("{}.{:04}", self.random.below(10), self.random.below(10_000)),
        }
    }

    fn imported_prices(&mut self) -> String {
        let mut text = "currency,level,seats,price\n".to_owned();
        let most = self.products.first().copied().unwrap_or(10);
        for currency in self.currencies.clone() {
            for level in 0..self.levels {
                let cut = 1 + self.random.below(most - 1);
                let (first, second) = (self.price(), self.price());
                let _ = write!(
                    text,
                    "{currency},Level{level},1 to {cut},{first}\n{currency},Level{level},above {cut},{second}\n"
                );
            }
        }
        text
    }

    fn adjustments(&mut self) {
        self.line("adjust in stages: item, then order");
        let combine = *self.random.pick(&[
            "the largest saving wins on each charge",
            "the largest saving wins on the quote",
            "the first that applies counts on the quote",
            "all add up",
        ]);
        self.line(&format!(
            "group Several in stage item, priority 50: {combine}"
        ));
        for nth in 0..self.random.below(4) {
            let condition = self.condition(2);
            let percent = self.random.below(101);
            let base = *self.random.pick(&["list", "what is left"]);
            let on = *self.random.pick(&[
                "all charges",
                "recurring charges of P0",
                "P0.setup",
                "one time charges",
            ]);
            let stage = *self.random.pick(&["item", "order"]);
            self.line(&format!(
                "discount D{nth} \"Discount {nth}\" {{\n  on {on}\n  when {condition}"
            ));
            let does = self.effect(percent, base);
            let place = if self.random.chance(30) {
                "group Several".to_owned()
            } else {
                format!("stage {stage}")
            };
            self.line(&format!("{does}  {place}\n  priority {}\n}}", nth + 1));
        }
        if self.random.chance(50) {
            self.line("discount Asked \"Asked\" {\n  on recurring charges\n  asked for by Rep as Percent from 0% to 60% with 2 decimals");
            self.line("  take asked of what is left\n  stage order\n  priority 90\n}");
        }
        if self.random.chance(30) {
            self.line("floor P0.fee at 35% of list");
        }
    }

    /// What a discount does: to each charge, to all of them, or to some units.
    fn effect(&mut self, percent: usize, base: &str) -> String {
        let mut text = match self.random.below(6) {
            0 => format!("  add {percent}% of {base}\n"),
            1 => format!("  take {percent}% of {base} off 2 units of each charge\n"),
            2 => format!("  take {percent}% of {base} off 3 units, dearest first\n"),
            3 => format!(
                "  for every 2 units of all charges, cheapest first\n  take {percent}% of {base} off 1 of those units, dearest first, at most 5 times\n"
            ),
            4 => "  price at most large each unit\n".to_owned(),
            _ => format!("  take {percent}% of {base}\n"),
        };
        if self.random.chance(20) {
            text.push_str("  alone unless an earlier one applies\n");
        }
        text
    }

    fn approval(&mut self) {
        self.line("approval Deal \"Deal\" {\n  let off = (total of list - total of net) as percent of total of list, rounded half up to 2 places, otherwise 0%");
        self.line("  let value = total of net\n  first match\n  | off | value | account.kind || approver | within |");
        let first = self.random.below(50);
        self.line(&format!("  | up to {first}% | < large | * || none | - |"));
        self.line("  | * | * | Kind0 || Desk or Chief | 8 hours |\n  | * | * | * || Desk then Chief | 2 days |\n  never the requester\n}");
    }

    /// A condition over the facts.
    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.chance(50) {
            let (left, right) = (self.condition(depth - 1), self.condition(depth - 1));
            let word = *self.random.pick(&["and", "or", "implies"]);
            return match self.random.below(3) {
                0 => format!("not ({left})"),
                _ => format!("({left}) {word} ({right})"),
            };
        }
        let number = self.random.below(9_000);
        let (kind, other) = (self.random.below(self.kinds), self.random.below(self.kinds));
        let sign = *self.random.pick(&["<", "<=", ">", ">=", "is", "is not"]);
        match self.random.below(8) {
            0 => format!("account.kind is Kind{kind}"),
            1 => format!("account.kind in {{ Kind{kind}, Kind{other} }}"),
            2 => "account.vip is yes".to_owned(),
            3 => "account.contract is absent".to_owned(),
            4 => format!("quote.term >= {} months", 1 + number % 60),
            5 => format!("account.size * 3 - {number} {sign} {}", number / 2),
            6 => format!(
                "(account.size / {}, rounded half up to 3 places, otherwise 0) >= 1.5",
                1 + number % 7
            ),
            _ => format!("account.size {sign} {number}"),
        }
    }

    fn request(&mut self) -> String {
        let mut lines = Vec::new();
        for nth in 0..=self.random.below(4) {
            let product = self.random.below(self.products.len());
            let seats = 1 + self
                .random
                .below(self.products.get(product).copied().unwrap_or(1));
            let level = self.random.below(self.levels);
            lines.push(format!(
                "{{\"id\":\"{}\",\"product\":\"P{product}\",\"options\":{{\"seats\":{seats},\"level\":\"Level{level}\"}}}}",
                nth + 1
            ));
        }
        let currency = *self.random.pick(&self.currencies);
        let (size, kind) = (self.random.below(10_001), self.random.below(self.kinds));
        let (month, day) = (1 + self.random.below(12), 1 + self.random.below(28));
        format!(
            "{{\n\"facts\":{{\"account\":{{\"size\":{size},\"kind\":\"Kind{kind}\"}},\n\"quote\":{{\"currency\":\"{currency}\",\"date\":\"2026-{month:02}-{day:02}\",\"term\":\"{} months\"}}}},\n\"lines\":[\n{}\n]}}\n",
            1 + self.random.below(48),
            lines.join(",\n")
        )
    }
}
