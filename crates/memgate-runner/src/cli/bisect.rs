//! `bisect`: the commit that raised a metric.

/// Find the commit that raised a metric
#[derive(Clone, Debug, clap::Args)]
pub(super) struct BisectArguments {}
