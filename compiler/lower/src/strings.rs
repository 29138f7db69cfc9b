//! The first pass: every string the model will need, so that numbers are final before code and tables are made.
//!
//! A string that is compared at run time is a number in constants, sets and hashed cells; renumbering those afterwards
//! would mean knowing which numbers are strings.

use std::borrow::Cow;
use std::collections::HashMap;

use quo_analysis::hir::{
    Adjustment, Approval, Book, Cell, Charge, Expr, ExprKind, Floor, Fulfilment,
};
use quo_analysis::hir::{Named, Product, Row, Rule, RuleBody, Rules, Table};
use quo_analysis::tests_hir::Expected;
use quo_analysis::types::Value;
use quo_model::Strings;

/// Strings with their final numbers.
#[derive(Debug)]
pub(crate) struct StringIds<'r> {
    sorted: Vec<Cow<'r, str>>,
    ids: HashMap<Cow<'r, str>, u32>,
}

impl<'r> StringIds<'r> {
    /// All strings of these rules.
    pub(crate) fn of(rules: &'r Rules, with_probes: bool) -> Self {
        let mut collector = Collector::default();
        collector.rules(rules);
        collector.calculations(rules);
        if with_probes {
            collector.probes(rules);
        }
        let mut sorted = collector.0;
        // Row by row they often are in order already, which a stable sort makes use of.
        sorted.sort();
        sorted.dedup();
        // Numbers follow the sorted order; a count beyond 32 bits is refused by the writer of packages.
        let ids = sorted.iter().cloned().zip(0_u32..).collect();
        Self { sorted, ids }
    }

    /// The number of a string of the rules; `None` for any other.
    pub(crate) fn get(&self, text: &str) -> Option<u32> {
        self.ids.get(text).copied()
    }

    /// The strings as the model holds them.
    pub(crate) fn to_model(&self) -> Strings {
        Strings::sorted(self.sorted.iter().map(AsRef::as_ref))
    }
}

/// Stable id of something declared inside a product.
pub(crate) fn member_id(product: &str, name: &str) -> String {
    format!("{product}.{name}")
}

/// Heading of the column that repeats a row for every currency.
pub(crate) const CURRENCY_COLUMN: &str = "currency";

/// What the kinds of charges are called where calculations look at them.
const CHARGE_KINDS: [&str; 3] = ["one time", "recurring", "usage"];

/// Strings as they are met, again and again.
#[derive(Default)]
struct Collector<'r>(Vec<Cow<'r, str>>);

impl<'r> Collector<'r> {
    fn add(&mut self, text: &'r str) {
        if self.0.last().is_none_or(|last| last != text) {
            self.0.push(Cow::Borrowed(text));
        }
    }

    fn named(&mut self, named: &'r [Named]) {
        named.iter().for_each(|named| self.add(&named.name));
    }

    fn rules(&mut self, rules: &'r Rules) {
        self.add("");
        self.add(CURRENCY_COLUMN);
        self.add(&rules.name);
        for currency in &rules.currencies {
            self.add(currency.code());
        }
        for declared in &rules.enums {
            self.add(&declared.name);
            declared.values.iter().for_each(|value| self.add(value));
        }
        for unit in &rules.units {
            self.add(&unit.name);
            self.add(&unit.plural);
        }
        for fact in &rules.facts {
            self.add(&fact.group);
            self.add(&fact.name);
            self.optional_value(fact.default.as_ref());
        }
        self.named(&rules.roles);
        self.named(&rules.systems);
        self.named(&rules.categories);
        rules
            .amounts
            .iter()
            .for_each(|amount| self.add(&amount.name));
        rules
            .products
            .iter()
            .for_each(|product| self.product(product));
        for charge in &rules.charges {
            self.charge(rules, charge);
        }
        rules.rules.iter().for_each(|rule| self.rule(rule));
        rules.levels.iter().for_each(|level| self.add(level));
        rules.books.iter().for_each(|book| self.book(book));
        rules.stages.iter().for_each(|stage| self.add(stage));
        rules
            .adjustments
            .iter()
            .for_each(|adjustment| self.adjustment(adjustment));
        for group in &rules.groups {
            self.add(&group.name);
            self.add(&group.title);
        }
        rules
            .approvals
            .iter()
            .for_each(|approval| self.approval(approval));
        for fulfilment in &rules.fulfilments {
            self.fulfilment(rules, fulfilment);
        }
        self.terms(rules);
    }

    fn terms(&mut self, rules: &'r Rules) {
        for found in &rules.qualifications {
            self.add(&found.id);
            self.add(&found.message);
            self.add(&found.named);
            self.expr(&found.day);
            found.when.iter().for_each(|when| self.expr(when));
        }
        for found in &rules.validities {
            self.add(&found.title);
            self.expr(&found.day);
        }
        for clause in &rules.clauses {
            self.add(&clause.name);
            self.add(&clause.title);
            self.add(&clause.text);
            clause.when.iter().for_each(|when| self.expr(when));
        }
    }

    fn calculations(&mut self, rules: &'r Rules) {
        for record in &rules.records {
            self.add(&record.name);
            for field in &record.fields {
                self.add(&field.name);
                self.optional_value(field.default.as_ref());
            }
        }
        if rules.charge_record.is_some() {
            CHARGE_KINDS.iter().for_each(|kind| self.add(kind));
        }
        for data in &rules.data {
            data.values.iter().flatten().for_each(|it| self.value(it));
        }
        for function in rules.functions.iter().take(rules.functions_of_tests) {
            self.expr(&function.body);
        }
        for table in &rules.decision_tables {
            self.table(&table.table);
            let outcomes = table.outcomes.iter().flat_map(|outcome| &outcome.values);
            outcomes.for_each(|value| self.expr(value));
        }
        for result in &rules.results {
            self.add(&result.name);
            self.add(&result.title);
            self.expr(&result.value);
        }
    }

    fn probes(&mut self, rules: &'r Rules) {
        for function in rules.functions.iter().skip(rules.functions_of_tests) {
            self.expr(&function.body);
        }
        for expectation in rules.tests.iter().flat_map(|test| &test.expectations) {
            if let Expected::Value { actual, expected } = &expectation.kind {
                self.expr(actual);
                expected.iter().for_each(|expected| self.expr(expected));
            }
        }
    }

    fn optional_value(&mut self, value: Option<&'r Value>) {
        if let Some(value) = value {
            self.value(value);
        }
    }

    fn value(&mut self, value: &'r Value) {
        if let Value::Text(text) = value {
            self.add(text);
        }
    }

    fn product(&mut self, product: &'r Product) {
        self.add(&product.name);
        self.add(&product.title);
        self.add(product.sku.as_deref().unwrap_or_default());
        if let Some(skus) = &product.skus {
            self.table(&skus.table);
            skus.skus.iter().for_each(|sku| self.add(sku));
        }
        for option in &product.options {
            self.add(&option.name);
            option.domain.iter().for_each(|value| self.value(value));
            self.optional_value(option.default.as_ref());
        }
        for part in &product.parts {
            self.add(&part.name);
            part.defaults
                .iter()
                .for_each(|default| self.expr(&default.value));
        }
    }

    fn charge(&mut self, rules: &'r Rules, charge: &'r Charge) {
        self.add(&charge.name);
        self.add(&charge.title);
        self.member(rules, charge.product, &charge.name);
        charge.quantity.of.iter().for_each(|of| self.expr(of));
        for prices in &charge.prices {
            let rows = &prices.rows;
            self.table(&rows.table);
            [&rows.formula, &rows.included, &rows.least, &rows.most]
                .into_iter()
                .flatten()
                .for_each(|expr| self.expr(expr));
        }
        for target in &charge.adjustments {
            target
                .expressions()
                .into_iter()
                .for_each(|found| self.expr(found));
        }
        charge.floors.iter().for_each(|floor| self.floor(floor));
    }

    fn member(&mut self, rules: &'r Rules, product: usize, name: &'r str) {
        if let Some(product) = rules.products.get(product) {
            self.0.push(Cow::Owned(member_id(&product.name, name)));
        }
    }

    fn floor(&mut self, floor: &'r Floor) {
        self.add(&floor.id);
        self.add(&floor.title);
        self.expr(&floor.least);
    }

    fn rule(&mut self, rule: &'r Rule) {
        self.add(&rule.id);
        self.add(&rule.message);
        rule.when.iter().for_each(|when| self.expr(when));
        match &rule.body {
            RuleBody::Expr(expr) => self.expr(expr),
            RuleBody::Table(table) => self.table(table),
        }
    }

    fn book(&mut self, book: &'r Book) {
        self.add(&book.name);
        self.add(&book.title);
        book.when.iter().for_each(|when| self.expr(when));
    }

    fn adjustment(&mut self, adjustment: &'r Adjustment) {
        self.add(&adjustment.name);
        self.add(&adjustment.title);
        adjustment.codes.iter().for_each(|code| self.add(code));
        adjustment
            .expressions()
            .into_iter()
            .for_each(|found| self.expr(found));
    }

    fn approval(&mut self, approval: &'r Approval) {
        self.add(&approval.name);
        self.add(&approval.title);
        self.table(&approval.table);
    }

    fn fulfilment(&mut self, rules: &'r Rules, fulfilment: &'r Fulfilment) {
        for task in &fulfilment.tasks {
            self.add(&task.name);
            self.member(rules, fulfilment.product, &task.name);
            task.after_parts.iter().for_each(|it| self.add(&it.task));
            self.add(task.undo.as_deref().unwrap_or_default());
            task.when.iter().for_each(|when| self.expr(when));
        }
    }

    fn table(&mut self, table: &'r Table) {
        self.add(&table.id);
        for column in &table.columns {
            self.add(&column.name);
            self.expr(&column.expr);
        }
        table.rows.iter().for_each(|row| self.row(row));
    }

    fn row(&mut self, row: &'r Row) {
        self.add(&row.key);
        for cell in &row.cells {
            if let Cell::Values(values) = cell {
                values.iter().for_each(|value| self.value(value));
            }
        }
    }

    fn expr(&mut self, expr: &'r Expr) {
        match &expr.kind {
            ExprKind::Const(value) => self.value(value),
            ExprKind::InSet(_, values) => values.iter().for_each(|value| self.value(value)),
            _ => {}
        }
        expr.children()
            .into_iter()
            .for_each(|child| self.expr(child));
    }
}
