//! Declarations: from items of the tree to checked rules, one file a family of items.

pub mod adjustments;
pub mod approvals;
mod book_prices;
pub mod books;
mod bundles;
pub mod calculations;
pub mod constraints;
mod data;
pub mod defines;
mod derived;
pub mod effects;
mod expectations;
mod floors;
pub mod fulfilment;
pub mod functions;
mod given;
pub mod header;
mod led_to;
pub mod order;
pub mod products;
pub mod promotions;
pub mod quantities;
pub mod records;
pub mod retirement;
mod row_cells;
pub mod selection;
pub mod skus;
pub mod tables;
pub mod terms;
pub mod tests;
pub mod types;
pub mod units;
pub mod vocabulary;

use quo_source::{Code, Diagnostic, FileId, Sources, Span, Work};
use quo_syntax::SyntaxKind;
use quo_syntax::ast::{self, AstNode};

/// An item with the file it stands in.
pub struct Placed<T> {
    /// The file.
    pub file: FileId,
    /// The item.
    pub node: T,
}

/// Every item of a ruleset, sorted by kind.
#[derive(Default)]
pub struct Items {
    /// `ruleset …`
    pub rulesets: Vec<Placed<ast::Ruleset>>,
    /// `language …`
    pub languages: Vec<Placed<ast::LanguageItem>>,
    /// `effective …` of the ruleset.
    pub effectives: Vec<Placed<ast::Effective>>,
    /// `enum …`
    pub enums: Vec<Placed<ast::Enum>>,
    /// `facts …`
    pub facts: Vec<Placed<ast::Facts>>,
    /// `currencies …`
    pub currencies: Vec<Placed<ast::Currencies>>,
    /// `unit …`
    pub units: Vec<Placed<ast::Unit>>,
    /// `role …`
    pub roles: Vec<Placed<ast::Role>>,
    /// `system …`
    pub systems: Vec<Placed<ast::System>>,
    /// `amount …`
    pub amounts: Vec<Placed<ast::Amount>>,
    /// `define …`
    pub defines: Vec<Placed<ast::Define>>,
    /// `use …`
    pub uses: Vec<Placed<ast::Use>>,
    /// `record …`
    pub records: Vec<Placed<ast::Record>>,
    /// `data …`
    pub data: Vec<Placed<ast::Data>>,
    /// `table …`
    pub tables: Vec<Placed<ast::DecisionTable>>,
    /// `result …`
    pub results: Vec<Placed<ast::ResultItem>>,
    /// `category …`
    pub categories: Vec<Placed<ast::Category>>,
    /// `product …`
    pub products: Vec<Placed<ast::Product>>,
    /// `bundle …`
    pub bundles: Vec<Placed<ast::Bundle>>,
    /// Constraints on the quote.
    pub constraints: Vec<Placed<ast::Constraint>>,
    /// `eligible …`
    pub eligibles: Vec<Placed<ast::Eligible>>,
    /// `price book …`
    pub books: Vec<Placed<ast::PriceBook>>,
    /// `choose price by …`
    pub choices: Vec<Placed<ast::ChoosePrice>>,
    /// `discount …` and `promotion …`
    pub adjustments: Vec<Placed<ast::Adjustment>>,
    /// `adjust in stages: …`
    pub stages: Vec<Placed<ast::AdjustStages>>,
    /// `group …`
    pub groups: Vec<Placed<ast::Group>>,
    /// `floor …`
    pub floors: Vec<Placed<ast::Floor>>,
    /// `approval …`
    pub approvals: Vec<Placed<ast::Approval>>,
    /// `fulfil …`
    pub fulfils: Vec<Placed<ast::Fulfil>>,
    /// `qualify …`
    pub qualifies: Vec<Placed<ast::Qualify>>,
    /// `quote valid until …`
    pub quote_valids: Vec<Placed<ast::QuoteValid>>,
    /// `clause …`
    pub clauses: Vec<Placed<ast::Clause>>,
    /// `test …`
    pub tests: Vec<Placed<ast::Test>>,
}

/// What every declaration needs: the files, the budget and a place for diagnostics.
pub struct Context<'a> {
    /// All files, for tables.
    pub sources: &'a Sources,
    /// How much work may be done.
    pub work: &'a Work,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Items {
    /// Puts the items of each kind in the order of what they say. Functions and types of lists are numbered as they are
    /// first met, and neither the files nor the place in them may show in that. Where the order is the author's, it stays.
    pub fn sort(&mut self) {
        macro_rules! sort {
            ($($list:ident),*) => {
                $(self.$list.sort_by_cached_key(|item| said(&item.node));)*
            };
        }
        sort!(
            enums, facts, currencies, units, roles, systems, amounts, defines, uses, records
        );
        sort!(
            data,
            tables,
            results,
            categories,
            products,
            bundles,
            constraints,
            eligibles,
            books
        );
        sort!(adjustments, groups, approvals, qualifies, clauses);
    }

    /// Adds an item to those of its kind.
    pub fn add(&mut self, file: FileId, item: ast::Item) {
        macro_rules! put {
            ($list:ident, $node:expr) => {
                self.$list.push(Placed { file, node: $node })
            };
        }
        match item {
            ast::Item::Ruleset(node) => put!(rulesets, node),
            ast::Item::Language(node) => put!(languages, node),
            ast::Item::Effective(node) => put!(effectives, node),
            ast::Item::Owner(_) => {}
            ast::Item::Enum(node) => put!(enums, node),
            ast::Item::Facts(node) => put!(facts, node),
            ast::Item::Currencies(node) => put!(currencies, node),
            ast::Item::Unit(node) => put!(units, node),
            ast::Item::Role(node) => put!(roles, node),
            ast::Item::System(node) => put!(systems, node),
            ast::Item::Amount(node) => put!(amounts, node),
            ast::Item::Define(node) => put!(defines, node),
            ast::Item::Use(node) => put!(uses, node),
            ast::Item::Record(node) => put!(records, node),
            ast::Item::Data(node) => put!(data, node),
            ast::Item::DecisionTable(node) => put!(tables, node),
            ast::Item::Result(node) => put!(results, node),
            ast::Item::Category(node) => put!(categories, node),
            ast::Item::Product(node) => put!(products, node),
            ast::Item::Bundle(node) => put!(bundles, node),
            ast::Item::Constraint(node) => put!(constraints, node),
            ast::Item::Eligible(node) => put!(eligibles, node),
            ast::Item::PriceBook(node) => put!(books, node),
            ast::Item::ChoosePrice(node) => put!(choices, node),
            ast::Item::Discount(node) => put!(adjustments, ast::Adjustment::Discount(node)),
            ast::Item::Promotion(node) => put!(adjustments, ast::Adjustment::Promotion(node)),
            ast::Item::AdjustStages(node) => put!(stages, node),
            ast::Item::Group(node) => put!(groups, node),
            ast::Item::Floor(node) => put!(floors, node),
            ast::Item::Approval(node) => put!(approvals, node),
            ast::Item::Fulfil(node) => put!(fulfils, node),
            ast::Item::Qualify(node) => put!(qualifies, node),
            ast::Item::QuoteValid(node) => put!(quote_valids, node),
            ast::Item::Clause(node) => put!(clauses, node),
            ast::Item::Test(node) => put!(tests, node),
        }
    }
}

/// The words of an item, whatever stands between them.
fn said(node: &impl AstNode) -> Vec<String> {
    let elements = node.syntax().descendants_with_tokens();
    let tokens = elements.filter_map(|element| element.into_token());
    tokens
        .filter(|token| !token.kind().is_trivia())
        .map(|token| token.text().to_owned())
        .collect()
}

/// Says which clauses a declaration lacks, all at once; nothing where it was not understood to its end, as a clause may
/// stand in what was not.
fn missing_clauses(
    node: &impl AstNode,
    name: &str,
    span: Span,
    code: Code,
    clauses: &[(&str, &str, bool)],
) -> Option<Diagnostic> {
    let mut inside = node.syntax().descendants_with_tokens();
    if inside.any(|element| element.kind() == SyntaxKind::ERROR) {
        return None;
    }
    let missing = || clauses.iter().filter(|(_, _, there)| !there);
    let list = |texts: Vec<String>| texts.join(", ");
    let names = list(
        missing()
            .map(|(clause, ..)| format!("`{clause} …`"))
            .collect(),
    );
    let examples = list(
        missing()
            .map(|(_, example, _)| format!("`{example}`"))
            .collect(),
    );
    if names.is_empty() {
        return None;
    }
    let message = format!("`{name}` does not say {names}");
    Some(
        Diagnostic::error(code, message)
            .at(span, "declared here")
            .note(format!("such as {examples}")),
    )
}
