//! Under which licences we build: every package of the graph has one that lets anybody use Quo for anything.
//!
//! A licence is an SPDX expression and is evaluated as one: `MIT OR LGPL-2.1-or-later` is fine, since we choose the
//! first; `MIT AND LGPL-2.1-or-later` is not. The old spelling `MIT/Apache-2.0` means `OR`.

use cargo_metadata::{Metadata, Package};
use spdx::{Expression, ParseMode};

/// The licences we accept, each as the only thing a package asks for.
pub const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What the crates of the workspace themselves are published under.
pub const OUR_LICENCE: &str = "MIT OR Apache-2.0";

/// Every package of the graph whose licence is missing, unreadable or not permissive, as sentences.
pub fn check(metadata: &Metadata) -> Vec<String> {
    let ours = metadata.workspace_packages();
    let mut findings: Vec<String> = metadata
        .packages
        .iter()
        .filter_map(|package| {
            check_package(package)
                .map(|what| format!("`{} {}` {what}", package.name, package.version))
        })
        .collect();
    for package in ours {
        if package.license.as_deref() != Some(OUR_LICENCE) {
            findings.push(format!(
                "`{}` does not say `license.workspace = true`",
                package.name
            ));
        }
    }
    findings
}

fn check_package(package: &Package) -> Option<String> {
    match &package.license {
        None => Some("names no licence".to_owned()),
        Some(licence) => refusal(licence),
    }
}

/// Why we cannot build on something under this licence, or nothing if we can.
pub fn refusal(licence: &str) -> Option<String> {
    match Expression::parse_mode(licence, ParseMode::LAX) {
        Err(error) => Some(format!(
            "has the licence `{licence}`, which is no SPDX expression: {}",
            error.reason
        )),
        Ok(expression) => {
            let permitted =
                expression.evaluate(|part| PERMISSIVE.contains(&part.to_string().as_str()));
            (!permitted)
                .then(|| format!("has the licence `{licence}`, which is not permissive enough"))
        }
    }
}
