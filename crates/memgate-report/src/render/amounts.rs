//! Several numbers of one metric in one unit, so that they can be compared by eye.

use memgate_protocol::Unit;
use memgate_protocol::units::exact;

/// Below this, bytes are shown to the last one.
const FEW_BYTES: u64 = 10 * 1024;

const BINARY_PREFIXES: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// A unit for several numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    unit: Unit,
    /// The power of 1,024; zero for exact numbers.
    power: usize,
    /// Digits after the point.
    decimals: usize,
}

impl Scale {
    /// To the last byte.
    pub(super) fn exact(unit: Unit) -> Self {
        Self { unit, power: 0, decimals: 0 }
    }

    /// The unit in which a number, which is mostly a change, reads well.
    pub(super) fn of(value: i64, unit: Unit) -> Self {
        let size = value.unsigned_abs();
        if unit == Unit::Count || size < FEW_BYTES {
            return Self::exact(unit);
        }
        let mut scaled = size as f64 / 1024.0;
        let mut power = 1;
        while scaled >= 1023.95 && power < BINARY_PREFIXES.len() {
            scaled /= 1024.0;
            power += 1;
        }
        Self { unit, power, decimals: if scaled < 9.995 { 2 } else { 1 } }
    }

    /// The unit of base, head and their change: that in which the change reads well.
    pub(super) fn of_change(base: i64, head: i64, unit: Unit) -> Self {
        match head.saturating_sub(base) {
            0 => Self::of(base.max(head), unit),
            change => Self::of(change, unit),
        }
    }

    /// A number without its unit.
    pub(super) fn number(self, value: i64) -> String {
        if self.power == 0 {
            return exact(value, Unit::Count);
        }
        let scaled = value as f64 / 1024_f64.powi(i32::try_from(self.power).unwrap_or_default());
        let rounded = format!("{:.*}", self.decimals, scaled.abs());
        let (whole, rest) = rounded.split_once('.').unwrap_or((&rounded, ""));
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| exact(whole, Unit::Count));
        let sign = if value < 0 { "-" } else { "" };
        if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
    }

    /// The same with a plus where it rises.
    pub(super) fn signed(self, value: i64) -> String {
        let sign = if value > 0 { "+" } else { "" };
        format!("{sign}{}", self.number(value))
    }

    /// The unit behind a number.
    pub(super) fn suffix(self) -> String {
        match (self.unit, self.power) {
            (Unit::Count, _) => String::new(),
            (Unit::Bytes, 0) => " B".to_owned(),
            (Unit::Bytes, power) => {
                let prefix = BINARY_PREFIXES.get(power - 1).copied().unwrap_or_default();
                format!(" {prefix}")
            }
        }
    }
}

/// A change by itself: `+263.3 KiB`.
pub(super) fn signed_amount(value: i64, unit: Unit, is_exact: bool) -> String {
    let scale = if is_exact { Scale::exact(unit) } else { Scale::of(value, unit) };
    format!("{}{}", scale.signed(value), scale.suffix())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(base: i64, head: i64) -> String {
        let scale = Scale::of_change(base, head, Unit::Bytes);
        let change = scale.signed(head - base);
        format!("{} → {}, {change}{}", scale.number(base), scale.number(head), scale.suffix())
    }

    #[test]
    fn a_row_has_one_unit_and_few_bytes_are_exact() {
        assert_eq!(row(1_228, 270_816), "1.2 → 264.5, +263.3 KiB");
        assert_eq!(row(0, 64), "0 → 64, +64 B");
        assert_eq!(row(1_048_576, 1_048_832), "1,048,576 → 1,048,832, +256 B");
        assert_eq!(row(4_096, 1_048_576), "4.0 → 1,024.0, +1,020.0 KiB");
        assert_eq!(row(40_960, 20_480), "40.0 → 20.0, -20.0 KiB");
        assert_eq!(row(40_960, 40_960), "40.0 → 40.0, 0.0 KiB");
        assert_eq!(row(3 << 20, 5 << 20), "3.00 → 5.00, +2.00 MiB");
        assert_eq!(row(0, i64::MAX), "0.00 → 8.00, +8.00 EiB");
        assert_eq!(signed_amount(-3, Unit::Count, false), "-3");
        assert_eq!(signed_amount(1_572_864, Unit::Bytes, true), "+1,572,864 B");
    }
}
