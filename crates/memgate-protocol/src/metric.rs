//! The metrics: names, units and definitions, in one place for every surface that shows them.

/// One number about a window.
///
/// All are about heap memory requested through the global allocator, by all threads of the process, within one window.
/// A realloc counts its change in size, as if it happened in place, and only calls that succeed count. Blocks that
/// were live before the window and are freed in it lower the live count.
///
/// The order is the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    any(test, feature = "serde"),
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Metric {
    /// Highest live bytes in the window minus live bytes at its start; never below zero.
    PeakBytes,
    /// Sum of the sizes of every alloc and alloc_zeroed, plus the growth of every realloc.
    TotalBytes,
    /// Successful alloc and alloc_zeroed calls.
    Allocs,
    /// Successful realloc calls.
    Reallocs,
    /// Live bytes minus live bytes at the start, when the routine has returned and its output still lives.
    RetainedBytes,
    /// Growth of live bytes per iteration after the output is dropped: in every measured window, or over a long run.
    LeakedBytes,
}

/// What a metric counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Bytes of heap memory.
    Bytes,
    /// Calls of the allocator.
    Count,
}

impl Metric {
    /// Every metric, in the order of the columns.
    pub const ALL: [Metric; 6] = [
        Metric::PeakBytes,
        Metric::TotalBytes,
        Metric::Allocs,
        Metric::Reallocs,
        Metric::RetainedBytes,
        Metric::LeakedBytes,
    ];

    /// The name in files, configuration and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Metric::PeakBytes => "peak_bytes",
            Metric::TotalBytes => "total_bytes",
            Metric::Allocs => "allocs",
            Metric::Reallocs => "reallocs",
            Metric::RetainedBytes => "retained_bytes",
            Metric::LeakedBytes => "leaked_bytes",
        }
    }

    /// What it counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Metric::Allocs | Metric::Reallocs => Unit::Count,
            Metric::PeakBytes | Metric::TotalBytes | Metric::RetainedBytes | Metric::LeakedBytes => {
                Unit::Bytes
            }
        }
    }

    /// The definition in one sentence, as shown to people.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Metric::PeakBytes => {
                "highest live bytes in the window minus live bytes at its start; never below zero"
            }
            Metric::TotalBytes => {
                "sum of the sizes of every alloc and alloc_zeroed, plus the growth of every realloc"
            }
            Metric::Allocs => "successful alloc and alloc_zeroed calls",
            Metric::Reallocs => "successful realloc calls",
            Metric::RetainedBytes => {
                "live bytes minus live bytes at the start of the window, when the routine has returned and its \
                 output still lives: the size of what it built (negative when it freed more than it built)"
            }
            Metric::LeakedBytes => {
                "growth of live bytes per iteration, set-up included, after the output is dropped: the average of \
                 what a long run goes on keeping, or the least growth over all measured windows where a routine is \
                 too slow for one, so that what happens once is no leak; never below zero"
            }
        }
    }
}

impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The error of [`Metric`]'s `FromStr`: no metric has this name.
#[cfg(any(feature = "asking", feature = "snapshots", test))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMetric(pub String);

#[cfg(any(feature = "asking", feature = "snapshots", test))]
impl std::fmt::Display for UnknownMetric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unknown metric `{}`; the metrics are", self.0)?;
        for (index, metric) in Metric::ALL.iter().enumerate() {
            write!(f, "{} {metric}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(any(feature = "asking", feature = "snapshots", test))]
impl std::error::Error for UnknownMetric {}

#[cfg(any(feature = "asking", feature = "snapshots", test))]
impl std::str::FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Metric::ALL
            .into_iter()
            .find(|metric| metric.name() == name)
            .ok_or_else(|| UnknownMetric(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree_with_what_serde_writes_and_parse_back() {
        for metric in Metric::ALL {
            assert_eq!(serde_json::to_string(&metric).unwrap(), format!("\"{}\"", metric.name()));
            assert_eq!(metric.name().parse(), Ok(metric));
        }
        assert_eq!(
            "peek_bytes".parse::<Metric>().unwrap_err().to_string(),
            "unknown metric `peek_bytes`; the metrics are peak_bytes, total_bytes, allocs, reallocs, retained_bytes, \
             leaked_bytes"
        );
    }
}
