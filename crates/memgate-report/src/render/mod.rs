//! The renderings of a report. Every renderer takes a report and gives text; someone else owns where it goes.

mod amounts;
mod annotations;
mod bencher_metric_format;
mod cause_text;
mod change_cell;
mod common_rules;
mod formats;
mod github_action_benchmark;
mod gitlab;
mod growth_text;
mod junit;
pub(crate) mod markdown;
mod next_steps;
mod openmetrics;
mod options;
pub(crate) mod peak_text;
mod rename_text;
pub(crate) mod shown;
pub(crate) mod sites;
pub(crate) mod sites_text;
mod terminal;
mod terminal_acceptance;
mod terminal_causes;
mod terminal_growth;
mod terminal_matrix;
mod terminal_sites;
pub(crate) mod terminal_table;
mod terminal_times;
#[cfg(test)]
mod tests;
pub(crate) mod time_text;
mod wrapped;

pub use annotations::{Annotation, Level, MAXIMUM_ANNOTATIONS, annotations};
pub use formats::{render, render_causes};
pub use next_steps::{NextStep, next_steps};
pub use options::{Format, RenderOptions};
