//! A metric, as data.

/// A metric with its values.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metric {
    /// Its name. That of a counter ends with `_total`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// What may happen to its values.
    pub kind: MetricKind,
    /// `bytes` or `seconds`, where it is of a unit: the name has it, too.
    pub unit: Option<&'static str>,
    /// One without labels, or several.
    pub samples: Vec<Sample>,
}

/// What may happen to a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// They only rise.
    Counter,
    /// They rise and fall.
    Gauge,
}

/// A value of a metric.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// Names and values.
    pub labels: Vec<(&'static str, &'static str)>,
    /// The value.
    pub value: f64,
}

impl Metric {
    pub(super) fn gauge(name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind: MetricKind::Gauge, unit: unit_of(name), samples: Vec::new() }
    }

    pub(super) fn counter(name: &'static str, help: &'static str) -> Self {
        Self { kind: MetricKind::Counter, ..Self::gauge(name, help) }
    }

    /// Adds a value without labels; one that isn't known is left out.
    pub(super) fn value(self, value: impl Into<Option<u64>>) -> Self {
        self.labelled(&[], value.into().map(|value| value as f64))
    }

    /// Adds a value with labels; one that isn't known is left out.
    pub(super) fn labelled(mut self, labels: &[(&'static str, &'static str)], value: Option<f64>) -> Self {
        self.samples.extend(value.map(|value| Sample { labels: labels.to_vec(), value }));
        self
    }
}

fn unit_of(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix("_total").unwrap_or(name);
    ["bytes", "seconds"].into_iter().find(|unit| name.ends_with(&format!("_{unit}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_names() {
        assert_eq!(
            ["a_bytes_total", "a_bytes", "a_seconds_total", "a_total", "bytes"].map(unit_of),
            [Some("bytes"), Some("bytes"), Some("seconds"), None, None]
        );
    }
}
