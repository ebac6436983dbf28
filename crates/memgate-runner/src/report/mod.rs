//! The report: all that a comparison found, as data, and its renderings.
//!
//! Every renderer takes a [`Report`] and gives text; someone else owns where it goes.

mod bencher_metric_format;
mod data;
mod file;
mod github_action_benchmark;
mod growth_text;
mod junit;
pub(crate) mod markdown;
mod merge;
mod next_steps;
mod openmetrics;
mod outcome;
mod render;
mod shards;
mod shell_words;
pub(crate) mod shown;
mod sites;
pub(crate) mod sites_text;
mod soundness;
#[cfg(test)]
mod soundness_tests;
mod soundness_verdicts;
mod terminal;
mod terminal_acceptance;
mod terminal_growth;
mod terminal_sites;
mod terminal_table;
mod terminal_times;
#[cfg(test)]
mod tests;
pub(crate) mod time_text;

pub use data::{
    AppliedWaiver, BenchmarkReport, MeasuredPullRequest, MetricReport, Notice, NoticeKind, Report,
    TargetReport, TimeReport, Timing,
};
pub(crate) use file::{FOREIGN_BOUNDS, parse_within};
pub use file::{REPORT_KIND, REPORT_SCHEMA, parse_report, print_report};
pub use merge::merge_reports;
pub use next_steps::{NextStep, next_steps};
pub use outcome::{Outcome, outcome};
pub use render::{Format, RenderOptions, render};
pub(crate) use shards::about_shard;
pub(crate) use shell_words::shell_quoted;
pub use sites::SitesReport;
