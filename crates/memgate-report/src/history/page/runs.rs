//! A series as a short text: most values are those of the commit before.

use std::fmt::Write;

use crate::history::rules::Point;

/// The values of a series from position zero on, separated by blanks: `10` is a value, `10x3` is three of it in a row, and `_3`
/// is three commits without one.
pub(super) fn runs(points: &[Point]) -> String {
    let mut text = String::new();
    let mut next = 0;
    let mut rest = points;
    while let Some((first, after)) = rest.split_first() {
        let blank = if text.is_empty() { "" } else { " " };
        // Writing to a string can't fail.
        let gap = first.position.saturating_sub(next);
        let _ = match gap {
            0 => write!(text, "{blank}{}", first.value),
            gap => write!(text, "{blank}_{gap} {}", first.value),
        };
        let same = |(index, point): &(usize, &Point)| {
            point.value == first.value && point.position == first.position + index + 1
        };
        let count = after.iter().enumerate().take_while(same).count();
        if count > 0 {
            let _ = write!(text, "x{}", count + 1);
        }
        next = first.position + count + 1;
        rest = after.get(count..).unwrap_or_default();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_a_row_and_gaps_are_counted() {
        let points = [(2, 10), (3, 10), (4, 10), (5, -7), (8, -7), (9, 0)]
            .map(|(position, value)| Point { position, value });
        assert_eq!(runs(&points), "_2 10x3 -7 _2 -7 0");
        assert_eq!(runs(&[]), "");
    }
}
