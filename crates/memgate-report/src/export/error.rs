//! What can go wrong while a profile is exported.

use memgate_protocol::Metric;

/// Why a profile could not be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The values are too large for widths to be exact.
    #[error("failed to draw the flame graph: the values of {metric} add up to more than {limit}")]
    TooLarge {
        /// The metric that was to be drawn.
        metric: Metric,
        /// The largest sum that can be drawn.
        limit: u64,
    },
    /// The library that draws could not.
    #[error("failed to draw the flame graph: {0}")]
    Drawing(#[source] std::io::Error),
}
