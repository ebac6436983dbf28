//! A metric of the steady windows, of the cold one or of the kernel's, and values by such keys.

use memgate_protocol::Limit;
use memgate_protocol::{Metric, Unit};
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Observation;

/// Which windows a value is about, or who has counted it besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The windows after the warm-up.
    Steady,
    /// The first window of a process.
    Cold,
    /// All of a command: the kernel's figure of resident memory.
    Resident,
    /// All of a command: the kernel's figure of its control group.
    Cgroup,
}

/// A metric in a phase: `allocs`, `cold.allocs`, or `resident.peak_bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricKey {
    /// Which windows.
    pub phase: Phase,
    /// Which metric.
    pub metric: Metric,
}

impl MetricKey {
    /// The metric over the steady windows.
    #[must_use]
    pub const fn steady(metric: Metric) -> Self {
        Self { phase: Phase::Steady, metric }
    }

    /// The metric of the cold window. A leak shows only over several windows, so there is no cold `leaked_bytes`.
    #[must_use]
    pub const fn cold(metric: Metric) -> Self {
        Self { phase: Phase::Cold, metric }
    }

    /// The kernel's peak of resident memory of a command's processes, of the one that had the most.
    pub const RESIDENT: Self = Self { phase: Phase::Resident, metric: Metric::PeakBytes };

    /// The kernel's peak of what is charged to a control group of the command's own.
    pub const CGROUP: Self = Self { phase: Phase::Cgroup, metric: Metric::PeakBytes };

    /// What the kernel says of a command. No benchmark has it, it differs from run to run, and it is gated only where that is configured.
    pub const KERNEL: [Self; 2] = [Self::RESIDENT, Self::CGROUP];

    /// Whether it is a figure of the kernel's: noisy also where all values happen to agree, and of no call site.
    #[must_use]
    pub const fn is_kernels(self) -> bool {
        matches!(self.phase, Phase::Resident | Phase::Cgroup)
    }

    /// How far it may rise where a limit says nothing else.
    #[must_use]
    pub fn usual_limit(self) -> Limit {
        if self.is_kernels() { Limit::DEFAULT_KERNEL } else { Limit::default_of(self.metric) }
    }

    /// Every key that is measured of a benchmark, in the order of the reports; and behind them, those of the kernel's that `values` have.
    pub fn all_with(values: &MetricMap) -> impl Iterator<Item = Self> {
        Self::all().chain(Self::KERNEL.into_iter().filter(|key| values.get(*key).is_some()))
    }

    /// Every key that is measured of a benchmark, in the order of the reports.
    pub fn all() -> impl Iterator<Item = Self> {
        let cold = Metric::ALL.into_iter().filter(|metric| *metric != Metric::LeakedBytes).map(Self::cold);
        Metric::ALL.into_iter().map(Self::steady).chain(cold)
    }

    /// The name in files, configuration and reports. Written out, since a baseline has a million of them to read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self.phase, self.metric) {
            (Phase::Steady, metric) => metric.name(),
            (Phase::Cold, Metric::PeakBytes) => "cold.peak_bytes",
            (Phase::Cold, Metric::TotalBytes) => "cold.total_bytes",
            (Phase::Cold, Metric::Allocs) => "cold.allocs",
            (Phase::Cold, Metric::Reallocs) => "cold.reallocs",
            (Phase::Cold, Metric::RetainedBytes) => "cold.retained_bytes",
            (Phase::Cold, Metric::LeakedBytes) => "cold.leaked_bytes",
            (Phase::Resident, _) => "resident.peak_bytes",
            (Phase::Cgroup, _) => "cgroup.peak_bytes",
        }
    }

    /// What the values count.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.metric.unit()
    }
}

impl std::fmt::Display for MetricKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The error of [`MetricKey`]'s `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown metric `{name}`; the nearest is `{nearest}`")]
pub struct UnknownMetricKey {
    name: String,
    nearest: MetricKey,
}

impl std::str::FromStr for MetricKey {
    type Err = UnknownMetricKey;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = || Self::all().chain(Self::KERNEL);
        if let Some(key) = known().find(|key| key.name() == name) {
            return Ok(key);
        }
        let distance = |key: &Self| strsim::osa_distance(key.name(), name);
        let nearest = known().min_by_key(distance).unwrap_or(Self::steady(Metric::PeakBytes));
        Err(UnknownMetricKey { name: name.to_owned(), nearest })
    }
}

impl Serialize for MetricKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for MetricKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = MetricKey;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a metric")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<MetricKey, E> {
                name.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Name)
    }
}

/// Values by metric, in the order of the keys. A sorted vector: a run holds a hundred thousand of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricMap(Vec<(MetricKey, Observation)>);

impl MetricMap {
    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: MetricKey) -> Option<&Observation> {
        self.0.binary_search_by_key(&key, |entry| entry.0).ok().map(|index| &self.0[index].1)
    }

    /// Puts a value under a key, and gives the one that was there.
    pub fn insert(&mut self, key: MetricKey, value: Observation) -> Option<Observation> {
        match self.0.binary_search_by_key(&key, |entry| entry.0) {
            Ok(index) => Some(std::mem::replace(&mut self.0[index].1, value)),
            Err(index) => {
                self.0.insert(index, (key, value));
                None
            }
        }
    }

    /// Whether a figure of the kernel's is among them.
    #[must_use]
    pub fn has_kernels(&self) -> bool {
        // They are the last ones.
        self.0.last().is_some_and(|(key, _)| key.is_kernels())
    }

    /// Every key with its value.
    pub fn iter(&self) -> impl Iterator<Item = (MetricKey, &Observation)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }
}

impl FromIterator<(MetricKey, Observation)> for MetricMap {
    fn from_iter<I: IntoIterator<Item = (MetricKey, Observation)>>(entries: I) -> Self {
        let mut map = Self::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl Serialize for MetricMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for MetricMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = MetricMap;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of metrics")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<MetricMap, A::Error> {
                let mut map = MetricMap::default();
                while let Some(key) = entries.next_key()? {
                    // Before the value is read, so that the error has the key's line.
                    if map.get(key).is_some() {
                        return Err(serde::de::Error::custom(format!("the metric `{key}` stands twice")));
                    }
                    map.insert(key, entries.next_value()?);
                }
                Ok(map)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_they_print() {
        for key in MetricKey::all() {
            assert_eq!(key.name().parse(), Ok(key));
            let cold = MetricKey::cold(key.metric);
            assert_eq!(cold.name().strip_prefix("cold."), Some(key.metric.name()));
        }
        let error = "cold.aloccs".parse::<MetricKey>().unwrap_err().to_string();
        assert_eq!(error, "unknown metric `cold.aloccs`; the nearest is `cold.allocs`");
        assert!("cold.leaked_bytes".parse::<MetricKey>().is_err());
        for key in MetricKey::KERNEL {
            assert_eq!(key.name().parse(), Ok(key));
            assert!(key.is_kernels() && MetricKey::all().all(|other| other < key && !other.is_kernels()));
        }
    }

    #[test]
    fn a_metric_that_stands_twice_is_refused() {
        let error = serde_json::from_str::<MetricMap>(r#"{"allocs": 1, "allocs": 2}"#).unwrap_err();
        assert_eq!(error.to_string(), "the metric `allocs` stands twice at line 1 column 22");
    }
}
