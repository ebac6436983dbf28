//! The metrics of one site.

use memgate_protocol::{Metric, StackNumbers};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much of each metric a site makes up, in the unit of the metric.
///
/// Single values may be negative: at the peak or at the end, a site may have fewer bytes live than at the start.
/// Sums wrap around, as those of [`StackNumbers`] do, so that differences always add up.
///
/// As JSON it is an object by metric, without zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteNumbers([i64; Metric::ALL.len()]);

impl SiteNumbers {
    /// The value of a metric.
    #[must_use]
    pub fn get(&self, metric: Metric) -> i64 {
        Metric::ALL.iter().zip(self.0).find(|(one, _)| **one == metric).map_or(0, |(_, value)| value)
    }

    /// The same numbers with one value changed.
    ///
    /// # Example
    /// ```
    /// use memgate_protocol::Metric;
    /// use memgate_report::sites::SiteNumbers;
    /// let numbers = SiteNumbers::default().with(Metric::Allocs, 3);
    /// assert_eq!((numbers + numbers).get(Metric::Allocs), 6);
    /// ```
    #[must_use]
    pub fn with(mut self, metric: Metric, value: i64) -> Self {
        for (one, number) in Metric::ALL.iter().zip(&mut self.0) {
            if *one == metric {
                *number = value;
            }
        }
        self
    }

    /// Whether every value is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// The larger value of each metric.
    #[must_use]
    pub(super) fn larger(self, other: Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index].max(other.0[index])))
    }

    /// Whether no value is above the other's.
    #[must_use]
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, theirs)| *mine <= theirs)
    }
}

impl From<&StackNumbers> for SiteNumbers {
    fn from(numbers: &StackNumbers) -> Self {
        Self(Metric::ALL.map(|metric| numbers.value(metric)))
    }
}

impl std::ops::Add for SiteNumbers {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index].wrapping_add(other.0[index])))
    }
}

impl std::ops::Sub for SiteNumbers {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index].wrapping_sub(other.0[index])))
    }
}

impl std::ops::AddAssign for SiteNumbers {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for SiteNumbers {
    fn sum<I: Iterator<Item = Self>>(rows: I) -> Self {
        rows.fold(Self::default(), |sum, row| sum + row)
    }
}

impl<'a> std::iter::Sum<&'a Self> for SiteNumbers {
    fn sum<I: Iterator<Item = &'a Self>>(rows: I) -> Self {
        rows.copied().sum()
    }
}

impl Serialize for SiteNumbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (metric, value) in Metric::ALL.iter().zip(self.0).filter(|(_, value)| *value != 0) {
            map.serialize_entry(metric.name(), &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for SiteNumbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = SiteNumbers;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of metrics")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<SiteNumbers, A::Error> {
                let (mut numbers, mut seen) = (SiteNumbers::default(), Vec::new());
                while let Some(name) = entries.next_key::<String>()? {
                    let metric: Metric = name.parse().map_err(Error::custom)?;
                    if seen.contains(&metric) {
                        return Err(Error::custom(format!("the metric `{metric}` stands twice")));
                    }
                    seen.push(metric);
                    numbers = numbers.with(metric, entries.next_value()?);
                }
                Ok(numbers)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
