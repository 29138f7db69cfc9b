//! The partition of cases by what rows say: which case has no row, which row has no case, which case has two.
//!
//! Every column is cut where some row begins or ends; between two cuts all values are alike. Going through the columns one
//! after the other with the rows that still hold gives a decision diagram: the same rows at the same column are the same
//! question and are asked once. Its size is counted, and a search that would be too large stops and says so: nothing is
//! ever taken for checked that was not.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::set::{Ordinal, Set};

/// Conditions of one row: a set for each column, `None` where it does not matter.
#[derive(Debug, Clone)]
pub struct Case {
    /// By column.
    pub cells: Vec<Option<Set>>,
    /// What kind of row: see [`Search::uncovered`].
    pub group: usize,
}

/// Rows over columns, each of which has a domain.
pub struct Search<'r> {
    domain: &'r [Set],
    rows: Vec<Case>,
    /// The columns in the order in which they are asked.
    order: Vec<usize>,
    /// By row, the first place in `order` from which on nothing matters to it.
    open_from: Vec<usize>,
    seen: HashSet<(usize, Vec<u32>)>,
    budget: u64,
}

/// The values that tell a case from others, by column.
pub type Point = Vec<(usize, Ordinal)>;

/// The search was too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

/// Visits of rows that every search may make.
const VISITS_MAX: u64 = 1_000_000;

/// Visits that a search may make more for each of its rows: a large table costs a second, not a minute.
const VISITS_OF_A_ROW_MAX: u64 = 64;

impl<'r> Search<'r> {
    /// A search over `rows`; what a row says beyond the domain of a column is cut off, and a row that can hold for nothing
    /// is left out of every answer.
    #[must_use]
    pub fn new(domain: &'r [Set], mut rows: Vec<Case>) -> Self {
        for row in &mut rows {
            for (cell, domain) in row.cells.iter_mut().zip(domain) {
                let Some(set) = cell else { continue };
                let inside = set.and(domain);
                *cell = (inside != *domain).then_some(inside);
            }
        }
        // What most rows decide by is asked first: the rows of one value are few.
        let said = |column: usize| {
            let open = |row: &&Case| row.cells.get(column).is_none_or(Option::is_none);
            rows.iter().filter(open).count()
        };
        let mut order: Vec<usize> = (0..domain.len()).collect();
        order.sort_by_key(|column| (said(*column), *column));
        let open_from = rows.iter().map(|row| {
            let decides = |column: &usize| row.cells.get(*column).is_some_and(Option::is_some);
            order
                .iter()
                .rposition(decides)
                .map_or(0, |last| last.saturating_add(1))
        });
        let open_from = open_from.collect();
        let of_rows = u64::try_from(rows.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(VISITS_OF_A_ROW_MAX);
        let budget = VISITS_MAX.saturating_add(of_rows);
        Self {
            domain,
            rows,
            order,
            open_from,
            seen: HashSet::new(),
            budget,
        }
    }

    /// The rows that can hold at all.
    fn possible(&self) -> Vec<u32> {
        let empty = |row: &Case| row.cells.iter().flatten().any(Set::is_empty);
        let possible = self.rows.iter().zip(0u32..).filter(|(row, _)| !empty(row));
        possible.map(|(_, number)| number).collect()
    }

    /// A case for which no row of group 0 holds, and of each other group up to `groups` at least one: group 0 is what
    /// decides, the other groups say together which cases there are.
    ///
    /// # Errors
    /// When it is too large.
    pub fn uncovered(mut self, groups: usize) -> Result<Option<Point>, TooLarge> {
        let mut point = Point::new();
        let rows = self.possible();
        Ok(self.gap(0, &rows, groups, &mut point)?.then_some(point))
    }

    fn gap(
        &mut self,
        level: usize,
        active: &[u32],
        groups: usize,
        point: &mut Point,
    ) -> Result<bool, TooLarge> {
        let mut there = vec![false; groups.saturating_add(1)];
        for row in active {
            let group = self.row(*row).map_or(0, |row| row.group);
            if group == 0 && self.is_open(*row, level) {
                return Ok(false);
            }
            if let Some(there) = there.get_mut(group) {
                *there = true;
            }
        }
        if there.iter().skip(1).any(|there| !there) {
            return Ok(false);
        }
        let Some(&column) = self.order.get(level) else {
            return Ok(true);
        };
        if !self.seen.insert((level, active.to_vec())) {
            return Ok(false);
        }
        let Some(segments) = self.segments(column, active)? else {
            return self.gap(level.saturating_add(1), active, groups, point);
        };
        for (segment, rows) in segments {
            point.push((column, Set::example(segment)));
            if self.gap(level.saturating_add(1), &rows, groups, point)? {
                return Ok(true);
            }
            point.pop();
        }
        Ok(false)
    }

    /// Of rows of which the first that holds counts: those that never are, and a case for which none holds.
    ///
    /// # Errors
    /// When it is too large.
    pub fn first_match(mut self) -> Result<(Vec<usize>, Option<Point>), TooLarge> {
        let rows = self.possible();
        let mut found = (BTreeSet::new(), None);
        self.live(0, &rows, &mut Point::new(), &mut found)?;
        let (live, gap) = found;
        let dead = (0u32..)
            .take(self.rows.len())
            .filter(|row| !live.contains(row));
        Ok((
            dead.filter_map(|row| usize::try_from(row).ok()).collect(),
            gap,
        ))
    }

    fn live(
        &mut self,
        level: usize,
        active: &[u32],
        point: &mut Point,
        found: &mut (BTreeSet<u32>, Option<Point>),
    ) -> Result<(), TooLarge> {
        let Some(&first) = active.first() else {
            found.1.get_or_insert_with(|| point.clone());
            return Ok(());
        };
        if self.is_open(first, level) {
            found.0.insert(first);
            return Ok(());
        }
        let Some(&column) = self.order.get(level) else {
            return Ok(());
        };
        if !self.seen.insert((level, active.to_vec())) {
            return Ok(());
        }
        let Some(segments) = self.segments(column, active)? else {
            return self.live(level.saturating_add(1), active, point, found);
        };
        for (segment, rows) in segments {
            point.push((column, Set::example(segment)));
            self.live(level.saturating_add(1), &rows, point, found)?;
            point.pop();
        }
        Ok(())
    }

    /// For each row that holds together with an earlier one, the earliest of them, with such a case.
    ///
    /// # Errors
    /// When it is too large.
    pub fn overlaps(mut self) -> Result<BTreeMap<usize, usize>, TooLarge> {
        let rows = self.possible();
        let mut found = BTreeMap::new();
        self.two(0, &rows, &mut found)?;
        Ok(found)
    }

    fn two(
        &mut self,
        level: usize,
        active: &[u32],
        found: &mut BTreeMap<usize, usize>,
    ) -> Result<(), TooLarge> {
        let [first, others @ ..] = active else {
            return Ok(());
        };
        if others.is_empty() {
            return Ok(());
        }
        let Some(&column) = self.order.get(level) else {
            for later in others {
                let pair = (usize::try_from(*later), usize::try_from(*first));
                if let (Ok(later), Ok(first)) = pair {
                    let earliest = found.entry(later).or_insert(first);
                    *earliest = (*earliest).min(first);
                }
            }
            return Ok(());
        };
        if !self.seen.insert((level, active.to_vec())) {
            return Ok(());
        }
        let Some(segments) = self.segments(column, active)? else {
            return self.two(level.saturating_add(1), active, found);
        };
        for (_, rows) in segments {
            self.two(level.saturating_add(1), &rows, found)?;
        }
        Ok(())
    }

    fn row(&self, number: u32) -> Option<&Case> {
        self.rows.get(usize::try_from(number).ok()?)
    }

    /// Whether nothing from this place on matters to a row.
    fn is_open(&self, number: u32, level: usize) -> bool {
        let from = usize::try_from(number)
            .ok()
            .and_then(|row| self.open_from.get(row));
        from.is_some_and(|from| *from <= level)
    }

    /// The stretches of a column between its cuts, with the rows that hold there; nothing where no row says anything, as
    /// then the column does not matter.
    #[expect(
        clippy::type_complexity,
        reason = "a list of stretches with their rows"
    )]
    fn segments(
        &mut self,
        column: usize,
        active: &[u32],
    ) -> Result<Option<Vec<((Ordinal, Ordinal), Vec<u32>)>>, TooLarge> {
        let mut open: Vec<u32> = Vec::new();
        let mut cuts: BTreeMap<Ordinal, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        for &number in active {
            match self
                .row(number)
                .and_then(|row| row.cells.get(column)?.as_ref())
            {
                None => open.push(number),
                Some(set) => {
                    for (low, high) in set.intervals() {
                        cuts.entry(*low).or_default().0.push(number);
                        if let Some(after) = high.checked_add(1) {
                            cuts.entry(after).or_default().1.push(number);
                        }
                    }
                }
            }
        }
        if cuts.is_empty() {
            return Ok(None);
        }
        let Some(domain) = self.domain.get(column) else {
            return Ok(None);
        };
        for (low, high) in domain.intervals() {
            cuts.entry(*low).or_default();
            if let Some(after) = high.checked_add(1) {
                cuts.entry(after).or_default();
            }
        }
        let ends: Vec<Ordinal> = cuts
            .keys()
            .skip(1)
            .map(|cut| cut.saturating_sub(1))
            .collect();
        let ends = ends.into_iter().chain([Ordinal::MAX]);
        let mut now: BTreeSet<u32> = BTreeSet::new();
        let mut segments = Vec::new();
        let mut visits = 0u64;
        for ((low, (begin, end)), high) in cuts.into_iter().zip(ends) {
            for number in end {
                now.remove(&number);
            }
            now.extend(begin);
            if !domain.contains(low) {
                continue;
            }
            let rows = merged(&open, &now);
            visits = visits
                .saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX))
                .saturating_add(1);
            if visits > self.budget {
                return Err(TooLarge);
            }
            segments.push(((low, high), rows));
        }
        self.budget = self.budget.saturating_sub(visits);
        Ok(Some(segments))
    }
}

/// Both in one order.
fn merged(open: &[u32], now: &BTreeSet<u32>) -> Vec<u32> {
    let mut rows = Vec::with_capacity(open.len().saturating_add(now.len()));
    let mut others = now.iter().copied().peekable();
    for &number in open {
        while let Some(other) = others.next_if(|other| *other < number) {
            rows.push(other);
        }
        rows.push(number);
    }
    rows.extend(others);
    rows
}
