//! What `explain` shows: the sites of a benchmark, and their difference from base.

mod data;
mod file;
mod terminal;

pub use data::{ExplainedBenchmark, ExplainedSite, MetricSites};
pub use file::{EXPLANATION_KIND, EXPLANATION_SCHEMA, print_explanations};
pub use terminal::{ExplainOptions, render_explanations};
