//! What lowering has at hand everywhere: the rules, their strings and places, and what has been made so far.

use std::collections::BTreeMap;

use quo_analysis::hir::{Rules, Window};
use quo_model::{DataList, ListIndex, Model, NONE, Place, SourceMap, Table};
use quo_source::{Diagnostic, FileId, Sources, Span};

use crate::calculations::LoweredDecision;
use crate::charges::SharedRows;
use crate::code::Routines;
use crate::places::Places;
use crate::strings::StringIds;
use crate::{Lowered, limits, places};

/// The state of lowering one ruleset.
pub(crate) struct Context<'a> {
    /// What is lowered.
    pub(crate) rules: &'a Rules,
    /// Its strings, numbered.
    pub(crate) strings: StringIds<'a>,
    /// Its files.
    pub(crate) places: Places,
    /// Code made so far.
    pub(crate) routines: Routines,
    /// Decision tables, all of them.
    pub(crate) decisions: Vec<LoweredDecision>,
    /// Lists of constants made so far, those of the rules first.
    pub(crate) data: Vec<DataList>,
    /// Tables of prices made so far, by the place of their rows in memory, which says only that they are the same.
    pub(crate) price_tables: BTreeMap<usize, SharedRows>,
    /// Tables made so far.
    pub(crate) tables: Vec<Table>,
    /// The places of their rows.
    pub(crate) rows: Vec<Vec<Place>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    /// Nothing lowered yet.
    pub(crate) fn new(rules: &'a Rules, sources: &Sources, with_probes: bool) -> Self {
        Self {
            rules,
            strings: StringIds::of(rules, with_probes),
            places: Places::of(sources),
            routines: Routines::default(),
            decisions: Vec::new(),
            data: Vec::new(),
            price_tables: BTreeMap::new(),
            tables: Vec::new(),
            rows: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Notes that something cannot be lowered; what is returned in its place is never used.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The number of a string of the rules.
    pub(crate) fn string(&mut self, text: &str) -> u32 {
        let found = self.strings.get(text);
        found.unwrap_or_else(|| {
            let what = format!("the string `{text}` was not met in the first pass");
            self.report(limits::broken_rules(FileId(0).span(0, 0), &what));
            NONE
        })
    }

    /// What was lowered, or why it could not be.
    pub(crate) fn finish(self, mut model: Model) -> Result<Lowered, Vec<Diagnostic>> {
        let indexes: Option<Vec<ListIndex>> = self
            .routines
            .indexes()
            .iter()
            .map(|(data, columns)| {
                let list = self.data.get(usize::try_from(*data).ok()?)?;
                ListIndex::new(*data, list, columns.clone())
            })
            .collect();
        let mut diagnostics = self.diagnostics;
        if indexes.is_none() {
            let nowhere = FileId(0).span(0, 0);
            diagnostics.push(limits::broken_rules(nowhere, "an index of a wide column"));
        }
        if !diagnostics.is_empty() {
            Diagnostic::sort(&mut diagnostics);
            return Err(diagnostics);
        }
        let ids = places::ids(self.rules, &self.places);
        let (program, points) = self.routines.finish();
        model.program = program;
        model.tables = self.tables;
        model.data = self.data;
        model.indexes = indexes.unwrap_or_default();
        let source_map = SourceMap {
            files: self.places.into_files(),
            ids,
            rows: self.rows,
            points,
        };
        Ok(Lowered { model, source_map })
    }

    /// An index that checked rules keep in range, as the model stores it.
    pub(crate) fn index(&mut self, index: usize, span: Span) -> u32 {
        u32::try_from(index).unwrap_or_else(|_| {
            self.report(limits::broken_rules(span, "an index leaves 32 bits"));
            NONE
        })
    }

    /// Such an index where there may be none.
    pub(crate) fn optional_index(&mut self, index: Option<usize>, span: Span) -> u32 {
        index.map_or(NONE, |index| self.index(index, span))
    }

    /// Several such indexes.
    pub(crate) fn indexes(&mut self, indexes: &[usize], span: Span) -> Vec<u32> {
        indexes
            .iter()
            .map(|&index| self.index(index, span))
            .collect()
    }
}

/// First and last day, an open end as the least or greatest number.
pub(crate) fn days(window: Window) -> (i32, i32) {
    (
        window.from.map_or(i32::MIN, quo_value::Date::days),
        window.to.map_or(i32::MAX, quo_value::Date::days),
    )
}
