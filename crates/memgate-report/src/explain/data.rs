//! What is explained of a benchmark.

use std::cmp::Reverse;

use memgate_protocol::Metric;
use serde::Serialize;

use crate::attribution::Explanation;
use crate::model::{BenchmarkId, MetricKey};
use crate::sites::{Place, SiteTable};

/// One benchmark, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedBenchmark {
    /// The target triple.
    pub target: String,
    /// The benchmark.
    pub id: BenchmarkId,
    /// What was asked about.
    pub metrics: Vec<MetricSites>,
    /// What is missing in it, such as debug information.
    pub notes: Vec<String>,
}

/// One metric of a benchmark by site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MetricSites {
    /// The metric.
    pub metric: MetricKey,
    /// The committed value, the middle one of a spread.
    pub base: Option<i64>,
    /// The value that the engine `count` measured in a process of its own.
    pub head: i64,
    /// Whether call sites were recorded. Where the platform has none, a note says so, and all below is empty.
    pub has_sites: bool,
    /// The sites, the largest first. With `older_blocks` and `beyond_limit`, their values add up to what was recorded.
    pub sites: Vec<ExplainedSite>,
    /// What is counted for no site: blocks from before the window that were freed or moved in it.
    pub older_blocks: i64,
    /// What was counted when no more stacks could be told apart.
    pub beyond_limit: i64,
    /// The difference from base.
    pub difference: Explanation,
}

/// One site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedSite {
    /// How much of the metric it makes up.
    pub value: i64,
    /// What the user's code called there.
    pub operation: String,
    /// Where.
    pub place: Option<Place>,
    /// The functions of other packages between that and the allocation, innermost first; the first eight.
    pub through: Vec<Place>,
    /// What called it, outwards.
    pub callers: Vec<Place>,
}

impl MetricSites {
    /// The numbers alone, of a metric whose call sites can't be recorded.
    #[must_use]
    pub fn without_sites(metric: MetricKey, base: Option<i64>, head: i64) -> Self {
        let difference = Explanation { metric, changes: Vec::new(), unexplained: Vec::new(), peak: None };
        let sites = Vec::new();
        Self { metric, base, head, has_sites: false, sites, older_blocks: 0, beyond_limit: 0, difference }
    }

    /// The sites of a table that have a value of the metric, the largest first.
    #[must_use]
    pub fn sites_of(table: &SiteTable, metric: Metric) -> Vec<ExplainedSite> {
        let positions = table.sites.iter().flat_map(|site| {
            site.positions.iter().map(|position| ExplainedSite {
                value: position.numbers.get(metric),
                operation: site.key.operation.clone(),
                place: position.place.clone(),
                through: position.through.clone(),
                callers: position.callers.clone(),
            })
        });
        let mut sites: Vec<ExplainedSite> = positions.filter(|site| site.value != 0).collect();
        sites.sort_by_key(|site| Reverse(site.value));
        sites
    }
}
