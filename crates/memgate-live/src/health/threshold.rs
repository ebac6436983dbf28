//! From how much memory on it is how bad.

use crate::memory::Limit;

/// How much memory is too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// So many bytes.
    Bytes(u64),
    /// So many per cent of the limit that applies: the control group's, or the machine's memory.
    Percent(f64),
}

impl Threshold {
    /// In bytes; none where it is a part of a limit that isn't known, or no number.
    pub(crate) fn bytes(self, limit: Option<Limit>) -> Option<f64> {
        match self {
            Self::Bytes(bytes) => Some(bytes as f64),
            Self::Percent(percent) => Some(limit?.bytes as f64 * percent / 100.0),
        }
        .filter(|bytes| bytes.is_finite() && *bytes > 0.0)
    }
}

/// Both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Thresholds {
    pub(crate) high: Threshold,
    pub(crate) critical: Threshold,
}

impl Default for Thresholds {
    fn default() -> Self {
        // Between the crossing and the kernel's kill lie milliseconds once it is close.
        Self { high: Threshold::Percent(80.0), critical: Threshold::Percent(90.0) }
    }
}
