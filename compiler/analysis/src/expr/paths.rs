//! Names: what `seats`, `platform.edition`, `line.seats`, `quote.region`, `Enterprise` or `large_deal` mean in a scope.

use quo_source::{Diagnostic, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::Reader;
use super::ops::unknown;
use crate::hir::{Expr, ExprKind, ItemsOf, Product};
use crate::show::nearest;
use crate::types::{Type, Value};
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
                        && find(&self.world.defines, name).is_none()
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
                if self.world.fact(first, second).is_some() || self.find_part(first).is_some() =>
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
        match name {
            "list" if self.scope.charge => return expr(ExprKind::List, self.money(), false),
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
        if let Some(data) = find(&world.data, name).filter(|_| world.visible(name, self.file)) {
            return list(ExprKind::Data(data), world.data.get(data)?.element);
        }
        match name {
            "lines" => {
                let all = world.item_of((0..world.products.len()).collect());
                list(ExprKind::Items(ItemsOf::Lines), all)
            }
            "charges" if self.scope.totals => {
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
        let define = find(&self.world.defines, first).and_then(|at| self.world.defines.get(at));
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

    /// A cell of the row that a test is made for, read as what is expected there.
    fn cell_of_row(&mut self, heading: &str, expected: Option<Type>, span: Span) -> Expr {
        let Some(row) = self.row else {
            return unknown(span);
        };
        match row.iter().find(|(name, _)| name == heading) {
            Some((_, cell)) => {
                let cell = cell.clone();
                let Some(ty) = expected.filter(|ty| *ty != Type::Unknown) else {
                    return self.cell_alone(&cell, heading, span);
                };
                match crate::table::constant(self, &cell, heading, ty, true) {
                    Some(Some(value)) => Expr {
                        kind: ExprKind::Const(value),
                        ty,
                        optional: false,
                        span,
                    },
                    Some(None) => super::calls::absent(ty, span),
                    None => unknown(span),
                }
            }
            None => {
                let names = row.iter().map(|(name, _)| name.as_str());
                let diagnostic = crate::world::unknown_name("column", heading, span, names);
                self.diagnostics.push(diagnostic);
                unknown(span)
            }
        }
    }

    /// A cell of which nobody knows what is expected: what it looks like.
    fn cell_alone(&mut self, cell: &crate::table::RawCell, heading: &str, span: Span) -> Expr {
        use crate::table::{Content, Heading, RawItem, operand_expr};
        let heading = Heading {
            name: heading.to_owned(),
            expr: unknown(span),
        };
        match &cell.content {
            Content::Items(items) => match items.as_slice() {
                [RawItem::Value(operand)] => Expr {
                    span,
                    ..operand_expr(self, operand, cell, &heading)
                },
                _ => unknown(span),
            },
            _ => unknown(span),
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
            if let Some((option, ty)) = option_of(product, second) {
                return Expr {
                    kind: ExprKind::Option { up: 0, option },
                    ty,
                    optional: false,
                    span,
                };
            }
            let names: Vec<&str> = product
                .options
                .iter()
                .map(|option| option.name.as_str())
                .collect();
            let what = format!("option of `{}` called", product.name);
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
        let one = (found.max == 1).then_some(found.kinds.as_slice());
        let Some([kind]) = one else {
            self.diagnostics.push(
                Diagnostic::error(codes::NOT_HERE, format!("the part `{first}` may hold several products, so `{first}.{second}` has no one meaning"))
                    .at(span, "which of them?")
                    .note(format!("ask what it holds: `{first} has …`, `count of {first}`")),
            );
            return unknown(span);
        };
        let optional = found.min == 0;
        let Some(product) = self.product(*kind) else {
            return unknown(span);
        };
        match option_of(product, second) {
            Some((option, ty)) => Expr {
                kind: ExprKind::PartOption { up, part, option },
                ty,
                optional,
                span,
            },
            None => {
                let names: Vec<&str> = product
                    .options
                    .iter()
                    .map(|option| option.name.as_str())
                    .collect();
                let what = format!("option of `{}` called", product.name);
                let diagnostic = crate::world::unknown_name(&what, second, span, names.into_iter());
                self.diagnostics.push(diagnostic);
                unknown(span)
            }
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
        let index =
            find(&self.world.defines, name).filter(|_| self.world.visible(name, self.file))?;
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

    fn find_part(&self, name: &str) -> Option<(u8, usize, usize)> {
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
        let number = crate::types::Number {
            unit: crate::types::Unit::Int,
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

    /// Says that a path names no part here.
    pub(super) fn no_such_part(&mut self, path: &ast::Path) {
        let span = path.span(self.file);
        let bundles = [
            self.scope.product.filter(|_| self.scope.direct),
            self.scope.within,
        ];
        let names: Vec<&str> = bundles
            .into_iter()
            .flatten()
            .filter_map(|bundle| self.product(bundle))
            .flat_map(|bundle| bundle.parts.iter().map(|part| part.name.as_str()))
            .collect();
        self.diagnostics.push(if names.is_empty() {
            Diagnostic::error(codes::NOT_HERE, "there are no parts here")
                .at(span, "a part of which bundle?")
                .note("parts are known inside their bundle, to its tasks, and to adjustments `on … in BUNDLE`")
        } else {
            crate::world::unknown_name("part", &path.text(), span, names.iter().copied())
        });
    }

    fn product(&self, index: usize) -> Option<&Product> {
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

    /// Why a name that means something elsewhere means nothing here.
    fn not_here(&self, name: &str, span: Span) -> Option<Diagnostic> {
        if let Some((_, part, bundle)) = self.find_part(name) {
            let kinds = self.product(bundle)?.parts.get(part)?.kinds.as_slice();
            let first = kinds.first().and_then(|kind| self.product(*kind));
            let example = first.map_or("Kind", |kind| kind.name.as_str());
            return Some(
                Diagnostic::error(
                    codes::NOT_HERE,
                    format!("the part `{name}` may hold several products, so it is none of them"),
                )
                .at(span, "which of them?")
                .note(format!("ask `{name} has {example}` or `count of {name}`")),
            );
        }
        match name {
            "asked" => Some(
                Diagnostic::error(codes::NOT_HERE, "nothing is asked for here")
                    .at(span, "no request holds such a value")
                    .note("an adjustment says `asked for by ROLE as Percent from 0% to 20% with 2 decimals`"),
            ),
            "list" => Some(
                Diagnostic::error(codes::NOT_HERE, "there is a list price only where a charge is adjusted")
                    .at(span, "not known here")
                    .note("the total of a quote is `total of list`, in approval matrices"),
            ),
            _ => None,
        }
    }

    fn unknown_single(&mut self, name: &str, expected: Option<Type>, span: Span) -> Expr {
        if let Some(Type::Enum(of)) = expected {
            let values: Vec<&str> = self
                .world
                .enums
                .get(of)
                .map(|found| found.values.iter().map(String::as_str).collect())
                .unwrap_or_default();
            let what = format!("value of `{}` called", self.world.show().enum_name(of));
            self.diagnostics.push(crate::world::unknown_name(
                &what,
                name,
                span,
                values.into_iter(),
            ));
            return unknown(span);
        }
        if expected == Some(Type::Currency) {
            let diagnostic = crate::world::not_sold(self.world, name, span);
            self.diagnostics.push(diagnostic);
            return unknown(span);
        }
        // What it is compared with is wrong already; then nobody can tell what this means.
        if expected == Some(Type::Unknown) {
            return unknown(span);
        }
        if let Some(diagnostic) = self.not_here(name, span) {
            self.diagnostics.push(diagnostic);
            return unknown(span);
        }
        if matches!(expected, Some(Type::Text)) {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    format!("nothing is called `{name}` here"),
                )
                .at(span, "unknown name")
                .suggest("a text stands in quotes", span, format!("{name:?}")),
            );
            return unknown(span);
        }
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("nothing is called `{name}` here"),
        )
        .at(span, "unknown name");
        let facts: Vec<String> = self
            .world
            .facts
            .iter()
            .map(|fact| format!("{}.{}", fact.group, fact.name))
            .collect();
        let same = facts
            .iter()
            .find(|fact| fact.rsplit('.').next() == Some(name));
        let in_enum = self
            .world
            .enums
            .iter()
            .find(|found| found.values.iter().any(|value| value == name));
        let options = self
            .scope
            .product
            .and_then(|product| self.product(product))
            .is_some_and(|product| option_of(product, name).is_some());
        let parts_later = self.scope.parts_before.is_some()
            && self
                .scope
                .product
                .and_then(|product| self.product(product))
                .is_some_and(|product| product.parts.iter().any(|part| part.name == name));
        let diagnostic = if options {
            diagnostic.suggest(
                "options of what is charged are named after `line.`",
                span,
                format!("line.{name}"),
            )
        } else if parts_later {
            diagnostic.note("only parts written before this one are known here")
        } else if let Some(fact) = same {
            diagnostic.suggest(
                format!("did you mean the fact `{fact}`"),
                span,
                fact.clone(),
            )
        } else if find(&self.world.products, name).is_some() {
            diagnostic.note(format!(
                "`{name}` is a product; ask a part for it, as `part is {name}` or `part has {name}`"
            ))
        } else if let Some(found) = in_enum {
            diagnostic.note(format!(
                "`{name}` is a value of `{}`; it stands where such a value is compared",
                found.name
            ))
        } else {
            let known = self
                .world
                .amounts
                .iter()
                .map(|amount| amount.name.as_str())
                .chain(self.world.defines.iter().map(|define| define.name.as_str()));
            match nearest(name, known) {
                Some(near) => diagnostic.suggest(format!("did you mean `{near}`"), span, near),
                None => diagnostic,
            }
        };
        self.diagnostics.push(diagnostic);
        unknown(span)
    }

    fn unknown_pair(&mut self, first: &str, second: &str, span: Span) -> Expr {
        let text = format!("{first}.{second}");
        if self.world.has_group(first) {
            let names: Vec<&str> = self
                .world
                .facts
                .iter()
                .filter(|fact| fact.group == first)
                .map(|fact| fact.name.as_str())
                .collect();
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no fact `{text}`"))
                    .at(span, format!("no fact of `{first}` has this name"));
            let diagnostic = match nearest(second, names.iter().copied()) {
                Some(near) => diagnostic.suggest(
                    format!("did you mean `{first}.{near}`"),
                    span,
                    format!("{first}.{near}"),
                ),
                None => diagnostic.note(format!("facts of `{first}`: {}", names.join(", "))),
            };
            self.diagnostics.push(diagnostic);
            return unknown(span);
        }
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("nothing is called `{text}` here"),
        )
        .at(span, "unknown name");
        let groups: Vec<&str> = self
            .world
            .facts
            .iter()
            .map(|fact| fact.group.as_str())
            .collect();
        let diagnostic = match nearest(first, groups) {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}.{second}`"), span, format!("{near}.{second}")),
            None => diagnostic.note("a fact is `group.name`, an option of a part is `part.option`, an option of what is charged is `line.option`"),
        };
        self.diagnostics.push(diagnostic);
        unknown(span)
    }
}

fn option_of(product: &Product, name: &str) -> Option<(usize, Type)> {
    let index = product
        .options
        .iter()
        .position(|option| option.name == name)?;
    product.options.get(index).map(|option| (index, option.ty))
}
