//! A charge of the priced quote as calculations see it: one record of the list `charges`.

use quo_model::ArchivedChargeKind;
use quo_value::pow10_i128;

use crate::decide::unit_scale;
use crate::frame::{Frame, at};

/// A charge that has a price. Amounts are at money scale, per period but for the two values over the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChargeLine {
    /// The item that is charged.
    pub item: u32,
    /// Index into the charges of the model.
    pub charge: u32,
    /// By what the unit price is multiplied, at `quantity_scale`.
    pub quantity: i128,
    /// Its decimals.
    pub quantity_scale: u8,
    /// How many periods begin within the term.
    pub periods: i64,
    /// What the adjustments start from.
    pub list: i128,
    /// What is left.
    pub net: i128,
    /// Contract value before adjustments.
    pub list_value: i128,
    /// Contract value after adjustments.
    pub net_value: i128,
}

/// What the kinds of charges are called.
pub(crate) fn kind_text(kind: ArchivedChargeKind) -> &'static str {
    match kind {
        ArchivedChargeKind::OneTime => "one time",
        ArchivedChargeKind::Recurring => "recurring",
        ArchivedChargeKind::Usage => "usage",
    }
}

impl ChargeLine {
    /// The field with this name of the record of charges; `None` where there is no such field.
    pub fn field(&self, frame: &Frame<'_>, name: &str) -> Option<i128> {
        let input = frame.input;
        let def = frame.model.charges.get(at(self.charge))?;
        Some(match name {
            "line" => {
                let item = input.items.get(at(self.item))?;
                i128::from(input.line_texts.get(at(item.line)).copied()?)
            }
            "item" => i128::from(self.item),
            "product" => i128::from(def.product.to_native()),
            "charge" => i128::from(def.name.to_native()),
            "kind" => i128::from(frame.model.find_str(kind_text(def.kind))?),
            "quantity" => self.quantity_at(frame)?,
            "periods" => i128::from(self.periods),
            "months" => i128::from(def.months.to_native()),
            "list" => self.list,
            "net" => self.net,
            "list_value" => self.list_value,
            "net_value" => self.net_value,
            _ => return None,
        })
    }

    /// The whole units in the quantity.
    pub fn whole_units(&self) -> i128 {
        let unit = pow10_i128(self.quantity_scale).unwrap_or(i128::MAX);
        self.quantity.checked_div_euclid(unit).unwrap_or(0)
    }

    /// The quantity at the scale of the field: the largest that any charge counts with.
    fn quantity_at(&self, frame: &Frame<'_>) -> Option<i128> {
        let charges = frame.model.charges.iter();
        let scale = charges.map(|charge| unit_scale(&charge.quantity)).max()?;
        let factor = pow10_i128(scale.checked_sub(self.quantity_scale)?)?;
        // What leaves 128 bits leaves the field too, which is said where it is read.
        Some(self.quantity.saturating_mul(factor))
    }
}
