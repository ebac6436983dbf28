//! The call sites behind red metrics.

use serde::{Deserialize, Serialize};

use crate::attribution::Explanation;

/// The call sites behind the red metrics of one benchmark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitesReport {
    /// An explanation for each red metric.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explanations: Vec<Explanation>,
    /// What is missing in them, such as debug information.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why there are none. The verdict stands all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl SitesReport {
    /// The report of a benchmark whose call sites could not be recorded.
    #[must_use]
    pub fn failed(problem: String) -> Self {
        Self { failure: Some(problem), ..Self::default() }
    }
}
