//! What `explain` shows: the sites of a benchmark, and their difference from base.

mod data;
mod file;
mod listing;
mod terminal;

pub use data::{ExplainedBenchmark, ExplainedSite, MetricSites};
pub use file::{EXPLANATION_KIND, EXPLANATION_SCHEMA, print_explanations};
pub use listing::ExplainOptions;
pub(crate) use listing::{SiteListing, listing_lines};
pub use terminal::render_explanations;
