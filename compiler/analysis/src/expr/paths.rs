//! Names: what `seats`, `platform.edition`, `line.seats`, `quote.region`, `Enterprise` or `large_deal` mean in a scope.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast;

use super::Reader;
use super::ops::unknown;
use crate::hir::{Expr, ExprKind, ItemsOf, Product};
use crate::types::{Number, Type, Unit, Value};
use crate::world::find;

impl Reader<'_> {
    /// Whether what an expression means may depend on what it is compared with: a bare name that is nothing by itself.
    pub(super) fn depends_on_expected(&self, node: &ast::Expr) -> bool {
        match node {
            ast::Expr::Paren(node) => node
                .inner()
                .is_some_and(|inner| self.depends_on_expected(&inner)),
            ast::Expr::If(node) => [node.then(), node.otherwise()]
                .into_iter()
                .flatten()
                .any(|branch| self.depends_on_expected(&branch)),
            ast::Expr::Path(path) => match path.segments().as_slice() {
                [(name, _)] => {
                    self.single(name, self.file.span(0, 0)).is_none()
                        && self
                            .world
                            .find_in(&self.world.defines, name, self.file)
                            .is_none()
                        && self.listed_name(name, self.file.span(0, 0)).is_none()
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// A path of names.
    pub(super) fn path(&mut self, node: &ast::Path, expected: Option<Type>, span: Span) -> Expr {
        let segments: Vec<String> = node.segments().into_iter().map(|(name, _)| name).collect();
        self.named(&segments, expected, span)
    }

    /// The words of a path, from the tree or from a cell of an imported table.
    pub fn named(&mut self, segments: &[String], expected: Option<Type>, span: Span) -> Expr {
        let names: Vec<&str> = segments.iter().map(String::as_str).collect();
        match names.as_slice() {
            [] => unknown(span),
            ["row", heading] if self.row.is_some() => self.cell_of_row(heading, expected, span),
            ["absent"] => self.nothing(expected, span),
            [name] => match self
                .single(name, span)
                .or_else(|| self.listed_name(name, span))
                .or_else(|| self.expected_value(name, expected, span))
            {
                Some(expr) => self.renumbered(expr),
                None => self
                    .definition(name, span)
                    .unwrap_or_else(|| self.unknown_single(name, expected, span)),
            },
            [first, rest @ ..] if self.is_value(first, rest) => {
                let value = self.named(&[(*first).to_owned()], None, span);
                rest.iter()
                    .fold(value, |value, name| self.field(value, name, span))
            }
            [first, second] => self.pair(first, second, span),
            [first, second, rest @ ..]
                if *first == "line"
                    || self.world.fact(first, second).is_some()
                    || self.find_part(first).is_some() =>
            {
                let value = self.pair(first, second, span);
                rest.iter()
                    .fold(value, |value, name| self.field(value, name, span))
            }
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::UNKNOWN_NAME,
                        format!("`{}` names nothing", segments.join(".")),
                    )
                    .at(span, "unknown name"),
                );
                unknown(span)
            }
        }
    }

    /// A name whose meaning does not depend on what is expected.
    fn single(&self, name: &str, span: Span) -> Option<Expr> {
        let expr = |kind, ty, optional| {
            Some(Expr {
                kind,
                ty,
                optional,
                span,
            })
        };
        if let Some(local) = self.locals.iter().rev().find(|local| local.name == name) {
            return expr(ExprKind::Local(local.index), local.ty, local.optional);
        }
        for local in self.locals.iter().rev().filter(|local| local.open) {
            if let Some(found) = self.open_field(local, name, span) {
                return Some(found);
            }
        }
        if let Some((_, found)) = self.lets.iter().find(|(let_name, _)| let_name == name) {
            return Some(Expr {
                span,
                ..found.clone()
            });
        }
        if self.scope.totals
            && let Some(result) = find(&self.world.results, name)
            && let Some(found) = self.world.results.get(result)
        {
            return Some(Expr {
                span,
                ..found.value.clone()
            });
        }
        match name {
            "list" if self.scope.charge => return expr(ExprKind::List, self.money(), false),
            "left" if self.scope.charge && self.scope.standing => {
                return expr(ExprKind::Left, self.money(), false);
            }
            "quantity" if self.scope.charge => {
                return expr(ExprKind::Quantity, super::totals::quantity(), false);
            }
            "asked" => {
                if let Some((adjustment, ty)) = self.scope.asked {
                    // The adjustment does not apply at all when nothing was asked, so here it is present.
                    return expr(ExprKind::Asked(adjustment), ty, false);
                }
            }
            _ => {}
        }
        if self.scope.direct
            && let Some(product) = self.scope.product
            && let Some(found) = self
                .product(product)
                .and_then(|product| option_of(product, name))
        {
            return expr(
                ExprKind::Option {
                    up: 0,
                    option: found.0,
                },
                found.1,
                false,
            );
        }
        if let Some((up, part, bundle)) = self.find_part(name) {
            let found = self.product(bundle)?.parts.get(part)?;
            if found.max == 1 && !found.many {
                return expr(
                    ExprKind::PartKind { up, part },
                    Type::Product,
                    found.min == 0,
                );
            }
        }
        if let Some(amount) = find(&self.world.amounts, name) {
            return expr(ExprKind::Amount(amount), self.money(), false);
        }
        None
    }

    /// A field that is named without its record, in a key to sort by.
    fn open_field(&self, local: &super::Local, name: &str, span: Span) -> Option<Expr> {
        let value = Expr {
            kind: ExprKind::Local(local.index),
            ty: local.ty,
            optional: false,
            span,
        };
        match local.ty {
            Type::Record(of) => {
                let fields = &self.world.records.get(of)?.fields;
                let index = fields.iter().position(|field| field.name == name)?;
                let field = fields.get(index)?;
                Some(Expr {
                    kind: ExprKind::Field {
                        record: Box::new(value),
                        field: index,
                    },
                    ty: field.ty,
                    optional: field.optional,
                    span,
                })
            }
            Type::Item(kinds) => {
                let kinds = self.world.kinds(kinds);
                let [kind] = kinds.as_slice() else {
                    return None;
                };
                let (option, ty) = option_of(self.product(*kind)?, name)?;
                Some(Expr {
                    kind: ExprKind::ItemOption {
                        item: Box::new(value),
                        options: vec![(*kind, option)],
                    },
                    ty,
                    optional: false,
                    span,
                })
            }
            _ => None,
        }
    }

    /// A name of many things: facts that repeat, data, a part that may hold several, the lines and charges of the quote.
    fn listed_name(&self, name: &str, span: Span) -> Option<Expr> {
        let world = self.world;
        let list = |kind, element| {
            Some(Expr {
                kind,
                ty: world.list_of(element),
                optional: false,
                span,
            })
        };
        if let Some((up, part, bundle)) = self.find_part(name) {
            let found = self.product(bundle)?.parts.get(part)?;
            let items = world.item_of(found.kinds.clone());
            return (found.max > 1)
                .then(|| list(ExprKind::Items(ItemsOf::Part { up, part }), items))?;
        }
        if let Some(fact) = world.fact(name, "") {
            return Some(Expr {
                kind: ExprKind::Fact(fact),
                ty: world.facts.get(fact)?.ty,
                optional: false,
                span,
            });
        }
        if let Some(data) = world.find_in(&world.data, name, self.file) {
            return list(ExprKind::Data(data), world.data.get(data)?.element);
        }
        match name {
            "lines" => {
                let all = world.item_of((0..world.products.len()).collect());
                list(ExprKind::Items(ItemsOf::Lines), all)
            }
            "charges" if self.scope.totals || self.scope.standing => {
                let record = find(&world.records, super::CHARGE_RECORD)?;
                world.found.borrow_mut().charges = true;
                list(ExprKind::Charges, Type::Record(record))
            }
            _ => None,
        }
    }

    /// Whether the first word of a path is a value by itself, whose fields the others are.
    fn is_value(&self, first: &str, rest: &[&str]) -> bool {
        if self.locals.iter().any(|local| local.name == first) {
            return true;
        }
        if rest
            .first()
            .is_some_and(|second| self.world.fact(first, second).is_some())
        {
            return false;
        }
        let world = self.world;
        let define = world
            .find_in(&world.defines, first, self.file)
            .and_then(|at| world.defines.get(at));
        self.lets.iter().any(|(name, _)| name == first)
            || self.listed_name(first, self.file.span(0, 0)).is_some()
            || (define.is_some_and(|define| define.parameters.is_none())
                && find(&self.world.enums, first).is_none())
    }

    /// `absent`: nothing, of the type that is expected.
    fn nothing(&mut self, expected: Option<Type>, span: Span) -> Expr {
        match expected {
            Some(Type::Unknown) => unknown(span),
            Some(ty) => super::calls::absent(ty, span),
            None => {
                self.diagnostics.push(
                    Diagnostic::error(codes::NOT_HERE, "nobody knows what is absent here")
                        .at(span, "of which type?")
                        .note("`absent` stands where a type is expected, such as a field, an argument, or the other branch of an `if`"),
                );
                unknown(span)
            }
        }
    }

    /// `part.option`, `line.option`, `group.fact`, `Enum.Value`.
    fn pair(&mut self, first: &str, second: &str, span: Span) -> Expr {
        if first == "line" {
            let Some(product) = self.scope.product.and_then(|index| self.product(index)) else {
                self.diagnostics.push(
                    Diagnostic::error(codes::NOT_HERE, "there is no line here, only the quote")
                        .at(span, "an option of which line?")
                        .note("options of lines are known to adjustments, eligibility rules, constraints of bundles and tasks"),
                );
                return unknown(span);
            };
            let mut options = product.options.iter().enumerate();
            if let Some((option, found)) = options.find(|(_, option)| option.name == second) {
                return Expr {
                    kind: ExprKind::Option { up: 0, option },
                    ty: found.ty,
                    optional: found.optional,
                    span,
                };
            }
            let names: Vec<&str> = product
                .options
                .iter()
                .map(|option| option.name.as_str())
                .collect();
            let what = match self.world.line_facts.as_slice() {
                [] => format!("option of `{}` called", product.name),
                _ => format!("option of `{}` or fact of lines called", product.name),
            };
            let diagnostic = crate::world::unknown_name(&what, second, span, names.into_iter());
            self.diagnostics.push(diagnostic);
            return unknown(span);
        }
        if let Some((up, part, bundle)) = self.find_part(first) {
            return self.part_option((up, part, bundle), first, second, span);
        }
        if let Some(found) = self.of_priced_quote(first, second, span) {
            return found;
        }
        if let Some(index) = self.world.fact(first, second) {
            let Some(fact) = self.world.facts.get(index) else {
                return unknown(span);
            };
            return Expr {
                kind: ExprKind::Fact(index),
                ty: fact.ty,
                optional: fact.optional,
                span,
            };
        }
        if let Some(of) = find(&self.world.enums, first)
            && let Some(value) = self
                .world
                .enums
                .get(of)
                .and_then(|found| found.values.iter().position(|value| value == second))
        {
            return Expr {
                kind: ExprKind::Const(Value::Enum { of, value }),
                ty: Type::Enum(of),
                optional: false,
                span,
            };
        }
        self.unknown_pair(first, second, span)
    }

    fn part_option(
        &mut self,
        (up, part, bundle): (u8, usize, usize),
        first: &str,
        second: &str,
        span: Span,
    ) -> Expr {
        let Some(found) = self
            .product(bundle)
            .and_then(|bundle| bundle.parts.get(part))
        else {
            return unknown(span);
        };
        if found.max > 1 || found.many {
            self.diagnostics.push(
                Diagnostic::error(codes::NOT_HERE, format!("the part `{first}` may hold several products, so `{first}.{second}` has no one meaning"))
                    .at(span, "which of them?")
                    .note(format!("ask what it holds: `{first} has …`, `count of {first}`, `sum of x.{second} for x in {first}`")),
            );
            return unknown(span);
        }
        let only = match found.kinds.as_slice() {
            [kind] => self.product(*kind).and_then(|kind| option_of(kind, second)),
            _ => None,
        };
        match only {
            Some((option, ty)) => Expr {
                kind: ExprKind::PartOption { up, part, option },
                ty,
                optional: found.min == 0,
                span,
            },
            None => {
                let list = Expr {
                    kind: ExprKind::Items(ItemsOf::Part { up, part }),
                    ty: self.world.list_of(self.world.item_of(found.kinds.clone())),
                    optional: false,
                    span,
                };
                let item = self.only_item(list, found.min == 0, span);
                self.field(item, second, span)
            }
        }
    }

    /// The item of a list that holds one, or none where it is `optional`.
    pub(super) fn only_item(&self, list: Expr, optional: bool, span: Span) -> Expr {
        let ty = match list.ty {
            Type::List(element) => self.world.element(element),
            _ => Type::Unknown,
        };
        let one = Number {
            unit: Unit::Int,
            scale: 0,
            min: 1,
            max: 1,
        };
        let position = Expr {
            kind: ExprKind::Const(Value::Number(1)),
            ty: Type::Number(one),
            optional: false,
            span,
        };
        Expr {
            kind: ExprKind::ItemAt {
                list: Box::new(list),
                position: Box::new(position),
            },
            ty,
            optional,
            span,
        }
    }

    /// A name that means something because of what is expected.
    fn expected_value(&self, name: &str, expected: Option<Type>, span: Span) -> Option<Expr> {
        let (value, ty) = match expected? {
            ty @ Type::Enum(of) => {
                let value = self
                    .world
                    .enums
                    .get(of)?
                    .values
                    .iter()
                    .position(|value| value == name)?;
                (Value::Enum { of, value }, ty)
            }
            Type::Currency => {
                let index = self
                    .world
                    .currencies
                    .iter()
                    .position(|currency| currency.code() == name)?;
                (Value::Currency(index), Type::Currency)
            }
            Type::Product => (
                Value::Product(find(&self.world.products, name)?),
                Type::Product,
            ),
            _ => return None,
        };
        Some(Expr {
            kind: ExprKind::Const(value),
            ty,
            optional: false,
            span,
        })
    }

    /// The checked expression of a definition; one that is wrong has been reported.
    fn definition(&mut self, name: &str, span: Span) -> Option<Expr> {
        let index = self.world.find_in(&self.world.defines, name, self.file)?;
        let define = self.world.defines.get(index)?;
        if define.parameters.is_some() {
            let names = define.parameters.iter().flatten();
            let names: Vec<&str> = names.map(|parameter| parameter.name.as_str()).collect();
            self.diagnostics.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    format!("`{name}` is a function and needs its arguments"),
                )
                .at(span, "called without any")
                .note(format!("write `{name}({})`", names.join(", "))),
            );
            return Some(unknown(span));
        }
        Some(match &define.checked {
            // A condition keeps the place of its text: an explanation shows what was tested, not only the name of it.
            Some(checked) if checked.ty == Type::Bool => checked.clone(),
            Some(checked) => Expr {
                span,
                ..checked.clone()
            },
            None => unknown(span),
        })
    }

    /// The part a path of one word names: levels up, index, bundle.
    pub(super) fn part_named(&self, path: &ast::Path) -> Option<(u8, usize, usize)> {
        match path.segments().as_slice() {
            [(name, _)] => self.find_part(name),
            _ => None,
        }
    }

    pub(super) fn find_part(&self, name: &str) -> Option<(u8, usize, usize)> {
        let here = self
            .scope
            .product
            .filter(|_| self.scope.direct)
            .map(|product| (0, product));
        let above = self.scope.within.map(|bundle| (1, bundle));
        here.into_iter().chain(above).find_map(|(up, bundle)| {
            let parts = &self.product(bundle)?.parts;
            let limit = self
                .scope
                .parts_before
                .filter(|_| up == 0)
                .unwrap_or(parts.len());
            let part = parts
                .iter()
                .take(limit)
                .position(|part| part.name == name)?;
            Some((up, part, bundle))
        })
    }

    /// `count of part`, `count of L`.
    pub(super) fn count(&mut self, node: &ast::CountExpr, span: Span) -> Expr {
        let Some(of) = node.of() else {
            return unknown(span);
        };
        let part = match &of {
            ast::Expr::Path(path) => self.part_named(path),
            _ => None,
        };
        let Some((up, part, bundle)) = part else {
            return self.count_of_list(&of, span);
        };
        let most = self
            .product(bundle)
            .and_then(|bundle| bundle.parts.get(part))
            .map_or(0, |part| i128::from(part.max));
        let number = Number {
            unit: Unit::Int,
            scale: 0,
            min: 0,
            max: most,
        };
        Expr {
            kind: ExprKind::CountPart { up, part },
            ty: Type::Number(number),
            optional: false,
            span,
        }
    }

    pub(super) fn product(&self, index: usize) -> Option<&Product> {
        self.world.products.get(index)
    }

    /// A part that may hold several products is a list of items, and no value that could be compared.
    pub fn one_value(&mut self, value: Expr) -> Expr {
        let ExprKind::Items(ItemsOf::Part { up, part }) = value.kind else {
            return value;
        };
        let bundle = if up == 0 {
            self.scope.product
        } else {
            self.scope.within
        };
        let parts = bundle.and_then(|bundle| self.product(bundle));
        let name = parts.and_then(|bundle| Some(bundle.parts.get(part)?.name.clone()));
        let diagnostic = name.and_then(|name| self.not_here(&name, value.span));
        self.diagnostics.extend(diagnostic);
        unknown(value.span)
    }
}

/// An option of the product itself; facts of lines are named after `line.` only.
pub(super) fn option_of(product: &Product, name: &str) -> Option<(usize, Type)> {
    let index = product.own_option(name)?;
    product.options.get(index).map(|option| (index, option.ty))
}
