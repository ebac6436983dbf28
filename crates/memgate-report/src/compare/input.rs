//! What a comparison is made of.

use jiff::civil::Date;

use crate::model::{Baselines, Run};
use crate::rules::Policy;

/// What a comparison is made of.
#[derive(Clone, Copy, Debug)]
pub struct ComparisonInput<'a> {
    /// What was measured: one run, or the parts of several (shards, targets). No benchmark is in two of them; see
    /// [`crate::model::check_disjoint`].
    pub runs: &'a [Run],
    /// What is committed, for any number of targets.
    pub baselines: &'a Baselines,
    /// The rules.
    pub policy: &'a Policy,
    /// The day, for waivers that expire.
    pub today: Date,
    /// Whether a stale baseline is an error.
    pub strict: bool,
}
