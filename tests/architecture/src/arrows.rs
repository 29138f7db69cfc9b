//! Who may depend on whom: the arrows of the architecture as tables, and the check over the dependency graph.
//!
//! Three tables. [`ROOMS`] says for each crate which crates of the workspace it may use; [`KEEPERS`] names for
//! libraries that stand for a decision (a parser, the archive, the database, the web) the only crates that may name
//! them; [`NEVER`] says what must not be reached at all, not even through somebody else. Development dependencies have
//! a column of their own in the first and are free in the others: a test may look at a crate from any side.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};

/// One crate and the crates of the workspace it may use.
#[derive(Debug)]
pub struct Room {
    /// Folder below the root of the repository.
    pub folder: &'static str,
    /// Package name: `quo-` and the last part of the folder.
    pub package: &'static str,
    /// What it may use when it is built.
    pub may_use: &'static [&'static str],
    /// What its tests may use beyond that.
    pub tests_may_use: &'static [&'static str],
}

/// Every crate of the workspace.
pub const ROOMS: &[Room] = &[
    Room {
        folder: "dsl/source",
        package: "quo-source",
        may_use: &[],
        tests_may_use: &[],
    },
    Room {
        folder: "dsl/syntax",
        package: "quo-syntax",
        may_use: &["quo-source"],
        tests_may_use: &[],
    },
    Room {
        folder: "dsl/format",
        package: "quo-format",
        may_use: &["quo-source", "quo-syntax"],
        tests_may_use: &[],
    },
    Room {
        folder: "dsl/workbook",
        package: "quo-workbook",
        may_use: &["quo-source"],
        tests_may_use: &[],
    },
    Room {
        folder: "compiler/analysis",
        package: "quo-analysis",
        may_use: &["quo-source", "quo-syntax", "quo-value"],
        tests_may_use: &[],
    },
    Room {
        folder: "compiler/lower",
        package: "quo-lower",
        may_use: &["quo-source", "quo-analysis", "quo-value", "quo-model"],
        tests_may_use: &["quo-syntax", "quo-engine"],
    },
    Room {
        folder: "compiler/golden",
        package: "quo-golden",
        may_use: &[
            "quo-source",
            "quo-analysis",
            "quo-value",
            "quo-model",
            "quo-engine",
        ],
        tests_may_use: &["quo-syntax", "quo-lower", "quo-driver"],
    },
    Room {
        folder: "compiler/driver",
        package: "quo-driver",
        may_use: &[
            "quo-source",
            "quo-syntax",
            "quo-workbook",
            "quo-analysis",
            "quo-lower",
            "quo-model",
        ],
        tests_may_use: &["quo-value", "quo-engine", "quo-golden"],
    },
    Room {
        folder: "compiler/cli",
        package: "quo-cli",
        may_use: &[
            "quo-source",
            "quo-format",
            "quo-driver",
            "quo-golden",
            "quo-value",
            "quo-model",
            "quo-engine",
        ],
        tests_may_use: &[],
    },
    Room {
        folder: "runtime/value",
        package: "quo-value",
        may_use: &[],
        tests_may_use: &[],
    },
    Room {
        folder: "runtime/model",
        package: "quo-model",
        may_use: &["quo-value"],
        tests_may_use: &[],
    },
    Room {
        folder: "runtime/engine",
        package: "quo-engine",
        may_use: &["quo-value", "quo-model"],
        tests_may_use: &[],
    },
    Room {
        folder: "server/domain",
        package: "quo-domain",
        may_use: &[],
        tests_may_use: &[],
    },
    Room {
        folder: "server/store",
        package: "quo-store",
        may_use: &["quo-domain"],
        tests_may_use: &[],
    },
    Room {
        folder: "server/connect",
        package: "quo-connect",
        may_use: &[],
        tests_may_use: &[],
    },
    Room {
        folder: "server/http",
        package: "quo-http",
        may_use: &[
            "quo-domain",
            "quo-store",
            "quo-connect",
            "quo-value",
            "quo-model",
            "quo-engine",
        ],
        tests_may_use: &["quo-driver"],
    },
    Room {
        folder: "tests/architecture",
        package: "quo-architecture",
        may_use: &[],
        tests_may_use: &[],
    },
    Room {
        folder: "tests/cases",
        package: "quo-cases",
        may_use: &[
            "quo-source",
            "quo-analysis",
            "quo-driver",
            "quo-golden",
            "quo-value",
            "quo-model",
            "quo-engine",
        ],
        tests_may_use: &[],
    },
    Room {
        folder: "tests/fuzz",
        package: "quo-fuzz",
        may_use: &[],
        tests_may_use: &[
            "quo-source",
            "quo-syntax",
            "quo-format",
            "quo-lower",
            "quo-driver",
            "quo-model",
            "quo-engine",
        ],
    },
];

/// The arrows between the folders of crates: no row of [`ROOMS`] may allow more when a crate is built.
pub const HALVES: &[(&str, &[&str])] = &[
    ("dsl", &["dsl"]),
    ("compiler", &["dsl", "compiler", "runtime"]),
    ("runtime", &["runtime"]),
    ("server", &["server", "runtime"]),
    ("tests", &["dsl", "compiler", "runtime"]),
];

/// Libraries that stand for a decision, and the only crates that may name them when they are built.
pub const KEEPERS: &[(&str, &[&str])] = &[
    ("logos", &["quo-syntax"]),
    ("rowan", &["quo-syntax"]),
    ("pest", &["quo-syntax"]),
    ("pest_derive", &["quo-syntax"]),
    ("codespan-reporting", &["quo-source"]),
    ("csv", &["quo-cases"]),
    ("calamine", &["quo-workbook"]),
    ("zip", &["quo-workbook"]),
    ("rayon", &["quo-driver", "quo-golden"]),
    ("rkyv", &["quo-model"]),
    ("memmap2", &["quo-model"]),
    ("rust_decimal", &["quo-value"]),
    ("rusqlite", &["quo-store"]),
    ("tokio", &["quo-store", "quo-connect", "quo-http"]),
    ("axum", &["quo-connect", "quo-http"]),
    ("reqwest", &["quo-connect", "quo-http"]),
    ("utoipa", &["quo-http"]),
    ("clap", &["quo-cli", "quo-http"]),
];

/// Asynchrony, the web and the database: what a pure crate must not reach.
const OUTSIDE_WORLD: &[&str] = &["tokio", "axum", "hyper", "reqwest", "rusqlite"];
/// What reads rule text and speaks to a terminal.
const FRONT_END: &[&str] = &[
    "logos",
    "rowan",
    "pest",
    "codespan-reporting",
    "csv",
    "calamine",
    "clap",
];

/// What a folder of crates, or one crate, must not reach, not even through another crate.
pub const NEVER: &[(&str, &[&[&str]])] = &[
    (
        "quo-source",
        &[&["logos", "rowan", "pest", "rkyv"], OUTSIDE_WORLD],
    ),
    ("dsl", &[&["rkyv"], OUTSIDE_WORLD]),
    ("quo-analysis", &[&["rkyv"]]),
    ("compiler", &[OUTSIDE_WORLD]),
    ("runtime", &[FRONT_END, OUTSIDE_WORLD]),
    ("quo-domain", &[OUTSIDE_WORLD, FRONT_END, &["rkyv"]]),
    (
        "quo-store",
        &[&["axum", "hyper", "reqwest"], FRONT_END, &["rkyv"]],
    ),
    ("quo-connect", &[&["rusqlite", "rkyv"], FRONT_END]),
    (
        "quo-http",
        &[&["logos", "rowan", "pest", "codespan-reporting"]],
    ),
];

/// Every arrow of the graph that points the wrong way, as sentences.
pub fn check(metadata: &Metadata) -> Vec<String> {
    let members = metadata.workspace_packages();
    let names: BTreeSet<&str> = members
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let graph = Graph::of(metadata);
    let mut findings = Vec::new();
    for package in &members {
        match ROOMS
            .iter()
            .find(|room| room.package == package.name.as_str())
        {
            None => findings.push(format!(
                "crate `{}` has no row in the table of arrows",
                package.name
            )),
            Some(room) => {
                check_place(metadata, package, room, &mut findings);
                check_workspace_arrows(package, room, &names, &mut findings);
                check_reach(&graph, package, room, &mut findings);
            }
        }
        check_keepers(package, &mut findings);
    }
    for room in ROOMS {
        if !names.contains(room.package) {
            findings.push(format!(
                "the table of arrows has a row for `{}`, which is no crate",
                room.package
            ));
        }
    }
    findings
}

/// Every row of `rooms` that contradicts the arrows between the folders.
pub fn check_table(rooms: &[Room]) -> Vec<String> {
    let half_of = |package: &str| {
        rooms
            .iter()
            .find(|room| room.package == package)
            .map(|room| half(room.folder))
    };
    let mut findings = Vec::new();
    for room in rooms {
        let own = half(room.folder);
        let allowed = HALVES
            .iter()
            .find(|(folder, _)| *folder == own)
            .map_or(&[][..], |(_, allowed)| allowed);
        for used in room.may_use {
            match half_of(used) {
                None => findings.push(format!(
                    "`{}` may use `{used}`, which has no row",
                    room.package
                )),
                Some(other) if !allowed.contains(&other) => {
                    findings.push(format!(
                        "`{}` may use `{used}`, but `{own}` must not use `{other}`",
                        room.package
                    ));
                }
                Some(_) => {}
            }
        }
    }
    findings
}

/// Every arrow between crates that `docs/ARCHITECTURE.md` draws and nobody built, or the other way round, as sentences.
/// Its diagram has a line for each crate that uses others: `engine --> value & model`.
pub fn check_diagram(metadata: &Metadata, document: &str) -> Vec<String> {
    let members = metadata.workspace_packages();
    let short = |name: &str| name.trim().trim_start_matches("quo-").to_owned();
    let names: BTreeSet<&str> = members
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let built: BTreeSet<(String, String)> = members
        .iter()
        .flat_map(|package| {
            let used = package.dependencies.iter().filter(|dependency| {
                dependency.kind != DependencyKind::Development
                    && names.contains(dependency.name.as_str())
            });
            used.map(|dependency| (short(&package.name), short(&dependency.name)))
        })
        .collect();
    let drawn: BTreeSet<(String, String)> = document
        .lines()
        .filter_map(|line| line.split_once("-->"))
        .flat_map(|(from, to)| to.split('&').map(move |to| (short(from), short(to))))
        .collect();
    let missing = built
        .difference(&drawn)
        .map(|(from, to)| format!("the diagram lacks `{from} --> {to}`"));
    let invented = drawn
        .difference(&built)
        .map(|(from, to)| format!("the diagram draws `{from} --> {to}`, which is not so"));
    missing.chain(invented).collect()
}

fn half(folder: &str) -> &str {
    folder.split('/').next().unwrap_or(folder)
}

fn check_place(metadata: &Metadata, package: &Package, room: &Room, findings: &mut Vec<String>) {
    let expected = metadata.workspace_root.join(room.folder).join("Cargo.toml");
    if package.manifest_path != expected {
        findings.push(format!(
            "crate `{}` does not lie in `{}`",
            package.name, room.folder
        ));
    }
    let last = room.folder.rsplit('/').next().unwrap_or_default();
    if package.name.strip_prefix("quo-") != Some(last) {
        findings.push(format!(
            "crate `{}` is not named after its folder `{}`",
            package.name, room.folder
        ));
    }
}

fn check_workspace_arrows(
    package: &Package,
    room: &Room,
    names: &BTreeSet<&str>,
    findings: &mut Vec<String>,
) {
    for dependency in &package.dependencies {
        let used = dependency.name.as_str();
        if !names.contains(used) || room.may_use.contains(&used) {
            continue;
        }
        let of_tests = dependency.kind == DependencyKind::Development;
        if of_tests && (room.tests_may_use.contains(&used) || used == room.package) {
            continue;
        }
        let who = if of_tests { "the tests of " } else { "" };
        let allowed = if room.may_use.is_empty() {
            "nothing".to_owned()
        } else {
            room.may_use.join(", ")
        };
        findings.push(format!(
            "{who}`{}` must not depend on `{used}`: of the workspace it may use {allowed}",
            package.name
        ));
    }
}

fn check_keepers(package: &Package, findings: &mut Vec<String>) {
    for dependency in package
        .dependencies
        .iter()
        .filter(|used| used.kind != DependencyKind::Development)
    {
        for (library, keepers) in KEEPERS {
            if dependency.name == *library && !keepers.contains(&package.name.as_str()) {
                findings.push(format!(
                    "`{}` must not name the library `{library}`: it is kept by {}",
                    package.name,
                    keepers.join(", ")
                ));
            }
        }
    }
}

fn check_reach(graph: &Graph<'_>, package: &Package, room: &Room, findings: &mut Vec<String>) {
    let forbidden: BTreeSet<&str> = NEVER
        .iter()
        .filter(|(who, _)| *who == room.package || *who == half(room.folder))
        .flat_map(|(_, lists)| lists.iter().copied().flatten().copied())
        .collect();
    for (library, way) in graph.reach(&package.id, &forbidden) {
        findings.push(format!(
            "`{}` must not reach `{library}`, but does: {}",
            package.name,
            way.join(" → ")
        ));
    }
}

/// What is built into what, over all platforms: normal and build dependencies with the features the workspace turns on.
struct Graph<'a> {
    names: BTreeMap<&'a PackageId, &'a str>,
    arrows: BTreeMap<&'a PackageId, Vec<&'a PackageId>>,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Metadata) -> Self {
        let names = metadata
            .packages
            .iter()
            .map(|package| (&package.id, package.name.as_str()))
            .collect();
        let mut arrows = BTreeMap::new();
        for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
            let built = node.deps.iter().filter(|dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|how| how.kind != DependencyKind::Development)
            });
            arrows.insert(&node.id, built.map(|dependency| &dependency.pkg).collect());
        }
        Self { names, arrows }
    }

    /// Each of the `wanted` packages that `from` reaches, with one of the shortest ways there, itself first.
    fn reach(&self, from: &'a PackageId, wanted: &BTreeSet<&str>) -> Vec<(&'a str, Vec<&'a str>)> {
        let mut came_from: BTreeMap<&PackageId, Option<&PackageId>> =
            BTreeMap::from([(from, None)]);
        let mut queue = VecDeque::from([from]);
        let mut found = Vec::new();
        while let Some(here) = queue.pop_front() {
            let name = self.name(here);
            if here != from && wanted.contains(name) {
                let mut way = vec![name];
                let mut step = here;
                while let Some(Some(before)) = came_from.get(step) {
                    way.push(self.name(before));
                    step = before;
                }
                way.reverse();
                found.push((name, way));
                continue;
            }
            for next in self.arrows.get(here).into_iter().flatten().copied() {
                if !came_from.contains_key(next) {
                    came_from.insert(next, Some(here));
                    queue.push_back(next);
                }
            }
        }
        found
    }

    fn name(&self, id: &PackageId) -> &'a str {
        self.names.get(id).copied().unwrap_or("?")
    }
}
