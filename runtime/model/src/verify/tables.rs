//! Tables: their vectors belong together, and every entry is found under its own cells.

use super::{Verified, are_strings, ensure};
use crate::Op;
use crate::access::at;
use crate::rules::ArchivedModel;
use crate::table::{ArchivedMask, ArchivedSlot, ArchivedTable, hash_exact};

/// Which orders of a table's buckets its users rely on.
#[derive(Debug, Clone, Copy, Default)]
struct Orders {
    row: bool,
    tier: bool,
}

/// Verifies all tables.
pub(super) fn verify(model: &ArchivedModel) -> Verified {
    for ((id, table), orders) in model.tables.iter().enumerate().zip(orders(model)) {
        let check = TableCheck { id, table, orders };
        let mut strings: Vec<u32> = table.row_keys.iter().map(|key| key.to_native()).collect();
        strings.push(table.id.to_native());
        are_strings(model, check.place(), &strings)?;
        check.run()?;
    }
    Ok(())
}

/// How each table is used: by tier for graduated prices; else, and where nobody uses it, by row.
fn orders(model: &ArchivedModel) -> Vec<Orders> {
    let mut orders = vec![Orders::default(); model.tables.len()];
    let candidates = model.charges.iter().flat_map(|charge| charge.prices.iter());
    let prices = candidates.map(|price| (price.table.to_native(), price.graduated));
    let matches = model
        .program
        .code
        .iter()
        .filter(|instr| instr.op == Op::Match as u8);
    let matches = matches.map(|instr| (instr.imm.to_native(), false));
    let approvals = model
        .approvals
        .iter()
        .map(|approval| (approval.table.to_native(), false));
    for (table, graduated) in prices.chain(matches).chain(approvals) {
        if let Some(orders) = orders.get_mut(at(table)) {
            orders.tier |= graduated;
            orders.row |= !graduated;
        }
    }
    for orders in &mut orders {
        orders.row |= !orders.tier;
    }
    orders
}

struct TableCheck<'a> {
    id: usize,
    table: &'a ArchivedTable,
    orders: Orders,
}

impl TableCheck<'_> {
    fn place(&self) -> String {
        format!("table {}", self.id)
    }

    fn run(&self) -> Verified {
        let table = self.table;
        let (exact, ranges) = (at(table.exact.to_native()), at(table.ranges.to_native()));
        ensure!(
            exact <= 32,
            self.place(),
            "has {exact} columns that are matched exactly, more than 32"
        );
        let entries = table.entry_row.len();
        let fits = |len: usize, width: usize| entries.checked_mul(width) == Some(len);
        ensure!(
            fits(table.entry_exact.len(), exact)
                && fits(table.entry_low.len(), ranges)
                && fits(table.entry_high.len(), ranges),
            self.place(),
            "does not have a cell for each of its entries and columns"
        );
        let rows = table.row_keys.len();
        ensure!(
            table.entry_row.iter().all(|row| at(row.to_native()) < rows),
            self.place(),
            "has an entry of a row that it does not have"
        );
        ensure!(
            table
                .entry_low
                .iter()
                .zip(table.entry_high.iter())
                .all(|(low, high)| low <= high),
            self.place(),
            "has an interval that ends before it begins"
        );
        self.masks(exact)
    }

    /// Checks that the patterns, their hash tables and their buckets each fill theirs without a gap.
    fn masks(&self, exact: usize) -> Verified {
        let table = self.table;
        let (mut slots_end, mut covered) = (0u32, vec![false; table.entry_row.len()]);
        let mut order = Vec::with_capacity(table.masks.len());
        for mask in table.masks.iter() {
            let bits = mask.bits.to_native();
            ensure!(
                u64::from(bits) < 1 << exact,
                self.place(),
                "has a pattern with columns that it does not have"
            );
            ensure!(
                mask.slots_at == slots_end && mask.slots_len.to_native().is_power_of_two(),
                self.place(),
                "has a pattern whose hash table is misplaced"
            );
            slots_end = slots_end.saturating_add(mask.slots_len.to_native());
            let slots = table
                .slots
                .get(at(mask.slots_at.to_native())..at(slots_end));
            let slots = slots.unwrap_or_default();
            ensure!(
                slots.iter().any(|slot| slot.entries_len == 0),
                self.place(),
                "has a pattern whose hash table has no empty slot"
            );
            let mut lowest = None;
            for (home, slot) in slots
                .iter()
                .enumerate()
                .filter(|(_, slot)| slot.entries_len > 0)
            {
                let first = self.bucket(mask, slots, home, slot, &mut covered)?;
                lowest = Some(lowest.map_or(first, |lowest: u32| lowest.min(first)));
            }
            ensure!(
                lowest == Some(mask.lowest_row.to_native()),
                self.place(),
                "has a pattern with another lowest row than it says"
            );
            order.push((mask.lowest_row.to_native(), bits));
        }
        ensure!(
            order.is_sorted_by_key(|(lowest, _)| *lowest),
            self.place(),
            "does not have its patterns sorted by their lowest rows"
        );
        order.sort_unstable_by_key(|(_, bits)| *bits);
        let twice = order
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one.1 == other.1));
        ensure!(!twice, self.place(), "has a pattern twice");
        ensure!(
            at(slots_end) == table.slots.len() && covered.iter().all(|covered| *covered),
            self.place(),
            "has slots or entries that belong to no pattern"
        );
        Ok(())
    }

    /// Checks a bucket and gives its lowest row.
    fn bucket(
        &self,
        mask: &ArchivedMask,
        slots: &[ArchivedSlot],
        home: usize,
        slot: &ArchivedSlot,
        covered: &mut [bool],
    ) -> Result<u32, super::VerifyError> {
        let table = self.table;
        let start = at(slot.entries_at.to_native());
        let end = start.saturating_add(at(slot.entries_len.to_native()));
        let fresh = covered.get_mut(start..end).unwrap_or_default();
        ensure!(
            !fresh.is_empty() && fresh.iter().all(|covered| !*covered),
            self.place(),
            "has a bucket whose entries are out of range or in another bucket too"
        );
        fresh.fill(true);
        let first = self.cells(start);
        let bits = mask.bits.to_native();
        let masked = first
            .iter()
            .enumerate()
            .all(|(column, cell)| *cell == 0 || bits & (1 << column) != 0);
        ensure!(
            masked && (start..end).all(|entry| self.cells(entry) == first),
            self.place(),
            "has a bucket whose entries differ in their exact cells"
        );
        self.findable(bits, slots, home, start)?;
        self.sorted(start, end)?;
        let rows = table.entry_row.get(start..end).unwrap_or_default();
        Ok(rows.iter().map(|row| row.to_native()).min().unwrap_or(0))
    }

    fn cells(&self, entry: usize) -> &[rkyv::rend::i64_le] {
        let exact = at(self.table.exact.to_native());
        let start = entry.saturating_mul(exact);
        self.table
            .entry_exact
            .get(start..start.saturating_add(exact))
            .unwrap_or_default()
    }

    /// Checks that probing for the cells of a bucket ends at its slot and not before.
    fn findable(&self, bits: u32, slots: &[ArchivedSlot], home: usize, entry: usize) -> Verified {
        let cells = self.cells(entry);
        let hash = hash_exact(bits, |column| {
            cells.get(at(column)).map_or(0, |cell| cell.to_native())
        });
        let mut place = hash;
        for _ in 0..slots.len() {
            let here = usize::try_from(place & (slots.len() as u64 - 1)).unwrap_or(usize::MAX);
            if here == home {
                return Ok(());
            }
            let passes = slots.get(here).is_some_and(|slot| {
                slot.entries_len > 0 && self.cells(at(slot.entries_at.to_native())) != cells
            });
            ensure!(
                passes,
                self.place(),
                "has a bucket that is not found under its cells"
            );
            place = place.wrapping_add(1);
        }
        Ok(())
    }

    /// Checks the order of the entries of a bucket, the one that its users rely on.
    fn sorted(&self, start: usize, end: usize) -> Verified {
        let table = self.table;
        let row = |entry: usize| table.entry_row.get(entry).map(|row| row.to_native());
        ensure!(
            !self.orders.row || (start..end).is_sorted_by_key(row),
            self.place(),
            "has a bucket that is not sorted by row"
        );
        let ranges = at(table.ranges.to_native());
        let tier = |entry: usize| {
            let last = entry
                .saturating_add(1)
                .saturating_mul(ranges)
                .checked_sub(1)?;
            table.entry_low.get(last).map(|low| low.to_native())
        };
        ensure!(
            !self.orders.tier || (start..end).is_sorted_by_key(|entry| (tier(entry), row(entry))),
            self.place(),
            "has a bucket of tiers that is not sorted by their lower bounds"
        );
        Ok(())
    }
}
