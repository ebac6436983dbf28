//! Numbers that are kept in thousandths, as people read them.

/// Thousandths with two digits after the point.
#[must_use]
pub fn thousandths(number: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a rounded number for people")]
    let number = number as f64 / 1_000.0;
    format!("{number:.2}").replace("-0.00", "0.00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_digits_and_no_zero_below_zero() {
        assert_eq!([1_984, 0, -4, -1_250].map(thousandths), ["1.98", "0.00", "0.00", "-1.25"]);
    }
}
