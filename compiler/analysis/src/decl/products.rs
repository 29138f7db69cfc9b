//! Products and bundles: options, charges, parts and what bundles work out for their parts.

use quo_source::{Diagnostic, FileId, Span, codes};
use quo_syntax::ast::{self, AstNode};

use super::adjustments::told_once;
use super::{Items, header, types};
use crate::expr::{Reader, Scope, fit};
use crate::hir::{Charge, ChargeKind, Part, PartDefault, Product, ProductOption, Quantity};
use crate::types::{Number, Type, Unit};
use crate::world::{HasName, World, find, resolve, sort_unique};

/// A product or bundle of the tree.
struct Node {
    file: FileId,
    name: ast::Name,
    title: Option<ast::Title>,
    category: Option<ast::NameRef>,
    sku: Option<ast::Sku>,
    sold: Option<ast::Sold>,
    options: Vec<ast::Opt>,
    charges: Vec<ast::Charge>,
    parts: Vec<ast::Part>,
    text: String,
    span: Span,
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
        let parts = parts(world, node, diagnostics);
        if let Some(product) = world.products.get_mut(index) {
            product.parts = parts;
        }
    }
    for (index, node) in nodes.iter().enumerate() {
        defaults(world, index, node, diagnostics);
    }
    check_cycles(world, diagnostics);
    check_skus(world, diagnostics);
}

fn nodes(items: &Items) -> Vec<Node> {
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
        let Some(charge) = read_charge(
            world,
            index,
            first,
            charge,
            node.file,
            &options,
            diagnostics,
        ) else {
            continue;
        };
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
    let mut options: Vec<ProductOption> = Vec::new();
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
            diagnostics.push(twice("option", &name.text(), span, before.span));
            continue;
        }
        let default = opt.default().and_then(|default| {
            let value = Reader::new(world, Scope::default(), node.file, diagnostics)
                .read(&default, Some(ty));
            fit::constant(&value, ty, world.show(), diagnostics)
        });
        options.push(ProductOption {
            name: name.text(),
            span,
            ty,
            default,
        });
    }
    options
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

fn read_charge(
    world: &World,
    product: usize,
    first: usize,
    node: &ast::Charge,
    file: FileId,
    options: &[ProductOption],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Charge> {
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
    let (kind, months) = match node.timing()?.timing()? {
        ast::Timing::OneTime => (ChargeKind::OneTime, 0),
        ast::Timing::Monthly => (ChargeKind::Recurring, 1),
        ast::Timing::Quarterly => (ChargeKind::Recurring, 3),
        ast::Timing::Yearly => (ChargeKind::Recurring, 12),
        ast::Timing::UsageMonthly => (ChargeKind::Usage, 1),
    };
    let quantity = match node.quantity() {
        None => Quantity::One,
        Some(quantity) => read_quantity(&quantity, file, options, diagnostics)?,
    };
    Some(Charge {
        product,
        title: node
            .title()
            .and_then(|title| title.text())
            .unwrap_or_else(|| name.text()),
        name: name.text(),
        span,
        kind,
        months,
        quantity,
        prices: Vec::new(),
        adjustments: Vec::new(),
        floors: Vec::new(),
    })
}

fn read_quantity(
    node: &ast::ChargeQuantity,
    file: FileId,
    options: &[ProductOption],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Quantity> {
    let name = node.option()?;
    let Some(option) = options.iter().position(|option| option.name == name.text()) else {
        let names = options.iter().map(|option| option.name.as_str());
        diagnostics.push(crate::world::unknown_name(
            "option of this product called",
            &name.text(),
            name.span(file),
            names,
        ));
        return None;
    };
    let counted = options.get(option)?;
    match counted.ty {
        Type::Number(Number {
            unit: Unit::Int,
            min,
            ..
        }) if min >= 0 => {}
        Type::Unknown => return None,
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    format!(
                        "a charge counts whole things from 0, and `{}` is something else",
                        counted.name
                    ),
                )
                .at(name.span(file), "cannot be counted")
                .also(counted.span, "declared here")
                .note("write its type as `Int from 0 to …`"),
            );
            return None;
        }
    }
    let Some(pack) = node.pack() else {
        return Some(Quantity::Option(option));
    };
    let literal = node.pack_size()?;
    match literal
        .integer()
        .ok()
        .and_then(|size| i64::try_from(size).ok())
        .filter(|size| *size > 0)
    {
        Some(size) => Some(Quantity::Packs {
            option,
            size,
            started: pack == ast::Pack::Started,
        }),
        None => {
            diagnostics.push(
                Diagnostic::error(codes::BAD_BOUNDS, "a pack holds at least 1")
                    .at(literal.span(file), "a whole number from 1"),
            );
            None
        }
    }
}

fn parts(world: &World, node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for part in &node.parts {
        let Some(name) = part.name() else { continue };
        let span = name.span(node.file);
        if let Some(before) = parts.iter().find(|before| before.name == name.text()) {
            diagnostics.push(twice("part", &name.text(), span, before.span));
            continue;
        }
        let own = world
            .products
            .iter()
            .find(|product| product.span == node.span);
        if let Some(option) = own.and_then(|product| {
            product
                .options
                .iter()
                .find(|option| option.name == name.text())
        }) {
            diagnostics.push(twice("part or option", &name.text(), span, option.span));
            continue;
        }
        if let Some(hidden) = hides(world, &name.text()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    format!(
                        "a part cannot be called `{}`, which is {hidden}",
                        name.text()
                    ),
                )
                .at(span, format!("`{}.…` would have two meanings", name.text())),
            );
            continue;
        }
        let mut kinds: Vec<usize> = Vec::new();
        let mut listed = 0usize;
        for kind in part.kinds() {
            listed = listed.saturating_add(1);
            let Some(product) = resolve(
                world,
                &world.products,
                "product",
                &kind,
                node.file,
                diagnostics,
            ) else {
                continue;
            };
            if kinds.contains(&product) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("`{}` stands twice in this part", kind.text()),
                    )
                    .at(kind.span(node.file), "again here"),
                );
            } else {
                kinds.push(product);
            }
        }
        let Some((min, max)) = cardinality(part, listed, node.file, diagnostics) else {
            continue;
        };
        parts.push(Part {
            name: name.text(),
            span,
            min,
            max,
            kinds,
            defaults: Vec::new(),
        });
    }
    parts
}

/// What a part of this name would hide.
fn hides(world: &World, name: &str) -> Option<&'static str> {
    if name == "line" {
        return Some("what is charged");
    }
    world.has_group(name).then_some("a group of facts")
}

fn cardinality(
    part: &ast::Part,
    kinds: usize,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(u32, u32)> {
    let Some(count) = part.count() else {
        return Some((1, 1));
    };
    if !count.is_kinds_of() {
        return Some((u32::from(!count.is_optional()), 1));
    }
    let bound = |literal: Option<ast::Literal>| {
        literal
            .and_then(|literal| literal.integer().ok())
            .and_then(|count| u32::try_from(count).ok())
    };
    let (min, max) = (bound(count.kinds_min())?, bound(count.kinds_max())?);
    let available = u32::try_from(kinds).unwrap_or(u32::MAX);
    let wrong = if max == 0 {
        Some("nothing could ever be in this part".to_owned())
    } else if min > max {
        Some("no number lies between these bounds".to_owned())
    } else if min > available {
        Some(format!(
            "at least {min} kinds are needed, and only {available} are listed"
        ))
    } else {
        None
    };
    if let Some(message) = wrong {
        diagnostics.push(
            Diagnostic::error(codes::BAD_PART, message)
                .at(count.span(file), "lowest first; no more than are listed"),
        );
        return None;
    }
    Some((min, max))
}

/// What the bundle works out for options of its parts.
fn defaults(world: &mut World, index: usize, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for part_node in &node.parts {
        let Some(name) = part_node.name() else {
            continue;
        };
        let Some(part) = world.products.get(index).and_then(|product| {
            product
                .parts
                .iter()
                .position(|part| part.name == name.text())
        }) else {
            continue;
        };
        let mut found: Vec<PartDefault> = Vec::new();
        let mut named: Vec<String> = Vec::new();
        for each in part_node.each_with() {
            let Some(option) = each.option() else {
                continue;
            };
            if named.contains(&option.text()) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("the value of `{}` is stated twice", option.text()),
                    )
                    .at(option.span(node.file), "again here"),
                );
                continue;
            }
            named.push(option.text());
            found.extend(each_with(
                world,
                (index, part),
                &each,
                node.file,
                diagnostics,
            ));
        }
        if let Some(part) = world
            .products
            .get_mut(index)
            .and_then(|product| product.parts.get_mut(part))
        {
            part.defaults = found;
        }
    }
}

fn each_with(
    world: &World,
    (bundle, part): (usize, usize),
    node: &ast::EachWith,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PartDefault> {
    let mut found = Vec::new();
    let (Some(option), Some(value)) = (node.option(), node.value()) else {
        return found;
    };
    let scope = Scope {
        product: Some(bundle),
        direct: true,
        parts_before: Some(part),
        ..Scope::default()
    };
    let kinds = world
        .products
        .get(bundle)
        .and_then(|bundle| bundle.parts.get(part))
        .map(|part| part.kinds.clone())
        .unwrap_or_default();
    let name = option.text();
    let mut known = kinds.is_empty();
    for kind in kinds {
        let options = world.products.get(kind).map(|product| &product.options);
        let Some((index, target)) = options.and_then(|options| {
            let mut options = options.iter().enumerate();
            options.find(|(_, found)| found.name == name)
        }) else {
            continue;
        };
        known = true;
        let mut own = Vec::new();
        let mut reader = Reader::new(world, scope, file, &mut own);
        let value = reader.read(&value, Some(target.ty));
        let fits = reader.ops().present(&value, "the value of an option")
            && fit::always(&value, target.ty, world.show(), &mut own);
        told_once(diagnostics, own);
        if fits {
            found.push(PartDefault {
                product: kind,
                option: index,
                value,
            });
        }
    }
    if !known {
        diagnostics.push(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                format!("no product of this part has an option `{name}`"),
            )
            .at(option.span(file), "unknown option"),
        );
    }
    found
}

/// A bundle must not contain itself, directly or through its parts.
fn check_cycles(world: &mut World, diagnostics: &mut Vec<Diagnostic>) {
    let mut state: Vec<u8> = vec![0; world.products.len()];
    for start in 0..world.products.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        if state.get(start).copied() != Some(0) {
            continue;
        }
        while let Some((product, next)) = path.pop() {
            if let Some(state) = state.get_mut(product) {
                *state = 1;
            }
            let children: Vec<usize> = world
                .products
                .get(product)
                .map(|found| {
                    found
                        .parts
                        .iter()
                        .flat_map(|part| part.kinds.clone())
                        .collect()
                })
                .unwrap_or_default();
            let Some(&child) = children.get(next) else {
                if let Some(state) = state.get_mut(product) {
                    *state = 2;
                }
                continue;
            };
            path.push((product, next.saturating_add(1)));
            match state.get(child).copied() {
                Some(0) => path.push((child, 0)),
                Some(1) => {
                    let names: Vec<&str> = path
                        .iter()
                        .skip_while(|(on_path, _)| *on_path != child)
                        .filter_map(|(on_path, _)| world.products.get(*on_path))
                        .map(|product| product.name.as_str())
                        .collect();
                    let span = world
                        .products
                        .get(product)
                        .map_or(FileId(0).span(0, 0), |product| product.span);
                    diagnostics.push(
                        Diagnostic::error(
                            codes::CYCLE,
                            format!(
                                "the bundle `{}` contains itself",
                                names.first().copied().unwrap_or_default()
                            ),
                        )
                        .at(
                            span,
                            format!(
                                "{} contains {}",
                                names.join(" contains "),
                                names.first().copied().unwrap_or_default()
                            ),
                        ),
                    );
                    // Cut it, so that what follows ends.
                    if let Some(product) = world.products.get_mut(product) {
                        for part in &mut product.parts {
                            part.kinds.retain(|kind| *kind != child);
                        }
                    }
                    path.pop();
                    path.push((product, next));
                }
                _ => {}
            }
        }
    }
}

fn check_skus(world: &World, diagnostics: &mut Vec<Diagnostic>) {
    for (index, product) in world.products.iter().enumerate() {
        let Some(sku) = &product.sku else { continue };
        if let Some(before) = world
            .products
            .iter()
            .take(index)
            .find(|before| before.sku.as_ref() == Some(sku))
        {
            diagnostics.push(
                Diagnostic::error(
                    codes::DUPLICATE_SKU,
                    format!("the stock-keeping unit {sku:?} belongs to two products"),
                )
                .at(product.span, format!("`{}` has it", product.name))
                .also(before.span, format!("`{}` has it, too", before.name)),
            );
        }
    }
}

fn twice(what: &str, name: &str, span: Span, before: Span) -> Diagnostic {
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
