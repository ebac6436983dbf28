//! Numbers as people read them: in the harness's table, which a bench process prints, as in the tool's reports.

use crate::Unit;

const BINARY_PREFIXES: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// A value with its unit: bytes with a binary prefix and at most two decimals, counts with thousands separated.
///
/// Bytes below 10 KiB are shown to the byte.
///
/// # Example
/// ```
/// use memgate_protocol::{Unit, units::human};
/// assert_eq!(human(1_500, Unit::Bytes), "1,500 B");
/// assert_eq!(human(3 * 1024 * 1024 / 2, Unit::Bytes), "1.50 MiB");
/// assert_eq!(human(1_234_567, Unit::Count), "1,234,567");
/// assert_eq!(human(-20, Unit::Bytes), "-20 B");
/// ```
#[must_use]
pub fn human(value: i64, unit: Unit) -> String {
    match unit {
        Unit::Count => separated(value),
        Unit::Bytes => human_bytes(value),
    }
}

/// A value with its unit, to the last digit.
///
/// # Example
/// ```
/// use memgate_protocol::{Unit, units::exact};
/// assert_eq!(exact(1_572_864, Unit::Bytes), "1,572,864 B");
/// ```
#[must_use]
pub fn exact(value: i64, unit: Unit) -> String {
    match unit {
        Unit::Count => separated(value),
        Unit::Bytes => format!("{} B", separated(value)),
    }
}

fn human_bytes(value: i64) -> String {
    if value.unsigned_abs() < 10 * 1024 {
        return exact(value, Unit::Bytes);
    }
    let mut scaled = value as f64 / 1024.0;
    let mut prefix = 0;
    // 1023.995 would be printed as 1024.00, so it goes on to the next prefix.
    while scaled.abs() >= 1023.995 && prefix + 1 < BINARY_PREFIXES.len() {
        scaled /= 1024.0;
        prefix += 1;
    }
    format!("{scaled:.2} {}", BINARY_PREFIXES[prefix])
}

fn separated(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")] {
            assert_eq!(separated(value), text);
        }
        assert_eq!(separated(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn bytes_never_show_1024_of_a_prefix() {
        assert_eq!(human_bytes(10 * 1024 - 1), "10,239 B");
        assert_eq!(human_bytes(10 * 1024), "10.00 KiB");
        assert_eq!(human_bytes(1024 * 1024 - 1), "1.00 MiB");
        assert_eq!(human_bytes(i64::MAX), "8.00 EiB");
    }
}
