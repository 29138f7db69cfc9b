//! Unsigned 256-bit numerators, for the one place where 128 bits are too few: a product that
//! is divided again.
//!
//! It holds exactly the operations a rounded division and a comparison across scales need, and
//! knows neither signs nor scales nor rounding. It stays private: a value of Quo never has more
//! than 128 bits, only the way to it has.

/// `hi · 2¹²⁸ + lo`. Ordered by value, which the order of the fields gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct U256 {
    hi: u128,
    lo: u128,
}

impl U256 {
    /// `a · b`, which always fits.
    pub(crate) fn product(a: u128, b: u128) -> Self {
        let (lo, hi) = a.carrying_mul(b, 0);
        Self { hi, lo }
    }

    /// `self · factor`, or `None` where that leaves 256 bits.
    pub(crate) fn checked_mul(self, factor: u128) -> Option<Self> {
        let (lo, carry) = self.lo.carrying_mul(factor, 0);
        let (hi, overflow) = self.hi.carrying_mul(factor, carry);
        (overflow == 0).then_some(Self { hi, lo })
    }

    /// Quotient and remainder, or `None` where `divisor` is zero or the quotient leaves 128
    /// bits.
    ///
    /// Numerators of one word take the processor's (or the runtime library's) division. Wider
    /// ones are divided bit by bit: they occur only beyond 38 significant digits, and there a
    /// loop that is plainly right is worth more than a fast one.
    pub(crate) const fn div_rem(self, divisor: u128) -> Option<(u128, u128)> {
        if self.hi >= divisor {
            return None;
        }
        if self.hi == 0 {
            return match (self.lo.checked_div(divisor), self.lo.checked_rem(divisor)) {
                (Some(quotient), Some(remainder)) => Some((quotient, remainder)),
                _ => None,
            };
        }
        let mut quotient = 0_u128;
        let mut remainder = self.hi;
        let mut low = self.lo;
        let mut bit = 0_u32;
        // Invariant: `remainder < divisor`, so that twice it plus one bit needs at most 129 bits
        // and, less the divisor where it reaches it, 128 again.
        while bit < u128::BITS {
            let carried = remainder >> 127 == 1;
            remainder = (remainder << 1) | (low >> 127);
            low <<= 1;
            quotient <<= 1;
            if carried || remainder >= divisor {
                remainder = remainder.wrapping_sub(divisor);
                quotient |= 1;
            }
            bit = bit.wrapping_add(1);
        }
        Some((quotient, remainder))
    }
}
