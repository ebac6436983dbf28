//! How metrics grow with the size of the input, at a terminal.

use anstyle::{AnsiColor, Style};
use tabled::builder::Builder;

use super::RenderOptions;
use super::growth_text::{evidence, exponent, sizes, steeper, word};
use super::terminal_table::{LONGEST_CELL, drawn, ended};
use super::wrapped::{Piece, wrapped};
use crate::report::{Report, ScalingReport, Trend};
use crate::text::{BOLD, DIM, Paint};

/// So many metrics that grow more steeply are shown unless all are asked for.
const MOST_STEEPER: usize = 3;

/// What grows more steeply than it did; with `--verbose`, every exponent.
pub(super) fn render(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let several_triples = report.has_several_triples();
    let name = |series: &ScalingReport| {
        let on = if several_triples { format!(" ({})", series.target) } else { String::new() };
        super::shown::shorten_middle(&format!("{}{on}", series.series), LONGEST_CELL)
    };
    let count = steeper(report).count();
    let most = if options.verbose { usize::MAX } else { MOST_STEEPER };
    let mut lines: Vec<String> = steeper(report)
        .take(most)
        .flat_map(|(series, metric)| {
            let name = format!("{}:", name(series));
            let mut pieces = vec![
                Piece::new("regressed ", format!("{} ", paint.with(style(Trend::Steeper), "regressed"))),
                Piece::new(&name, paint.with(BOLD, &name)),
            ];
            let text = format!("{} ({})", metric.sentence(), evidence(report, metric));
            pieces.extend(text.split(' ').map(Piece::plain));
            wrapped(pieces, " ", 0, 2, options.width)
        })
        .collect();
    if let more @ 1.. = count.saturating_sub(most) {
        lines.push(paint.with(DIM, &format!("  and {more} more grow more steeply; -v shows all")));
    }
    let mut text = ended(lines);
    // Of what grows as it did there is nothing to say; the JSON has it.
    let may_have_grown = |series: &&ScalingReport| {
        series.metrics.iter().any(|metric| matches!(metric.trend, Trend::Steeper | Trend::Unclear))
    };
    if options.verbose && report.scaling.iter().any(|series| may_have_grown(&series)) {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut table = Builder::new();
        table.push_record(["growth", "series", "n", "metric", "base n^", "head n^"]);
        for series in report.scaling.iter().filter(may_have_grown) {
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
