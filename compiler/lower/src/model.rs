//! The model as a whole: declarations, and everything else in the order of the rules.

use quo_analysis::hir::{self, Named};
use quo_analysis::types::Value;
use quo_model::{ABSENT, AmountDef, Book, CurrencyDef, EnumDef, FactDef};
use quo_model::{Meta, Model, OptionDef, Part, PartDefault, Product, Program, UnitDef};
use quo_source::{FileId, Span};

use crate::code::Purpose;
use crate::constants::{encode, number_of, shown_type};
use crate::context::{Context, days};
use crate::limits;

/// Lowers everything but the program and the tables, which stay in the context.
pub(crate) fn lower(context: &mut Context<'_>, with_probes: bool) -> Model {
    let rules = context.rules;
    context.prepare();
    let nowhere = FileId(0).span(0, 0);
    let (effective_from, effective_to) = days(rules.effective);
    Model {
        meta: Meta {
            ruleset: context.string(&rules.name),
            version: rules.version,
            edition: rules.edition,
            effective_from,
            effective_to,
            money_scale: rules.money_scale(),
        },
        strings: context.strings.to_model(),
        currencies: currencies(context),
        enums: rules
            .enums
            .iter()
            .map(|declared| context.enumeration(declared))
            .collect(),
        units: units(context),
        facts: rules.facts.iter().map(|fact| context.fact(fact)).collect(),
        fact_currency: context.index(rules.fact_currency, nowhere),
        fact_date: context.index(rules.fact_date, nowhere),
        fact_term: context.index(rules.fact_term, nowhere),
        roles: context.names(&rules.roles),
        systems: context.names(&rules.systems),
        amounts: amounts(context),
        categories: context.names(&rules.categories),
        products: products(context),
        charges: rules
            .charges
            .iter()
            .map(|charge| context.charge(charge))
            .collect(),
        rules: rules.rules.iter().map(|rule| context.rule(rule)).collect(),
        quote_rules: context.indexes(&rules.quote_rules, nowhere),
        levels: rules
            .levels
            .iter()
            .map(|level| context.string(level))
            .collect(),
        books: rules.books.iter().map(|book| context.book(book)).collect(),
        stages: rules
            .stages
            .iter()
            .map(|stage| context.string(stage))
            .collect(),
        adjustments: rules
            .adjustments
            .iter()
            .map(|it| context.adjustment(it))
            .collect(),
        groups: rules
            .groups
            .iter()
            .map(|group| context.group(group))
            .collect(),
        steps: context.steps(nowhere),
        approvals: rules
            .approvals
            .iter()
            .map(|approval| context.approval(approval))
            .collect(),
        fulfilments: rules
            .fulfilments
            .iter()
            .map(|it| context.fulfilment(it))
            .collect(),
        records: context.records(),
        elements: context.elements(nowhere),
        charge_record: context.optional_index(rules.charge_record, nowhere),
        data: Vec::new(),
        indexes: Vec::new(),
        results: context.results(),
        probes: if with_probes {
            context.probes()
        } else {
            Vec::new()
        },
        qualifications: context.qualifications(),
        validities: context.validities(),
        clauses: context.clauses(),
        tables: Vec::new(),
        program: Program::default(),
    }
}

fn currencies(context: &mut Context<'_>) -> Vec<CurrencyDef> {
    let currencies = context.rules.currencies.iter();
    currencies
        .map(|currency| CurrencyDef {
            code: context.string(currency.code()),
            minor_units: currency.minor_units(),
        })
        .collect()
}

fn units(context: &mut Context<'_>) -> Vec<UnitDef> {
    let units = context.rules.units.iter();
    units
        .map(|unit| UnitDef {
            one: context.string(&unit.name),
            many: context.string(&unit.plural),
        })
        .collect()
}

fn amounts(context: &mut Context<'_>) -> Vec<AmountDef> {
    let amounts = context.rules.amounts.iter();
    amounts
        .map(|amount| AmountDef {
            name: context.string(&amount.name),
            values: amount.values.clone(),
        })
        .collect()
}

fn products(context: &mut Context<'_>) -> Vec<Product> {
    let products = context.rules.products.iter().enumerate();
    products
        .map(|(number, product)| context.product(number, product))
        .collect()
}

impl Context<'_> {
    fn names(&mut self, named: &[Named]) -> Vec<u32> {
        named.iter().map(|named| self.string(&named.name)).collect()
    }

    fn enumeration(&mut self, declared: &hir::Enum) -> EnumDef {
        EnumDef {
            name: self.string(&declared.name),
            values: declared
                .values
                .iter()
                .map(|value| self.string(value))
                .collect(),
            ordered: declared.ordered,
        }
    }

    fn fact(&mut self, fact: &hir::Fact) -> FactDef {
        FactDef {
            group: self.string(&fact.group),
            name: self.string(&fact.name),
            ty: shown_type(fact.ty).unwrap_or(quo_model::ValueType::Bool),
            optional: fact.optional,
            default: self.default(fact.default.as_ref(), fact.span),
            hidden: self.indexes(&fact.hidden, fact.span),
        }
    }

    pub(crate) fn default(&mut self, value: Option<&Value>, span: Span) -> i64 {
        let Some(value) = value else { return ABSENT };
        encode(value, &self.strings).unwrap_or_else(|| {
            self.report(limits::number_too_large(span));
            ABSENT
        })
    }

    fn product(&mut self, number: usize, product: &hir::Product) -> Product {
        let (sold_from, sold_to) = days(product.sold);
        let fulfilments = &self.rules.fulfilments;
        let fulfilment = fulfilments
            .iter()
            .position(|fulfilment| fulfilment.product == number);
        Product {
            name: self.string(&product.name),
            title: self.string(&product.title),
            sku: self.string(product.sku.as_deref().unwrap_or_default()),
            skus: product
                .skus
                .as_ref()
                .map(|skus| self.skus(skus, product.span)),
            category: self.optional_index(product.category, product.span),
            sold_from,
            sold_to,
            options: product
                .options
                .iter()
                .map(|option| self.option(option))
                .collect(),
            parts: product
                .parts
                .iter()
                .map(|part| self.lower_part(number, part))
                .collect(),
            charges_at: self.index(product.charges.start, product.span),
            charges_len: self.index(product.charges.len(), product.span),
            constraints: self.indexes(&product.constraints, product.span),
            eligibility: self.indexes(&product.eligibility, product.span),
            fulfilment: self.optional_index(fulfilment, product.span),
        }
    }

    fn option(&mut self, option: &hir::ProductOption) -> OptionDef {
        OptionDef {
            name: self.string(&option.name),
            of_line: option.of_line,
            optional: option.optional,
            ty: shown_type(option.ty).unwrap_or(quo_model::ValueType::Bool),
            domain: self.domain(option),
            default: self.default(option.default.as_ref(), option.span),
        }
    }

    fn lower_part(&mut self, bundle: usize, part: &hir::Part) -> Part {
        let defaults = part.defaults.iter().map(|default| {
            let purpose = Purpose::item(bundle, default.value.span);
            let product = self.rules.products.get(default.product);
            let option = product.and_then(|product| product.options.get(default.option));
            let scale = option.map_or(0, |option| number_of(option.ty).scale);
            PartDefault {
                product: self.index(default.product, part.span),
                option: self.index(default.option, part.span),
                routine: self.narrow_routine(purpose, &default.value, scale),
            }
        });
        let defaults = defaults.collect();
        Part {
            name: self.string(&part.name),
            min: part.min,
            max: part.max,
            many: part.many,
            kinds: self.indexes(&part.kinds, part.span),
            defaults,
        }
    }

    fn book(&mut self, book: &hir::Book) -> Book {
        let (from, to) = days(book.effective);
        let when = book.when.as_ref();
        let purpose = Purpose::quote(when.map_or(book.span, |when| when.span));
        Book {
            name: self.string(&book.name),
            title: self.string(&book.title),
            level: book.level.map_or(0, |level| self.index(level, book.span)),
            currencies: self.indexes(&book.currencies, book.span),
            from,
            to,
            when: self.condition(purpose, when),
            replaces: self.optional_index(book.replaces, book.span),
            rounding: book.rounding.code(),
        }
    }
}
