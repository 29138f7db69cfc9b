//! Products and bundles: what they have in common, which is options and charges.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::{Items, bundles, header, quantities, retirement, types};
use crate::expr::{Reader, Scope, fit};
use crate::hir::{Charge, ChargeKind, Product, ProductOption, Quantity};
use crate::types::{Number, Type, Unit, Value};
use crate::world::{HasName, World, find, resolve, sort_unique};

/// A product or bundle of the tree.
pub(super) struct Node {
    pub(super) file: FileId,
    pub(super) name: ast::Name,
    pub(super) title: Option<ast::Title>,
    pub(super) category: Option<ast::NameRef>,
    pub(super) sku: Option<ast::Sku>,
    pub(super) sold: Option<ast::Sold>,
    pub(super) retired: Option<ast::Retired>,
    pub(super) options: Vec<ast::Opt>,
    pub(super) charges: Vec<ast::Charge>,
    pub(super) parts: Vec<ast::Part>,
    pub(super) text: String,
    pub(super) span: Span,
}

impl HasName for Node {
    fn name(&self) -> &str {
        &self.text
    }
    fn span(&self) -> Span {
        self.span
    }
}

/// Reads products and bundles into `world`: first all names, options and charges, then parts, which name products.
pub fn read(world: &mut World, items: &Items, diagnostics: &mut Vec<Diagnostic>) {
    let nodes = sort_unique(nodes(items), "product", diagnostics);
    for (index, node) in nodes.iter().enumerate() {
        let product = product(world, index, node, diagnostics);
        world.products.push(product);
    }
    for index in 0..nodes.len() {
        let Some(node) = nodes.get(index) else {
            continue;
        };
        let parts = bundles::parts(world, node, diagnostics);
        if let Some(product) = world.products.get_mut(index) {
            product.parts = parts;
        }
    }
    for (index, node) in nodes.iter().enumerate() {
        bundles::defaults(world, index, node, diagnostics);
    }
    bundles::check_cycles(world, diagnostics);
    for (index, node) in nodes.iter().enumerate() {
        quantities::read(world, index, node, diagnostics);
    }
    for (index, node) in nodes.iter().enumerate() {
        let retired = retirement::read(world, index, node, diagnostics);
        if let Some(product) = world.products.get_mut(index) {
            product.retired = retired;
        }
    }
    retirement::check_paths(world, diagnostics);
}

/// The products and bundles of the tree.
pub(super) fn nodes(items: &Items) -> Vec<Node> {
    let products = items.products.iter().filter_map(|item| {
        let (node, file) = (&item.node, item.file);
        let name = node.name()?;
        Some(Node {
            file,
            text: name.text(),
            span: name.span(file),
            name,
            title: node.title(),
            category: node.category(),
            sku: node.sku(),
            sold: node.sold(),
            retired: node.retired(),
            options: node.options().collect(),
            charges: node.charges().collect(),
            parts: Vec::new(),
        })
    });
    let bundles = items.bundles.iter().filter_map(|item| {
        let (node, file) = (&item.node, item.file);
        let name = node.name()?;
        Some(Node {
            file,
            text: name.text(),
            span: name.span(file),
            name,
            title: node.title(),
            category: node.category(),
            sku: node.sku(),
            sold: node.sold(),
            retired: node.retired(),
            options: node.options().collect(),
            charges: node.charges().collect(),
            parts: node.parts().collect(),
        })
    });
    products.chain(bundles).collect()
}

fn product(
    world: &mut World,
    index: usize,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Product {
    let options = options(world, node, diagnostics);
    let first = world.charges.len();
    for charge in &node.charges {
        let read = read_charge(world, (index, first), charge, node.file, diagnostics);
        let Some((charge, right)) = read else {
            continue;
        };
        if !right {
            world.wrong_charges.push(world.charges.len());
        }
        world.charges.push(charge);
    }
    Product {
        name: node.name.text(),
        title: node
            .title
            .as_ref()
            .and_then(ast::Title::text)
            .unwrap_or_else(|| node.name.text()),
        span: node.span,
        sku: node
            .sku
            .as_ref()
            .and_then(ast::Sku::title)
            .and_then(|title| title.text()),
        skus: None,
        retired: None,
        category: node.category.as_ref().and_then(|name| {
            resolve(
                world,
                &world.categories,
                "category",
                name,
                node.file,
                diagnostics,
            )
        }),
        sold: node
            .sold
            .as_ref()
            .and_then(ast::Sold::window)
            .map(|window| header::window(&window, node.file, diagnostics))
            .unwrap_or_default(),
        options,
        parts: Vec::new(),
        charges: first..world.charges.len(),
        constraints: Vec::new(),
        eligibility: Vec::new(),
    }
}

fn options(world: &World, node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<ProductOption> {
    let mut options: Vec<ProductOption> = world.line_facts.clone();
    for opt in &node.options {
        let (Some(name), Some(ty_node)) = (opt.name(), opt.ty()) else {
            continue;
        };
        let ty = types::read(world, &ty_node, node.file, diagnostics);
        let span = name.span(node.file);
        let mut ty = ty;
        if ty_node.is_optional() {
            diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_TYPE, "an option is never absent")
                    .at(ty_node.span(node.file), "without `?`")
                    .note("give it a default, or a further value that means none"),
            );
        }
        if is_money(ty) {
            diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_TYPE,
                    "an option cannot be an amount of money",
                )
                .at(ty_node.span(node.file), "not a type of options")
                .note("write `Decimal from … to … with 2 decimals`"),
            );
            ty = Type::Unknown;
        }
        if let Some(before) = options.iter().find(|option| option.name == name.text()) {
            if !before.of_line {
                diagnostics.push(twice("option", &name.text(), span, before.span));
                continue;
            }
            diagnostics.push(hides_line_fact(&name.text(), span, before.span));
        }
        let domain = domain(world, opt, &mut ty, node.file, diagnostics);
        let default = opt.default().and_then(|default| {
            let value = Reader::new(world, Scope::default(), node.file, diagnostics)
                .read(&default, Some(ty));
            let value = fit::adapted(value, ty);
            let value = fit::constant(&value, ty, world.show(), diagnostics)?;
            if !domain.is_empty() && !domain.contains(&value) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::OUTSIDE_BOUNDS,
                        format!("the default of `{}` is not among its values", name.text()),
                    )
                    .at(default.span(node.file), "none of the values listed"),
                );
                return None;
            }
            Some(value)
        });
        options.push(ProductOption {
            name: name.text(),
            of_line: false,
            optional: false,
            span,
            ty,
            domain,
            default,
        });
    }
    options
}

fn hides_line_fact(name: &str, span: Span, fact: Span) -> Diagnostic {
    Diagnostic::error(
        codes::DUPLICATE_NAME,
        format!("the option `{name}` would hide the fact `line.{name}`"),
    )
    .at(span, "give it another name")
    .also(fact, "every line has this fact")
}

/// The values an option may have, where they are listed; a number's range then is no wider than they are.
fn domain(
    world: &World,
    opt: &ast::Opt,
    ty: &mut Type,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Value> {
    let Some(node) = opt.domain() else {
        return Vec::new();
    };
    let mut values: Vec<Value> = Vec::new();
    for listed in node.values() {
        let read = Reader::new(world, Scope::default(), file, diagnostics).read(&listed, Some(*ty));
        let read = fit::adapted(read, *ty);
        let Some(value) = fit::constant(&read, *ty, world.show(), diagnostics) else {
            continue;
        };
        if values.contains(&value) {
            diagnostics.push(
                Diagnostic::error(codes::DUPLICATE_NAME, "this value stands twice")
                    .at(listed.span(file), "again here"),
            );
        } else {
            values.push(value);
        }
    }
    if node.values().next().is_none() {
        diagnostics.push(
            Diagnostic::error(codes::BAD_BOUNDS, "no value is listed")
                .at(node.span(file), "the option could have none"),
        );
    }
    if let Type::Number(number) = ty {
        let listed = values.iter().filter_map(|value| match value {
            Value::Number(mantissa) => Some(*mantissa),
            _ => None,
        });
        if let Some((min, max)) = listed.clone().min().zip(listed.max()) {
            (number.min, number.max) = (min, max);
        }
    }
    values
}

fn is_money(ty: Type) -> bool {
    matches!(
        ty,
        Type::Number(Number {
            unit: Unit::Money,
            ..
        })
    )
}

/// A charge, and whether its declaration is right; one that has an error is declared all the same, so that what names it
/// is not wrong, too.
fn read_charge(
    world: &World,
    (product, first): (usize, usize),
    node: &ast::Charge,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Charge, bool)> {
    let name = node.name()?;
    let span = name.span(file);
    if let Some(before) = world
        .charges
        .iter()
        .skip(first)
        .find(|charge| charge.name == name.text())
    {
        diagnostics.push(twice("charge", &name.text(), span, before.span));
        return None;
    }
    let timing = node.timing();
    let kind = timing.as_ref().and_then(ast::ChargeTiming::timing);
    let kind = kind.map(|kind| match kind {
        ast::Timing::OneTime => ChargeKind::OneTime,
        ast::Timing::Recurring => ChargeKind::Recurring,
        ast::Timing::Usage => ChargeKind::Usage,
    });
    let months = match kind {
        None | Some(ChargeKind::OneTime) => Some(0),
        Some(_) => timing
            .and_then(|timing| timing.months())
            .and_then(|months| quantities::months(months, file, diagnostics)),
    };
    let right = kind.is_some() && months.is_some();
    let kind = kind.unwrap_or(ChargeKind::OneTime);
    let months = months.unwrap_or(1);
    let prepaid = quantities::prepaid(node, (kind, months), file, diagnostics).filter(|_| right);
    let charge = Charge {
        product,
        title: node
            .title()
            .and_then(|title| title.text())
            .unwrap_or_else(|| name.text()),
        name: name.text(),
        span,
        kind,
        months,
        prepaid,
        quantity: Quantity::default(),
        prices: Vec::new(),
        adjustments: Vec::new(),
        floors: Vec::new(),
    };
    Some((charge, right))
}

pub(super) fn twice(what: &str, name: &str, span: Span, before: Span) -> Diagnostic {
    Diagnostic::error(
        codes::DUPLICATE_NAME,
        format!("the {what} `{name}` is declared twice"),
    )
    .at(span, "declared again here")
    .also(before, "first declared here")
}

/// The product of a charge by its path `Product.charge`, and the charge; reports what is unknown.
pub fn charge_named(
    world: &World,
    path: &ast::Path,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let segments: Vec<String> = path.segments().into_iter().map(|(name, _)| name).collect();
    let found = match segments.as_slice() {
        [product, charge] => {
            find(&world.products, product).and_then(|product| world.charge(product, charge))
        }
        _ => None,
    };
    if found.is_none() {
        let all: Vec<String> = (0..world.charges.len())
            .map(|charge| world.charge_id(charge))
            .collect();
        diagnostics.push(crate::world::unknown_name(
            "charge",
            &path.text(),
            path.span(file),
            all.iter().map(String::as_str),
        ));
    }
    found
}
