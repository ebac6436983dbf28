//! What was seen of a metric: one value, or a spread.

use serde::{Deserialize, Serialize};

/// What was seen of a metric over all windows and processes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a value is a whole number of 64 bits, or a spread of such (minimum, median, maximum, samples)"
)]
pub enum Observation {
    /// All values agree.
    Exact(i64),
    /// They do not. Boxed, since it is rare and large.
    Noisy(Box<Interval>),
}

/// The spread of values that do not agree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The least value.
    pub minimum: i64,
    /// The middle value; of an even number of values, the lower of the two in the middle.
    pub median: i64,
    /// The greatest value.
    pub maximum: i64,
    /// How many values there were.
    pub samples: u32,
}

impl Observation {
    /// What a list of values amounts to; none for an empty list.
    ///
    /// # Example
    /// ```
    /// use memgate_report::model::Observation;
    /// assert_eq!(Observation::of(vec![7, 7]), Some(Observation::Exact(7)));
    /// assert_eq!(Observation::of(vec![9, 7, 8, 8]).unwrap().median(), 8);
    /// ```
    #[must_use]
    pub fn of(mut values: Vec<i64>) -> Option<Self> {
        values.sort_unstable();
        let (&minimum, &maximum) = (values.first()?, values.last()?);
        if minimum == maximum {
            return Some(Self::Exact(minimum));
        }
        let median = values[(values.len() - 1) / 2];
        let samples = u32::try_from(values.len()).unwrap_or(u32::MAX);
        Some(Self::Noisy(Box::new(Interval { minimum, median, maximum, samples })))
    }

    /// Whether all values agreed.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self, Self::Exact(_))
    }

    /// The least value.
    #[must_use]
    pub fn minimum(&self) -> i64 {
        match self {
            Self::Exact(value) => *value,
            Self::Noisy(interval) => interval.minimum,
        }
    }

    /// The middle value.
    #[must_use]
    pub fn median(&self) -> i64 {
        match self {
            Self::Exact(value) => *value,
            Self::Noisy(interval) => interval.median,
        }
    }

    /// The greatest value.
    #[must_use]
    pub fn maximum(&self) -> i64 {
        match self {
            Self::Exact(value) => *value,
            Self::Noisy(interval) => interval.maximum,
        }
    }

    /// Whether the numbers can be what they say they are: a spread is in order and has samples.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Exact(_) => true,
            Self::Noisy(interval) => {
                interval.minimum <= interval.median
                    && interval.median <= interval.maximum
                    && interval.minimum < interval.maximum
                    && interval.samples >= 2
            }
        }
    }
}
