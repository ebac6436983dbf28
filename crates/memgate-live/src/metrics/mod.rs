//! Figures under names, for Prometheus and for whatever else exports them.

mod exposition;
mod list;
mod metric;

pub(crate) use exposition::{Exposition, expose};
pub(crate) use list::{Own, list};
pub use metric::{Metric, MetricKind, Sample};
