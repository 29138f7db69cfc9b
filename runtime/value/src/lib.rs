//! Exact decimals, money, dates, periods and rounding: one semantics for every back end.
