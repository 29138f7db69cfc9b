//! Reading products with their options and parts.
//!
//! A bundle is read before its parts and its parts in their order, since what a bundle works out for the options of a part
//! may look at the bundle and at the parts before.

use quo_model::{ABSENT, ArchivedModel, ArchivedOptionDef, ArchivedPart, ArchivedProduct, NONE};

use super::Item;
use super::intern::Texts;
use super::json::Json;
use super::read::{Entries, ITEMS_MAX, Reader, find};
use super::value::{excerpt, in_minor_units, in_range};
use crate::decide::no_answer;
use crate::frame::{Frame, Input, at, index};
use crate::interpret::Fault;
use crate::nearest::{did_you_mean, nearest};
use crate::record::NoRecord;
use crate::show::{Names, type_of};

/// Most levels of bundles in bundles.
const DEPTH_MAX: u32 = 32;

/// Where an item is.
#[derive(Clone, Copy)]
struct Spot {
    line: u32,
    parent: u32,
    part: u32,
    depth: u32,
}

impl Reader<'_> {
    /// Reads the product of a line; its number as an item.
    pub fn line_item(&mut self, path: &str, entries: Entries<'_>, line: u32) -> Option<u32> {
        let model = self.model;
        let all = 0..index(model.products.len());
        let product = self.product(path, entries, &all.collect::<Vec<_>>())?;
        let spot = Spot {
            line,
            parent: NONE,
            part: NONE,
            depth: 0,
        };
        self.item(path, entries, product, spot)
    }

    /// The product an entry names, one of `kinds`; the only kind if it names none.
    fn product(&mut self, path: &str, entries: Entries<'_>, kinds: &[u32]) -> Option<u32> {
        let model = self.model;
        let path = format!("{path}.product");
        let name = |kind: u32| {
            let product = model.products.get(at(kind));
            product.map_or("", |product| model.str(product.name.to_native()))
        };
        match (find(entries, "product"), kinds) {
            (Some(Json::Text(wanted)), kinds) => {
                let found = kinds.iter().copied().find(|kind| name(*kind) == wanted);
                if found.is_none() {
                    let hint = did_you_mean(&nearest(wanted, kinds.iter().map(|kind| name(*kind))));
                    let wanted = excerpt(wanted);
                    self.problem(
                        &path,
                        format!("`{wanted}` is no product that can be here{hint}"),
                    );
                }
                found
            }
            (Some(other), _) => {
                self.problem(&path, format!("must be a text and is {}", other.kind()));
                None
            }
            (None, [only]) => Some(*only),
            (None, _) => {
                self.problem(&path, "is missing".to_owned());
                None
            }
        }
    }

    fn item(&mut self, path: &str, entries: Entries<'_>, product: u32, spot: Spot) -> Option<u32> {
        if self.items.len() > ITEMS_MAX || self.full() {
            return None;
        }
        let model = self.model;
        let def = model.products.get(at(product))?;
        let options = self.options_of(path, entries, product, def, spot);
        let number = index(self.items.len());
        self.items.push(Item {
            line: spot.line,
            parent: spot.parent,
            part: spot.part,
            product,
            options_at: index(self.options.len()),
            options_len: index(options.len()),
            // Open until its parts have been read.
            end: NONE,
        });
        self.options.extend(options);
        self.parts(path, entries, def, number, spot);
        let end = index(self.items.len());
        self.items.get_mut(at(number))?.end = end;
        Some(number)
    }

    fn options_of(
        &mut self,
        path: &str,
        entries: Entries<'_>,
        product: u32,
        def: &ArchivedProduct,
        spot: Spot,
    ) -> Vec<i64> {
        let model = self.model;
        let mut values = self.line_facts(path, entries, def, spot);
        let path = format!("{path}.options");
        let own = || (0_u32..).zip(def.options.iter()).skip(values.len());
        let names: Vec<&str> = own()
            .map(|(_, option)| model.str(option.name.to_native()))
            .collect();
        let given = match find(entries, "options") {
            None | Some(Json::Null) => &[],
            Some(json) => self
                .object(&path, json, "option", &names)
                .unwrap_or_default(),
        };
        let own: Vec<_> = own().zip(&names).collect();
        for ((option, def), name) in own {
            let ty = type_of(&def.ty);
            let value = match find(given, name) {
                Some(json) => self
                    .one(ty, json)
                    .and_then(|value| in_domain(model, &self.texts, def, value)),
                // What its bundle works out may rest on what could not be read.
                None if !self.problems.is_empty()
                    && self.has_part_default(spot, product, option) =>
                {
                    Ok(ABSENT)
                }
                None => match self.part_default(spot, product, option) {
                    Some(Ok(value)) if value != ABSENT => in_range(model, ty, value)
                        .and_then(|()| in_minor_units(model, self.currency, ty, value))
                        .and_then(|()| in_domain(model, &self.texts, def, value))
                        .map_err(|message| format!("{message}, as its bundle works it out")),
                    Some(Err(message)) => Err(message),
                    _ if def.default != ABSENT => {
                        let value = def.default.to_native();
                        in_minor_units(model, self.currency, ty, value)
                            .map(|()| value)
                            .map_err(|message| format!("is not given, and its default {message}"))
                    }
                    _ => Err("is missing".to_owned()),
                },
            };
            values.push(value.unwrap_or_else(|message| {
                self.problem(&format!("{path}.{name}"), message);
                ABSENT
            }));
        }
        values
    }

    /// The facts of a line, which everything in it shares.
    fn line_facts(
        &mut self,
        path: &str,
        entries: Entries<'_>,
        def: &ArchivedProduct,
        spot: Spot,
    ) -> Vec<i64> {
        let model = self.model;
        let facts: Vec<&ArchivedOptionDef> =
            def.options.iter().take_while(|it| it.of_line).collect();
        if let Some(bundle) = self.items.get(at(spot.parent)) {
            let of_bundle = self.options.get(at(bundle.options_at)..);
            let of_bundle = of_bundle.unwrap_or_default().iter();
            return of_bundle.take(facts.len()).copied().collect();
        }
        let path = format!("{path}.facts");
        let name = |fact: &ArchivedOptionDef| model.str(fact.name.to_native());
        let names: Vec<&str> = facts.iter().map(|fact| name(fact)).collect();
        let given = match find(entries, "facts") {
            None | Some(Json::Null) => &[],
            Some(json) => self
                .object(&path, json, "fact of lines", &names)
                .unwrap_or_default(),
        };
        let mut values = Vec::with_capacity(def.options.len());
        for fact in facts {
            let path = format!("{path}.{}", name(fact));
            let ty = type_of(&fact.ty);
            values.push(
                self.input(
                    &path,
                    ty,
                    fact.optional,
                    fact.default.to_native(),
                    find(given, name(fact)),
                )
                .unwrap_or(ABSENT),
            );
        }
        values
    }

    fn has_part_default(&self, spot: Spot, product: u32, option: u32) -> bool {
        self.default_routine(spot, product, option).is_some()
    }

    /// The code with which a bundle works out an option of its parts.
    fn default_routine(&self, spot: Spot, product: u32, option: u32) -> Option<u32> {
        let bundle = self.items.get(at(spot.parent))?;
        let bundle = self.model.products.get(at(bundle.product))?;
        let mut defaults = bundle.parts.get(at(spot.part))?.defaults.iter();
        let found =
            defaults.find(|default| default.product == product && default.option == option)?;
        Some(found.routine.to_native())
    }

    /// What the bundle works out for an option; `None` if it says nothing about it.
    fn part_default(
        &mut self,
        spot: Spot,
        product: u32,
        option: u32,
    ) -> Option<Result<i64, String>> {
        let routine = self.default_routine(spot, product, option)?;
        let model = self.model;
        let input = Input {
            facts: &self.facts,
            items: &self.items,
            options: &self.options,
            asked: &self.asked,
            lists: &self.lists,
            line_texts: &[],
            texts: self.texts.so_far(),
            clauses: &self.clauses,
            codes: &self.codes,
        };
        let frame = Frame::new(model, input, self.currency?).on(spot.parent);
        let value = self.machine.narrow(routine, &frame, &mut NoRecord);
        Some(value.map_err(|fault| match fault {
            Fault::Arithmetic(error) => {
                format!("cannot be worked out by its bundle: {}", no_answer(error))
            }
            Fault::Stopped(stopped) => stopped.to_string(),
        }))
    }

    fn parts(
        &mut self,
        path: &str,
        entries: Entries<'_>,
        def: &ArchivedProduct,
        bundle: u32,
        spot: Spot,
    ) {
        let model = self.model;
        let path = format!("{path}.parts");
        let names: Vec<&str> = def
            .parts
            .iter()
            .map(|part| model.str(part.name.to_native()))
            .collect();
        let given = match find(entries, "parts") {
            None | Some(Json::Null) => &[],
            Some(json) => self.object(&path, json, "part", &names).unwrap_or_default(),
        };
        if spot.depth >= DEPTH_MAX && !given.is_empty() {
            let message = format!("bundles are nested more than {DEPTH_MAX} levels deep");
            return self.problem(&path, message);
        }
        for (number, (part, name)) in (0_u32..).zip(def.parts.iter().zip(&names)) {
            let list = match find(given, name) {
                None | Some(Json::Null) => &[],
                Some(Json::List(list)) => list.as_slice(),
                Some(single) => std::slice::from_ref(single),
            };
            let inside = Spot {
                parent: bundle,
                part: number,
                depth: spot.depth.saturating_add(1),
                ..spot
            };
            self.part(&format!("{path}.{name}"), list, part, inside);
        }
    }

    /// Reads one part: its products in the order of their names, which is the canonical one, and several items of one
    /// product in the order of the request.
    fn part(&mut self, path: &str, list: &[Json], part: &ArchivedPart, spot: Spot) {
        let model = self.model;
        let kinds: Vec<u32> = part.kinds.iter().map(|kind| kind.to_native()).collect();
        let mut chosen: Vec<(&str, u32, String, Entries<'_>)> = Vec::new();
        for (position, json) in list.iter().enumerate() {
            if self.full() {
                return;
            }
            let path = format!("{path}[{position}]");
            let Some(entries) = self.object(&path, json, "field", &["product", "options", "parts"])
            else {
                continue;
            };
            let Some(product) = self.product(&path, entries, &kinds) else {
                continue;
            };
            let name = model
                .products
                .get(at(product))
                .map_or("", |product| model.str(product.name.to_native()));
            if !part.many && chosen.iter().any(|(taken, ..)| *taken == name) {
                self.problem(&path, format!("`{name}` is in this part already"));
            } else {
                chosen.push((name, product, path, entries));
            }
        }
        self.count(path, list.len(), part, &kinds);
        // Items of one product stay in the order of the request.
        chosen.sort_by_key(|(name, ..)| *name);
        for (_, product, path, entries) in chosen {
            self.item(&path, entries, product, spot);
        }
    }

    fn count(&mut self, path: &str, count: usize, part: &ArchivedPart, kinds: &[u32]) {
        let model = self.model;
        let (min, max) = (at(part.min.to_native()), at(part.max.to_native()));
        if (min..=max).contains(&count) {
            return;
        }
        let names: Vec<&str> = kinds
            .iter()
            .filter_map(|kind| model.products.get(at(*kind)))
            .map(|product| model.str(product.name.to_native()))
            .collect();
        let of = names.join(", ");
        let message = match (min, max, count) {
            (1, 1, 0) if names.len() == 1 => format!("is missing: it holds {of}"),
            (1, 1, 0) => format!("is missing: it holds one of {of}"),
            (min, max, _) if min == max => format!("holds {min} of {of}, and {count} are given"),
            _ => format!("holds {min} to {max} of {of}, and {count} are given"),
        };
        self.problem(path, message);
    }
}

/// Most values of a domain that a message names.
const DOMAIN_SHOWN: usize = 20;

/// The value of an option, where it is among those that the option may have.
fn in_domain(
    model: &ArchivedModel,
    texts: &Texts,
    option: &ArchivedOptionDef,
    value: i64,
) -> Result<i64, String> {
    if option.domain.is_empty() || option.domain.iter().any(|known| known.to_native() == value) {
        return Ok(value);
    }
    let ty = type_of(&option.ty);
    let names = Names {
        model,
        texts: texts.so_far(),
        minor_units: 0,
    };
    let shown = |value: i64| names.shown(ty, value.into());
    let mut listed: Vec<String> = option
        .domain
        .iter()
        .take(DOMAIN_SHOWN)
        .map(|value| shown(value.to_native()))
        .collect();
    if option.domain.len() > DOMAIN_SHOWN {
        listed.push("…".to_owned());
    }
    Err(format!(
        "must be one of {} and is {}",
        listed.join(", "),
        shown(value)
    ))
}
