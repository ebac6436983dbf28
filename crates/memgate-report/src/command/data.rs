//! What is known of a command that was run, as data.

use memgate_protocol::Metric;
use serde::Serialize;

use super::end::CommandEnd;
use super::kernel::KernelFigures;
use super::problem::CommandProblem;
use super::programs::ProgramRow;
use super::totals::CommandTotals;
use crate::explain::ExplainedSite;

/// A command that was run, and what was counted of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandReport {
    /// Its words.
    pub command: Vec<String>,
    /// Why it failed, or is not counted. It was measured when there is no reason.
    pub problems: Vec<CommandProblem>,
    /// How it ended.
    pub end: CommandEnd,
    /// Its numbers; none when a part of it was not seen.
    pub totals: Option<CommandTotals>,
    /// What the kernel says of it.
    pub kernel: KernelFigures,
    /// Why it had no control group of its own, in words; none where it had.
    pub no_cgroup: Option<String>,
    /// How many processes were seen.
    pub processes: usize,
    /// Its programs, the largest first.
    pub programs: Vec<ProgramRow>,
    /// Where it allocated, by metric; none when nobody asked.
    pub sites: Vec<CommandSites>,
    /// What has to be known of the numbers.
    pub notes: Vec<String>,
}

impl CommandReport {
    /// Whether it ended as it was to, and all of it was counted.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.problems.is_empty()
    }
}

/// One metric of a command by call site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommandSites {
    /// The metric.
    pub metric: Metric,
    /// The sum of what was recorded.
    pub value: i64,
    /// The sites, the largest first. With the rest, their values add up to the sum.
    pub sites: Vec<ExplainedSite>,
    /// What is counted for no site: blocks that were freed in another process than they were allocated in.
    pub other_processes_blocks: i64,
    /// What was counted when no more stacks could be told apart.
    pub beyond_limit: i64,
}
