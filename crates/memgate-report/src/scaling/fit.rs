//! A line through logarithms, by least squares.

use crate::report::Exponent;

/// Fewer sizes are no series.
pub(super) const FEWEST_SIZES: usize = 3;

/// The two-sided 95 % quantiles of Student's t, from one degree of freedom up.
const STUDENT_T: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/// Why there is no exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFit {
    /// Zero and less have no logarithm. Leaving such sizes out would be a fit of something else.
    #[error("{count} of {sizes} values are zero or less")]
    NotPositive {
        /// How many.
        count: usize,
        /// Of how many.
        sizes: usize,
    },
    /// Two points have a line, and nothing says how well it fits.
    #[error("it takes three sizes")]
    TooFew,
}

/// The exponent of values by size.
///
/// # Errors
/// When there are fewer than three different sizes, or a value is zero or less.
///
/// # Example
/// ```
/// use memgate_report::scaling::fit;
/// let exponent = fit(&[(10, 300), (100, 30_000), (1_000, 3_000_000)]).unwrap();
/// assert_eq!((exponent.thousandths, exponent.lower, exponent.upper), (2_000, 2_000, 2_000));
/// ```
pub fn fit(values: &[(u64, i64)]) -> Result<Exponent, NoFit> {
    check_positive(values.iter().map(|(_, value)| *value))?;
    let points: Vec<(f64, f64)> =
        values.iter().map(|(size, value)| (logarithm(size.cast_signed()), logarithm(*value))).collect();
    line(&points)
}

/// By how much the exponent rose, of committed and measured values by size: the exponent of their ratio. That is the
/// difference of the exponents, and what misses the line at base and at head alike is not in its interval.
///
/// # Errors
/// As [`fit`].
pub fn fit_rise(values: &[(u64, i64, i64)]) -> Result<Exponent, NoFit> {
    check_positive(values.iter().map(|(_, base, head)| *base.min(head)))?;
    let points: Vec<(f64, f64)> = values
        .iter()
        .map(|(size, base, head)| (logarithm(size.cast_signed()), logarithm(*head) - logarithm(*base)))
        .collect();
    line(&points)
}

fn check_positive(values: impl ExactSizeIterator<Item = i64>) -> Result<(), NoFit> {
    let sizes = values.len();
    match values.filter(|value| *value <= 0).count() {
        0 => Ok(()),
        count => Err(NoFit::NotPositive { count, sizes }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a logarithm does not see the 54th bit")]
fn logarithm(value: i64) -> f64 {
    (value as f64).ln()
}

#[expect(clippy::cast_precision_loss, reason = "there are few sizes")]
fn line(points: &[(f64, f64)]) -> Result<Exponent, NoFit> {
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let spread = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>();
    let degrees = points.len().checked_sub(2).filter(|degrees| *degrees >= 1 && spread > 0.0);
    let degrees = degrees.ok_or(NoFit::TooFew)?;
    let slope = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / spread;
    let residual = |(x, y): &(f64, f64)| y - mean_y - slope * (x - mean_x);
    let squares = points.iter().map(|point| residual(point).powi(2)).sum::<f64>();
    let quantile = STUDENT_T.get(degrees - 1).or(STUDENT_T.last()).copied().unwrap_or_default();
    let half_width = quantile * (squares / degrees as f64 / spread).sqrt();
    Ok(Exponent {
        thousandths: rounded(slope),
        lower: rounded(slope - half_width),
        upper: rounded(slope + half_width),
    })
}

#[expect(clippy::cast_possible_truncation, reason = "it is clamped to far less than the type holds")]
fn rounded(number: f64) -> i64 {
    (number * 1_000.0).round().clamp(-1e9, 1e9) as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_fitted_as_by_hand() {
        // x = ln 1, ln 10, ln 100, ln 1000; y = ln of the values. Slope and interval from the textbook's formulas:
        // slope 0.96252, standard error 0.010295, t(2) 4.303.
        let exponent = fit(&[(1, 12), (10, 100), (100, 1_000), (1_000, 9_000)]).unwrap();
        assert_eq!(exponent, Exponent { thousandths: 963, lower: 918, upper: 1_007 });
    }

    #[test]
    fn what_has_no_logarithm_is_not_fitted() {
        let values = [(1, 0), (10, 5), (100, -3), (1_000, 8)];
        assert_eq!(fit(&values).unwrap_err().to_string(), "2 of 4 values are zero or less");
        assert_eq!(
            fit_rise(&[(1, 1, 1), (2, 0, 4), (3, 1, 1)]),
            Err(NoFit::NotPositive { count: 1, sizes: 3 })
        );
        assert_eq!(fit(&[(1, 1), (2, 2)]), Err(NoFit::TooFew));
        assert_eq!(fit(&[(7, 1), (7, 2), (7, 3)]), Err(NoFit::TooFew));
        assert_eq!(fit(&[]), Err(NoFit::TooFew));
    }

    #[test]
    fn the_interval_of_a_rise_has_not_what_base_and_head_share() {
        // The capacities of a vector that doubles.
        let base = [(1_000, 8_192), (10_000, 131_072), (100_000, 1_048_576)];
        assert!(fit(&base).unwrap().upper - fit(&base).unwrap().lower > 1_000);
        let same_steps: Vec<_> =
            base.iter().map(|(size, value)| (*size, *value, value * size.cast_signed())).collect();
        assert_eq!(
            fit_rise(&same_steps).unwrap(),
            Exponent { thousandths: 1_000, lower: 1_000, upper: 1_000 }
        );
        // One step at the largest size is no growth.
        let one_step = [(1_000, 8_192, 8_192), (10_000, 131_072, 131_072), (100_000, 1_048_576, 2_097_152)];
        let rise = fit_rise(&one_step).unwrap();
        assert!(rise.thousandths > 100 && rise.lower < 0, "{rise:?}");
    }

    proptest! {
        #[test]
        fn powers_are_found(power in 0_u32..4, factor in 1_i64..100, sizes in prop::collection::btree_set(1_u64..500, 3..12)) {
            let values: Vec<(u64, i64)> =
                sizes.into_iter().map(|size| (size, factor * size.cast_signed().pow(power))).collect();
            let exponent = fit(&values).unwrap();
            prop_assert!((exponent.thousandths - 1_000 * i64::from(power)).abs() <= 1, "{exponent:?}");
            prop_assert!(exponent.lower <= exponent.thousandths && exponent.thousandths <= exponent.upper);
        }
    }
}
