//! Spans of time as people read them.

/// A span of time with four digits: `12.35 µs`.
#[must_use]
pub fn span(picoseconds: i64) -> String {
    const UNITS: [(&str, f64); 5] = [("ps", 1.0), ("ns", 1e3), ("µs", 1e6), ("ms", 1e9), ("s", 1e12)];
    let value = picoseconds as f64;
    let fits = |&&(_, size): &&(&str, f64)| value.abs() >= size;
    let (unit, size) = UNITS.iter().rev().find(fits).copied().unwrap_or(UNITS[0]);
    let value = value / size;
    match value.abs() {
        _ if size <= 1.0 => format!("{value:.0} {unit}"),
        large if large >= 1_000.0 => format!("{value:.0} {unit}"),
        large if large >= 100.0 => format!("{value:.1} {unit}"),
        large if large >= 10.0 => format!("{value:.2} {unit}"),
        _ => format!("{value:.3} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_four_digits_and_the_largest_unit_that_fits() {
        let spans = [0, 7, 999, 1_234, 12_345, 123_456, 12_345_678, 1_234_567_890, 2_500_000_000_000];
        assert_eq!(
            spans.map(span),
            ["0 ps", "7 ps", "999 ps", "1.234 ns", "12.35 ns", "123.5 ns", "12.35 µs", "1.235 ms", "2.500 s"]
        );
    }
}
