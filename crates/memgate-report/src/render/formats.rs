//! The formats of a report.

use super::{
    Format, RenderOptions, bencher_metric_format, github_action_benchmark, gitlab, junit, markdown,
    openmetrics, terminal, terminal_causes,
};
use crate::causes::causes;
use crate::format::{print_report, visible};
use crate::report::Report;
use crate::text::{BENCHMARKS, Paint};

/// Renders a report.
#[must_use]
pub fn render(report: &Report, format: Format, options: &RenderOptions) -> String {
    match format {
        Format::Terminal => visible(&terminal::render(report, options), options.color).into_owned(),
        Format::Markdown => markdown::of_options(report, options),
        Format::Json => print_report(report),
        Format::Junit => junit::render(report),
        Format::GithubActionBenchmark => github_action_benchmark::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Openmetrics => openmetrics::render(report),
        Format::Bencher => bencher_metric_format::render(report),
    }
}

/// Renders the causes of what is red, and nothing else, for people at a terminal.
#[must_use]
pub fn render_causes(report: &Report, options: &RenderOptions) -> String {
    let text = terminal_causes::render(report, &causes(report), options, Paint::new(options.color));
    let text = if text.is_empty() {
        format!("Nothing is red: {} compared.\n", BENCHMARKS.counted(report.benchmarks.len()))
    } else {
        text
    };
    visible(&text, options.color).into_owned()
}
