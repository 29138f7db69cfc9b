//! Sums over charges of the quote as it stands.

use quo_model::Op;
use quo_model::code::ArchivedInstr;

use super::{Fault, Machine, Registers, narrow};
use crate::frame::Frame;

impl Machine<'_> {
    /// Sums up charges of the quote as it stands.
    pub(super) fn sum_of(
        &mut self,
        op: Op,
        i: &ArchivedInstr,
        frame: &Frame<'_>,
        r: &mut Registers,
    ) -> Result<(), Fault> {
        let set = i.imm.to_native();
        self.tank
            .take(u64::try_from(frame.charges.len()).unwrap_or(u64::MAX))?;
        let program = &frame.model.program;
        let mut charges = frame
            .charges
            .iter()
            .filter(|line| program.set_contains(set, i64::from(line.charge)));
        let sum = charges.try_fold(0_i128, |sum, line| {
            sum.checked_add(match op {
                Op::TotalListOf => line.list_value,
                Op::TotalNetOf => line.net_value,
                _ => line.whole_units(),
            })
        });
        match op {
            Op::QuantityOf => r.put(i.dst, narrow(sum)),
            _ => r.put_wide(i.dst, sum),
        }
    }
}
