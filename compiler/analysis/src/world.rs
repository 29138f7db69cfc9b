//! What is declared: the names of a ruleset with what they stand for, as far as expressions need to know it.
//!
//! Built in two steps (vocabulary, then products), read by everything after. Indexes follow the order of the names, never
//! that of the files.

use std::cell::RefCell;

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};
use quo_value::Currency;

use crate::decl::functions::Declared;
use crate::hir::{
    Amount, Charge, Data, Enum, Expr, Fact, Function, MeasureUnit, Named, Parameter, Product,
    ProductOption, Record, ResultOf,
};
use crate::show::{Show, nearest};
use crate::types::Type;

/// Everything declared.
#[derive(Default)]
pub struct World {
    /// Currencies sold in, sorted by code.
    pub currencies: Vec<Currency>,
    /// Currencies that were perhaps meant by what is no currency: whoever names them is not wrong, too.
    pub meant_currencies: Vec<Currency>,
    /// Enumerations, sorted by name.
    pub enums: Vec<Enum>,
    /// Units of measure, sorted.
    pub units: Vec<MeasureUnit>,
    /// Facts, sorted by group and name.
    pub facts: Vec<Fact>,
    /// Facts of lines, sorted by name: the first options of every product.
    pub line_facts: Vec<ProductOption>,
    /// Roles, sorted.
    pub roles: Vec<Named>,
    /// Downstream systems, sorted.
    pub systems: Vec<Named>,
    /// Categories, sorted.
    pub categories: Vec<Named>,
    /// Named amounts, sorted.
    pub amounts: Vec<Amount>,
    /// Definitions, sorted.
    pub defines: Vec<Define>,
    /// Records, sorted.
    pub records: Vec<Record>,
    /// Decision tables, sorted.
    pub tables: Vec<Decision>,
    /// Lists of constants, sorted.
    pub data: Vec<Data>,
    /// Private names: what they name, and the file they are known in.
    pub private: Vec<(String, FileId)>,
    /// The files of the standard library that are used.
    pub library: Vec<FileId>,
    /// Named results that have been read, sorted.
    pub results: Vec<ResultOf>,
    /// What is found out while expressions are read.
    pub found: RefCell<Found>,
    /// Products and bundles, sorted.
    pub products: Vec<Product>,
    /// Charges, by product.
    pub charges: Vec<Charge>,
    /// Charges whose declaration has an error: they have a name, and nothing else is said of them.
    pub wrong_charges: Vec<usize>,
    /// Price books, sorted.
    pub books: Vec<Named>,
    /// Adjustments, sorted.
    pub adjustments: Vec<Named>,
    /// Approval matrices, sorted.
    pub approvals: Vec<Named>,
    /// Clauses, sorted.
    pub clauses: Vec<Named>,
    /// Stages in their order.
    pub stages: Vec<String>,
}

/// A named expression.
pub struct Define {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Its file.
    pub file: FileId,
    /// Its declaration.
    pub node: ast::Define,
    /// Its parameters; `None` for a value that has a name only.
    pub parameters: Option<Vec<Declared>>,
    /// Whether it needs itself.
    pub cyclic: bool,
    /// Its checked expression, if it is right.
    pub checked: Option<Expr>,
}

/// A decision table that may be asked: what its rows say is read after the definitions.
pub struct Decision {
    /// Its name.
    pub name: String,
    /// Where it was declared.
    pub span: Span,
    /// Its file.
    pub file: FileId,
    /// Its declaration.
    pub node: ast::DecisionTable,
    /// What is decided on.
    pub parameters: Vec<Parameter>,
    /// Names and types of the outcomes.
    pub outcomes: Vec<Parameter>,
    /// Which row counts.
    pub policy: ast::HitPolicy,
    /// The type of what is decided.
    pub ty: Type,
    /// Whether it is absent where no row holds, and some case has no row.
    pub optional: bool,
    /// The outcome where no row holds, once the definitions are read.
    pub otherwise: Option<Expr>,
}

/// The types of the arguments of a call, and whether they may be absent.
pub type Signature = Vec<(Type, bool)>;

/// What is found out while expressions are read: each list type once, each function for each list of argument types once.
#[derive(Default)]
pub struct Found {
    /// The charges that some book names, by their places.
    pub priced: Vec<Span>,
    /// Types of elements of lists.
    pub elements: Vec<Type>,
    /// Sets of products that items may be.
    pub item_kinds: Vec<Vec<usize>>,
    /// Functions, every one after those it calls.
    pub functions: Vec<Function>,
    /// What calls of each definition have come to: its index, the types of the arguments, the function.
    pub calls: Vec<(usize, Signature, Option<usize>)>,
    /// Definitions whose body was found wrong.
    pub wrong: Vec<usize>,
    /// How many expressions have been read.
    pub read: u64,
    /// How many expressions are being read inside of each other.
    pub depth: u32,
    /// Whether charges of the priced quote were asked for.
    pub charges: bool,
}

/// Something that is found by its name.
pub trait HasName {
    /// The name.
    fn name(&self) -> &str;
    /// Where it was declared.
    fn span(&self) -> Span;
}

macro_rules! has_name {
    ($($type:ty),*) => {$(
        impl HasName for $type {
            fn name(&self) -> &str {
                &self.name
            }
            fn span(&self) -> Span {
                self.span
            }
        }
    )*};
}

has_name!(
    Named,
    Enum,
    MeasureUnit,
    Amount,
    Define,
    Product,
    Charge,
    Fact,
    Record,
    Decision,
    Data,
    ResultOf
);

impl World {
    /// Names for messages.
    #[must_use]
    pub fn show(&self) -> Show<'_> {
        Show {
            enums: &self.enums,
            records: &self.records,
            units: &self.units,
        }
    }

    /// The fact `group.name`.
    #[must_use]
    pub fn fact(&self, group: &str, name: &str) -> Option<usize> {
        self.facts
            .iter()
            .position(|fact| fact.group == group && fact.name == name)
    }

    /// Whether there are facts of this group.
    #[must_use]
    pub fn has_group(&self, group: &str) -> bool {
        self.facts.iter().any(|fact| fact.group == group)
    }

    /// The charge of a product by its name.
    #[must_use]
    pub fn charge(&self, product: usize, name: &str) -> Option<usize> {
        let range = self.products.get(product)?.charges.clone();
        range.into_iter().find(|&index| {
            self.charges
                .get(index)
                .is_some_and(|charge| charge.name == name)
        })
    }

    /// The stable id of a charge: `Product.charge`.
    #[must_use]
    pub fn charge_id(&self, charge: usize) -> String {
        let Some(found) = self.charges.get(charge) else {
            return String::new();
        };
        let product = self
            .products
            .get(found.product)
            .map_or("", |product| product.name.as_str());
        format!("{product}.{}", found.name)
    }

    /// What a name of the ruleset stands for, and where it was declared.
    #[must_use]
    pub fn declared(&self, name: &str) -> Option<(&'static str, Span)> {
        fn place<T: HasName>(items: &[T], name: &str) -> Option<Span> {
            find(items, name)
                .and_then(|index| items.get(index))
                .map(HasName::span)
        }
        [
            ("a product", place(&self.products, name)),
            ("a category", place(&self.categories, name)),
            ("a role", place(&self.roles, name)),
            ("a system", place(&self.systems, name)),
            ("a price book", place(&self.books, name)),
            ("an adjustment", place(&self.adjustments, name)),
            ("an approval matrix", place(&self.approvals, name)),
            ("a clause", place(&self.clauses, name)),
            ("an enum", place(&self.enums, name)),
            ("an amount", place(&self.amounts, name)),
            ("a unit", place(&self.units, name)),
            ("a definition", place(&self.defines, name)),
            ("a record", place(&self.records, name)),
            ("a decision table", place(&self.tables, name)),
            ("a list of constants", place(&self.data, name)),
        ]
        .into_iter()
        .find_map(|(what, span)| Some((what, span?)))
    }

    /// The type of lists of these elements.
    #[must_use]
    pub fn list_of(&self, element: Type) -> Type {
        if element == Type::Unknown {
            return Type::Unknown;
        }
        let elements = &mut self.found.borrow_mut().elements;
        let index = elements.iter().position(|found| *found == element);
        Type::List(index.unwrap_or_else(|| {
            elements.push(element);
            elements.len().saturating_sub(1)
        }))
    }

    /// The type of the elements of a list.
    #[must_use]
    pub fn element(&self, list: usize) -> Type {
        let found = self.found.borrow();
        found.elements.get(list).copied().unwrap_or(Type::Unknown)
    }

    /// The type of items that are one of these products.
    #[must_use]
    pub fn item_of(&self, mut products: Vec<usize>) -> Type {
        products.sort_unstable();
        products.dedup();
        let kinds = &mut self.found.borrow_mut().item_kinds;
        let index = kinds.iter().position(|found| *found == products);
        Type::Item(index.unwrap_or_else(|| {
            kinds.push(products);
            kinds.len().saturating_sub(1)
        }))
    }

    /// The products that an item of a type may be.
    #[must_use]
    pub fn kinds(&self, item: usize) -> Vec<usize> {
        let found = self.found.borrow();
        found.item_kinds.get(item).cloned().unwrap_or_default()
    }

    /// The index of a name among declarations, as a file knows it: what is private to the file comes before what is known
    /// everywhere, and what is private to another file is unknown.
    #[must_use]
    pub fn find_in<T: HasName>(&self, items: &[T], name: &str, file: FileId) -> Option<usize> {
        let named = |home: &dyn Fn(&T) -> bool| {
            items
                .iter()
                .position(|item| item.name() == name && home(item))
        };
        named(&|item| item.span().file == file && self.is_private(item))
            .or_else(|| named(&|item| !self.is_private(item)))
    }

    /// Whether a declaration is known in its file only.
    #[must_use]
    pub fn is_private<T: HasName>(&self, item: &T) -> bool {
        let file = item.span().file;
        self.private
            .iter()
            .any(|(name, home)| *home == file && name == item.name())
    }

    /// The names of declarations that a file may use.
    pub fn names_in<'w, T: HasName>(
        &'w self,
        items: &'w [T],
        file: FileId,
    ) -> impl Iterator<Item = &'w str> + Clone {
        let known = move |item: &&'w T| item.span().file == file || !self.is_private(*item);
        items.iter().filter(known).map(HasName::name)
    }

    /// The amount of decimals of money.
    #[must_use]
    pub fn money_scale(&self) -> u8 {
        crate::hir::money_scale(&self.currencies)
    }

    /// The only currency sold in, if it is only one.
    #[must_use]
    pub fn only_currency(&self) -> Option<Currency> {
        match self.currencies.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// The unit that a word names, of one or of several.
#[must_use]
pub fn unit_named(units: &[MeasureUnit], word: &str) -> Option<usize> {
    units.iter().position(|unit| unit.is_called(word))
}

/// The index of a name among declarations.
#[must_use]
pub fn find<T: HasName>(items: &[T], name: &str) -> Option<usize> {
    items.iter().position(|item| item.name() == name)
}

/// The index of a name among declarations; says so, with the nearest name, if it is not declared.
pub fn resolve<T: HasName>(
    world: &World,
    items: &[T],
    what: &str,
    name: &ast::NameRef,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let text = name.text();
    let found = find(items, &text);
    if found.is_none() {
        let span = name.span(file);
        diagnostics.push(match world.declared(&text) {
            Some((other, place)) => Diagnostic::error(
                codes::WRONG_KIND,
                format!("`{text}` is {other}, and the name of a {what} is expected"),
            )
            .at(span, format!("not a {what}"))
            .also(place, "declared here"),
            None => unknown_name(what, &text, span, items.iter().map(HasName::name)),
        });
    }
    found
}

/// The diagnostic for a name that is not declared.
pub fn unknown_name<'n>(
    what: &str,
    name: &str,
    span: Span,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no {what} `{name}`"))
        .at(span, "unknown name");
    match nearest(name, names.clone()) {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`"), span, near),
        None => {
            let known: Vec<&str> = names.take(8).collect();
            match known.as_slice() {
                [] => diagnostic.note(format!(
                    "no {} is declared",
                    what.trim_end_matches(" called")
                )),
                known => diagnostic.note(format!(
                    "declared: {}",
                    known
                        .iter()
                        .map(|name| format!("`{name}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                )),
            }
        }
    }
}

/// The diagnostic for a currency that is not among those that are sold in; `None` where it may be, as one of those is
/// misspelt.
pub fn not_sold(world: &World, code: &str, span: Span) -> Option<Diagnostic> {
    if world
        .meant_currencies
        .iter()
        .any(|meant| meant.code() == code)
    {
        return None;
    }
    let codes: Vec<&str> = world.currencies.iter().map(|found| found.code()).collect();
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_CURRENCY,
        format!("`{code}` is not a currency that is sold in"),
    )
    .at(span, "not among `currencies`");
    Some(match nearest(code, codes.iter().copied()) {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`"), span, near),
        None => diagnostic.note(format!("sold in: {}", codes.join(", "))),
    })
}

/// Sorts declarations by name and reports every name that was declared before.
pub fn sort_unique<T: HasName>(
    items: Vec<T>,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<T> {
    sorted(items, what, &[], &|_| false, diagnostics)
}

/// As [`sort_unique`], where names may be private: the same name may be private to several files, and hides there the one
/// that is known everywhere.
pub fn sort_scoped<T: HasName>(
    world: &World,
    items: Vec<T>,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<T> {
    let private = |item: &T| world.is_private(item);
    sorted(items, what, &world.library, &private, diagnostics)
}

fn sorted<T: HasName>(
    mut items: Vec<T>,
    what: &str,
    library: &[FileId],
    private: &dyn Fn(&T) -> bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<T> {
    // Whoever declares what the library has is told so, and not the library.
    let own = |item: &T| !library.contains(&item.span().file);
    items.sort_by(|a, b| (a.name(), own(a), a.span()).cmp(&(b.name(), own(b), b.span())));
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        let named = kept
            .iter()
            .rev()
            .take_while(|before| before.name() == item.name());
        let public = !private(&item);
        let before = named
            .into_iter()
            .find(|before| before.span().file == item.span().file || (public && !private(before)));
        match before {
            Some(before) => diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!("the {what} `{}` is declared twice", item.name()),
                )
                .at(item.span(), "declared again here")
                .also(before.span(), "first declared here"),
            ),
            None => kept.push(item),
        }
    }
    kept
}
