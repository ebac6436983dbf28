//! Where the values of a window lie, and how far they spread.

/// What a window is summed up by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// Median, and the median absolute deviation, scaled to be the standard deviation of a normal distribution.
    #[default]
    Median,
    /// Mean, and the standard deviation of a sample.
    Mean,
}

impl Statistic {
    /// Each, with its name and what it is, as a command line has them.
    pub const ALL: [(Self, &'static str, &'static str); 2] = [
        (
            Self::Median,
            "median",
            "Median, and the median absolute deviation, scaled to be the standard deviation of a normal distribution",
        ),
        (Self::Mean, "mean", "Mean, and the standard deviation of a sample"),
    ];
}

/// Makes the median absolute deviation of a normal distribution its standard deviation: 1 / Φ⁻¹(3/4).
pub(super) const MEDIAN_DEVIATION_SCALE: f64 = 1.482_602_218_505_602;

/// Where the values of a window lie, and how far they spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    /// The middle.
    pub(super) center: i64,
    /// The standard deviation, as the statistic estimates it.
    pub(super) deviation: f64,
}

/// Sums up a window; none when it is empty.
pub(super) fn spread(values: &[i64], statistic: Statistic) -> Option<Spread> {
    match statistic {
        Statistic::Median => {
            let center = median(values.to_vec())?;
            let deviations = values.iter().map(|value| value.abs_diff(center)).collect();
            Some(Spread { center, deviation: MEDIAN_DEVIATION_SCALE * median(deviations)? as f64 })
        }
        Statistic::Mean => {
            let count = i128::try_from(values.len()).ok().filter(|count| *count > 0)?;
            let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
            let center = i64::try_from(sum.div_euclid(count)).ok()?;
            let mean = sum as f64 / count as f64;
            let squares: f64 = values.iter().map(|value| (*value as f64 - mean).powi(2)).sum();
            let deviation = (squares / (count - 1).max(1) as f64).sqrt();
            Some(Spread { center, deviation })
        }
    }
}

/// The middle value; of an even number of values, the lower of the two in the middle.
pub(super) fn median<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outlier_moves_the_mean_and_not_the_median() {
        let window = [100, 101, 99, 100, 900];
        let robust = spread(&window, Statistic::Median).unwrap();
        assert_eq!((robust.center, robust.deviation), (100, MEDIAN_DEVIATION_SCALE));
        let classic = spread(&window, Statistic::Mean).unwrap();
        assert_eq!(classic.center, 260);
        // The root of (160² + 159² + 161² + 160² + 640²) / 4.
        assert!((classic.deviation - 357.771_575).abs() < 1e-6, "{}", classic.deviation);
    }

    #[test]
    fn no_window_has_no_spread_and_one_value_has_none_either() {
        for statistic in [Statistic::Median, Statistic::Mean] {
            assert_eq!(spread(&[], statistic), None);
            assert_eq!(spread(&[7], statistic), Some(Spread { center: 7, deviation: 0.0 }));
            assert!(spread(&[i64::MIN, i64::MAX, i64::MAX], statistic).unwrap().deviation.is_finite());
        }
    }
}
