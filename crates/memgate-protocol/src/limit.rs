//! How far a metric may rise.

use crate::units::human;
use crate::{Metric, Unit};

/// How far a metric may rise above base: it is beyond the limit when it rose by more than the relative part AND by
/// more than the absolute one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Limit {
    /// As a part of base.
    pub relative: Relative,
    /// In the metric's unit.
    pub absolute: i64,
}

/// A part of a number, in millionths, so that no limit depends on how a fraction is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Relative {
    millionths: u64,
}

const MILLIONTHS_PER_PERCENT: u64 = 10_000;

impl Relative {
    /// A number of per cent.
    #[must_use]
    pub const fn percent(percent: u64) -> Self {
        Self { millionths: percent * MILLIONTHS_PER_PERCENT }
    }

    /// Whether `rise` is more than this part of `base`'s size.
    fn is_exceeded(self, base: i64, rise: i128) -> bool {
        rise * 1_000_000 > i128::from(self.millionths) * i128::from(base).abs()
    }
}

impl std::fmt::Display for Relative {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) =
            (self.millionths / MILLIONTHS_PER_PERCENT, self.millionths % MILLIONTHS_PER_PERCENT);
        if rest == 0 {
            return write!(f, "{whole} %");
        }
        let decimals = format!("{rest:04}");
        write!(f, "{whole}.{} %", decimals.trim_end_matches('0'))
    }
}

/// The error of [`Relative`]'s `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelativeError {
    /// There is no per cent sign.
    NoPercentSign(String),
    /// It is below zero.
    Negative(String),
    /// It is no number, or has more than four decimals.
    Number(String),
}

impl std::fmt::Display for RelativeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoPercentSign(text) => {
                write!(f, "`{text}` has no per cent sign; write it like \"2%\" or \"0.5%\"")
            }
            Self::Negative(text) => write!(f, "`{text}` is negative; a limit is how far a metric may rise"),
            Self::Number(text) => {
                write!(
                    f,
                    "`{text}` is no percentage; write it like \"2%\" or \"0.5%\", with at most four decimals"
                )
            }
        }
    }
}

impl std::error::Error for RelativeError {}

impl std::str::FromStr for Relative {
    type Err = RelativeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text
            .trim()
            .strip_suffix('%')
            .ok_or_else(|| RelativeError::NoPercentSign(text.to_owned()))?
            .trim();
        if number.starts_with('-') {
            return Err(RelativeError::Negative(text.to_owned()));
        }
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let invalid = || RelativeError::Number(text.to_owned());
        if !all_digits(whole) || !all_digits(decimals) || decimals.len() > 4 {
            return Err(invalid());
        }
        let whole: u64 = whole.parse().map_err(|_| invalid())?;
        let decimals: u64 = format!("{decimals:0<4}").parse().map_err(|_| invalid())?;
        let millionths =
            whole.checked_mul(MILLIONTHS_PER_PERCENT).and_then(|whole| whole.checked_add(decimals));
        Ok(Self { millionths: millionths.ok_or_else(invalid)? })
    }
}

impl Limit {
    /// Any rise is too much.
    pub const ANY_RISE: Self = Self { relative: Relative::percent(0), absolute: 0 };
    /// More than 1 % and more than 256 bytes.
    pub const DEFAULT_BYTES: Self = Self { relative: Relative::percent(1), absolute: 256 };

    /// More than 10 % and more than 1 MiB: what is not said of a limit of the kernel's figures, which are never the same twice.
    pub const DEFAULT_KERNEL: Self = Self { relative: Relative::percent(10), absolute: 1 << 20 };

    /// More than 10 %: what is not said of a limit of times.
    pub const DEFAULT_TIME: Self = Self { relative: Relative::percent(10), absolute: 0 };

    /// The limit of a metric for which none is configured.
    #[must_use]
    pub fn default_of(metric: Metric) -> Self {
        match metric {
            Metric::PeakBytes | Metric::TotalBytes | Metric::RetainedBytes => Self::DEFAULT_BYTES,
            Metric::Allocs | Metric::Reallocs | Metric::LeakedBytes => Self::ANY_RISE,
        }
    }

    /// What is too little to speak of in a metric, for rules that are not about single values: up to 1 %, or up to 256 B where it
    /// counts bytes.
    #[must_use]
    pub fn floor_of(metric: Metric) -> Self {
        match metric.unit() {
            Unit::Bytes => Self::DEFAULT_BYTES,
            Unit::Count => Self { relative: Relative::percent(1), absolute: 0 },
        }
    }

    /// Whether going from `from` to `to` is a rise beyond the limit. From zero, any rise is.
    #[must_use]
    pub fn is_exceeded(self, from: i64, to: i64) -> bool {
        self.is_beyond(from, i128::from(to) - i128::from(from), from == 0)
    }

    /// Whether going from `from` to `to` is a fall by more than the limit. To zero, any fall is.
    #[must_use]
    pub fn is_undercut(self, from: i64, to: i64) -> bool {
        self.is_beyond(from, i128::from(from) - i128::from(to), to == 0)
    }

    /// Whether a change of `from` in the direction that is looked at is more than the limit; next to zero, any is.
    fn is_beyond(self, from: i64, change: i128, is_next_to_zero: bool) -> bool {
        change > 0
            && (is_next_to_zero
                || (change > i128::from(self.absolute) && self.relative.is_exceeded(from, change)))
    }

    /// The largest change from `base` that is within the limit, rounded down. From zero there is none.
    #[must_use]
    pub fn amount_of(self, base: i64) -> u64 {
        if base == 0 {
            return 0;
        }
        let relative = u128::from(self.relative.millionths) * u128::from(base.unsigned_abs()) / 1_000_000;
        u64::try_from(relative).unwrap_or(u64::MAX).max(u64::try_from(self.absolute).unwrap_or_default())
    }

    /// The limit for people: `any rise`, `> 1 % and > 256 B`.
    #[must_use]
    pub fn shown(self, unit: Unit) -> String {
        self.shown_with(|absolute| human(absolute, unit))
    }

    /// The limit for people, with its absolute part as `amount` shows it.
    #[must_use]
    pub fn shown_with(self, amount: impl Fn(i64) -> String) -> String {
        let absolute = || amount(self.absolute);
        match (self.relative == Relative::default(), self.absolute == 0) {
            (true, true) => "any rise".to_owned(),
            (false, true) => format!("> {}", self.relative),
            (true, false) => format!("> {}", absolute()),
            (false, false) => format!("> {} and > {}", self.relative, absolute()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_must_be_exceeded() {
        let limit = Limit::DEFAULT_BYTES;
        assert!(!limit.is_exceeded(1_000, 1_256), "256 more is not more than 256");
        assert!(limit.is_exceeded(1_000, 1_257));
        assert!(!limit.is_exceeded(100_000, 101_000), "1 % is not more than 1 %");
        assert!(limit.is_exceeded(100_000, 101_001));
        assert!(!limit.is_exceeded(100_000, 50_000));
        assert!(Limit::ANY_RISE.is_exceeded(120, 121) && !Limit::ANY_RISE.is_exceeded(120, 120));
    }

    #[test]
    fn zero_is_special_on_both_sides() {
        let generous = Limit { relative: Relative::percent(500), absolute: 1_000_000 };
        assert!(generous.is_exceeded(0, 1));
        assert!(!generous.is_exceeded(0, 0) && !generous.is_exceeded(0, -1));
        assert!(generous.is_undercut(1, 0));
        assert!(!generous.is_undercut(2, 1));
        assert_eq!([generous.amount_of(0), generous.amount_of(-8)], [0, 1_000_000]);
        assert_eq!(Limit::DEFAULT_BYTES.amount_of(i64::MIN), 92_233_720_368_547_758);
    }

    #[test]
    fn a_negative_base_is_measured_by_its_size() {
        assert!(Limit::DEFAULT_BYTES.is_exceeded(-8_000, -7_000));
        assert!(!Limit::DEFAULT_BYTES.is_exceeded(-80_000, -79_300));
        assert!(Limit::DEFAULT_BYTES.is_exceeded(i64::MIN, i64::MAX));
    }

    #[test]
    fn percentages_are_exact() {
        for (text, shown) in [("2%", "2 %"), ("0.5%", "0.5 %"), (" 12.3456 % ", "12.3456 %"), ("0%", "0 %")] {
            assert_eq!(text.parse::<Relative>().unwrap().to_string(), shown);
        }
        for text in ["2", "-1%", "%", "1.23456%", "1e3%", "99999999999999999999%", "1,5%"] {
            assert!(text.parse::<Relative>().is_err(), "{text}");
        }
    }

    #[test]
    fn limits_are_shown_as_what_they_forbid() {
        assert_eq!(Limit::DEFAULT_BYTES.shown(Unit::Bytes), "> 1 % and > 256 B");
        assert_eq!(Limit::ANY_RISE.shown(Unit::Count), "any rise");
        assert_eq!(Limit { relative: Relative::percent(5), absolute: 0 }.shown(Unit::Count), "> 5 %");
    }
}
