//! Approval matrices: the first row, or every row, that matches the priced quote.

use super::ApprovalOutcome;
use super::plan::{Plan, get};
use crate::charges::ChargeLine;
use crate::frame::{at, index};
use crate::interpret::table_cost;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Looks every matrix up, for an invalid quote too.
    pub fn approvals(&mut self) -> Result<(), Stopped> {
        let charges = self.charge_lines();
        for approval in 0..index(self.model.approvals.len()) {
            let outcome = self.approval(approval, &charges)?;
            self.decision.approvals.push(outcome);
        }
        Ok(())
    }

    fn approval(
        &mut self,
        number: u32,
        charges: &[ChargeLine],
    ) -> Result<ApprovalOutcome, Stopped> {
        let def = get(&self.model.approvals, number)?;
        let clauses = self.decision.clauses.clone();
        let Some(frame) = self.priced_frame(charges, &clauses) else {
            return Ok(ApprovalOutcome::NoTotals);
        };
        let values_at = index(self.decision.approval_values.len());
        let mut args = std::mem::take(&mut self.args);
        args.clear();
        for routine in def.args.iter() {
            match self.narrow(Subject::Approval(number), routine.to_native(), &frame)? {
                Some(value) => args.push(value),
                None => return Ok(ApprovalOutcome::Fault),
            }
        }
        let table = get(&self.model.tables, def.table.to_native())?;
        self.machine.tank.take(table_cost(table.masks.len()))?;
        let row = if def.every {
            let rows = table.find_all(&args);
            self.machine
                .tank
                .take(u64::try_from(rows.len()).unwrap_or(u64::MAX))?;
            // A row that asks nobody counts only where no other asks.
            let asks = |row: &u32| {
                let row = def.rows.get(at(*row));
                row.is_some_and(|row| !row.steps.is_empty())
            };
            let mut asking: Vec<u32> = rows.iter().copied().filter(asks).collect();
            if asking.is_empty() {
                rows.first().copied()
            } else {
                let first = asking.remove(0);
                let more = asking.into_iter().map(|row| (number, row));
                self.decision.more_rows.extend(more);
                Some(first)
            }
        } else {
            table.find(&args)
        };
        self.decision.approval_values.extend(&args);
        self.args = args;
        Ok(
            row.map_or(ApprovalOutcome::NoRow, |row| ApprovalOutcome::Row {
                row,
                values_at,
            }),
        )
    }
}
