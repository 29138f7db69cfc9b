//! Approval matrices: the first row that matches the priced quote.

use super::ApprovalOutcome;
use super::plan::{Plan, get};
use crate::frame::{Frame, index};
use crate::interpret::table_cost;
use crate::limits::Stopped;
use crate::record::{Recorder, Subject};

impl<R: Recorder> Plan<'_, R> {
    /// Looks every matrix up, for an invalid quote too.
    pub fn approvals(&mut self) -> Result<(), Stopped> {
        for approval in 0..index(self.model.approvals.len()) {
            let outcome = self.approval(approval)?;
            self.decision.approvals.push(outcome);
        }
        Ok(())
    }

    fn approval(&mut self, number: u32) -> Result<ApprovalOutcome, Stopped> {
        let def = get(&self.model.approvals, number)?;
        let Some(totals) = &self.decision.totals else {
            return Ok(ApprovalOutcome::NoTotals);
        };
        let frame = Frame {
            total_list: totals.list,
            total_net: totals.net,
            ..self.frame()
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
        let row = table.find(&args);
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
