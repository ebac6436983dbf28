//! How metrics grow with the size of the input, at a terminal.

use anstyle::{AnsiColor, Style};
use tabled::builder::Builder;

use super::RenderOptions;
use super::growth_text::{evidence, exponent, sizes, steeper, word};
use super::terminal_table::{LONGEST_CELL, drawn, ended};
use crate::report::{Report, Trend};
use crate::text::{BOLD, Paint};

/// What grows more steeply than it did; with `--verbose`, every exponent.
pub(super) fn render(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let several_triples = report.has_several_triples();
    let name = |series: &crate::report::ScalingReport| {
        let on = if several_triples { format!(" ({})", series.target) } else { String::new() };
        super::shown::shorten_middle(&format!("{}{on}", series.series), LONGEST_CELL)
    };
    let lines: Vec<String> = steeper(report)
        .map(|(series, metric)| {
            format!(
                "{}  {}: {} ({})",
                paint.with(style(Trend::Steeper), "regressed"),
                paint.with(BOLD, &name(series)),
                metric.sentence(),
                evidence(report, metric)
            )
        })
        .collect();
    let mut text = ended(lines);
    if options.verbose && !report.scaling.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut table = Builder::new();
        table.push_record(["growth", "series", "n", "metric", "base n^", "head n^"]);
        for series in &report.scaling {
            let (mut named, mut sized) = (name(series), sizes(series));
            for metric in &series.metrics {
                let head = match &metric.problem {
                    Some(problem) => super::shown::shorten_middle(problem, LONGEST_CELL),
                    None => exponent(metric.head.as_ref()),
                };
                table.push_record([
                    paint.with(style(metric.trend), word(metric.trend)),
                    paint.with(BOLD, &std::mem::take(&mut named)),
                    std::mem::take(&mut sized),
                    metric.metric.to_string(),
                    exponent(metric.base.as_ref()),
                    head,
                ]);
            }
        }
        text += &drawn(table, 4..6);
    }
    text
}

fn style(trend: Trend) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match trend {
        Trend::Same => Style::new(),
        Trend::Flatter => color(AnsiColor::Green),
        Trend::New => color(AnsiColor::Cyan),
        Trend::Unclear => color(AnsiColor::Yellow),
        Trend::Steeper => color(AnsiColor::Red).bold(),
    }
}
