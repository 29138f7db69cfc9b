//! The pipeline: text, trees, checked rules, decision program, package.
//!
//! A struct per stage, each made from the one before. Files are parsed on as many threads as there are and put together in
//! the order of their paths, so that the result does not depend on the number of threads.

use quo_analysis::hir::Rules;
use quo_analysis::tests_hir::Expected;
use quo_lower::Lowered;
use quo_source::{Diagnostic, FileId, Sources, Stopped, Work};
use quo_syntax::ast;
use quo_syntax::{Parse, ParseCache};
use rayon::prelude::*;

/// What is shared by runs of the pipeline: trees that have been seen, and how much work may be done.
#[derive(Debug)]
pub struct Pipeline {
    cache: ParseCache,
    work: Work,
}

/// The files of a ruleset.
#[derive(Debug)]
pub struct Files {
    /// The files.
    pub sources: Sources,
}

/// Every file with its tree.
#[derive(Debug)]
pub struct Parsed {
    /// The files.
    pub sources: Sources,
    /// The tree of each `.quo` file, by path.
    pub trees: Vec<(FileId, Parse)>,
}

/// Checked rules, if there was no error.
#[derive(Debug)]
pub struct Analyzed {
    /// The files.
    pub sources: Sources,
    /// The rules.
    pub rules: Option<Rules>,
    /// What was found in syntax and meaning.
    pub diagnostics: Vec<Diagnostic>,
}

/// The decision program, if there was no error.
#[derive(Debug)]
pub struct Packed {
    /// The files.
    pub sources: Sources,
    /// The rules.
    pub rules: Option<Rules>,
    /// The program.
    pub lowered: Option<Lowered>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

/// The end of the pipeline.
#[derive(Debug)]
pub struct Built {
    /// The files.
    pub sources: Sources,
    /// The checked rules with their tests.
    pub rules: Option<Rules>,
    /// The bytes of the package.
    pub package: Option<Vec<u8>>,
    /// The bytes of a package that also has the values that tests expect something of, where there are such tests.
    pub package_for_tests: Option<Vec<u8>>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Built {
    /// The bytes of the package that tests are run on.
    #[must_use]
    pub fn tested(&self) -> Option<&[u8]> {
        self.package_for_tests
            .as_deref()
            .or(self.package.as_deref())
    }
}

impl Pipeline {
    /// A pipeline that remembers up to 4,096 trees, within a budget.
    #[must_use]
    pub fn new(work: Work) -> Self {
        Self {
            cache: ParseCache::new(4_096),
            work,
        }
    }

    /// Text to trees; the modules of the standard library that are used are added to the files.
    ///
    /// # Errors
    /// When the budget is used up or the work is cancelled.
    pub fn parse(&self, files: Files) -> Result<Parsed, Stopped> {
        let mut sources = files.sources;
        loop {
            let trees = self.trees(&sources)?;
            let parsed: Vec<_> = trees
                .iter()
                .map(|(id, parse)| (*id, parse.tree()))
                .collect();
            let modules = quo_analysis::modules::missing(&sources, &parsed);
            if modules.is_empty() {
                return Ok(Parsed { sources, trees });
            }
            // A module has a path that no file has yet, so the larger set is one, and each module is added once.
            let files = sources.iter().map(|(_, file)| file.clone());
            match Sources::new(files.chain(modules)) {
                Ok(larger) => sources = larger,
                Err(_) => return Ok(Parsed { sources, trees }),
            }
        }
    }

    /// The tree of each file of rules.
    fn trees(&self, sources: &Sources) -> Result<Vec<(FileId, Parse)>, Stopped> {
        let quo: Vec<_> = sources
            .iter()
            .filter(|(_, file)| !file.is_table())
            .collect();
        quo.into_par_iter()
            .map(|(id, file)| Ok((id, self.cache.parse(id, file, &self.work)?)))
            .collect()
    }

    /// Trees to checked rules.
    ///
    /// # Errors
    /// When the budget is used up or the work is cancelled.
    pub fn check(&self, parsed: Parsed) -> Result<Analyzed, Stopped> {
        let trees: Vec<(FileId, ast::SourceFile)> = parsed
            .trees
            .iter()
            .map(|(id, parse)| (*id, parse.tree()))
            .collect();
        let mut diagnostics: Vec<Diagnostic> = parsed
            .trees
            .iter()
            .flat_map(|(_, parse)| parse.diagnostics().to_vec())
            .collect();
        let broken = diagnostics.iter().any(Diagnostic::is_error);
        let checked = quo_analysis::check(&parsed.sources, &trees, &self.work)?;
        diagnostics.extend(checked.diagnostics);
        Diagnostic::sort(&mut diagnostics);
        Ok(Analyzed {
            sources: parsed.sources,
            rules: checked.rules.filter(|_| !broken),
            diagnostics,
        })
    }

    /// Checked rules to the decision program.
    #[must_use]
    pub fn lower(&self, analyzed: Analyzed) -> Packed {
        let mut diagnostics = analyzed.diagnostics;
        let lowered = analyzed.rules.as_ref().and_then(|rules| {
            match quo_lower::lower(rules, &analyzed.sources) {
                Ok(lowered) => Some(lowered),
                Err(limits) => {
                    diagnostics.extend(limits);
                    None
                }
            }
        });
        Packed {
            sources: analyzed.sources,
            rules: analyzed.rules,
            lowered,
            diagnostics,
        }
    }

    /// The decision program to the bytes of a package.
    #[must_use]
    pub fn pack(&self, packed: Packed) -> Built {
        let mut diagnostics = packed.diagnostics;
        let package = packed
            .lowered
            .and_then(|lowered| match lowered.to_package_bytes() {
                Ok(bytes) => Some(bytes),
                Err(error) => {
                    diagnostics.push(Diagnostic::error(
                        quo_source::codes::OVER_BUDGET,
                        error.to_string(),
                    ));
                    None
                }
            });
        let for_tests = packed.rules.as_ref().filter(|rules| {
            let expectations = rules.tests.iter().flat_map(|test| &test.expectations);
            let mut values = expectations.filter(|it| matches!(it.kind, Expected::Value { .. }));
            package.is_some() && values.next().is_some()
        });
        let package_for_tests =
            for_tests.and_then(
                |rules| match quo_lower::lower_for_tests(rules, &packed.sources) {
                    Ok(lowered) => lowered.to_package_bytes().ok(),
                    Err(limits) => {
                        diagnostics.extend(limits);
                        None
                    }
                },
            );
        Built {
            sources: packed.sources,
            rules: packed.rules,
            package,
            package_for_tests,
            diagnostics,
        }
    }

    /// All stages.
    ///
    /// # Errors
    /// When the budget is used up or the work is cancelled.
    pub fn build(&self, sources: Sources) -> Result<Built, Stopped> {
        let parsed = self.parse(Files { sources })?;
        let analyzed = self.check(parsed)?;
        Ok(self.pack(self.lower(analyzed)))
    }
}

/// All stages, once, without a limit.
///
/// # Errors
/// Never, as nothing cancels it; the type is that of [`Pipeline::build`].
pub fn build(sources: Sources) -> Result<Built, Stopped> {
    Pipeline::new(Work::unlimited()).build(sources)
}
