//! Times at a terminal, beside memory.

use anstyle::{AnsiColor, Style};
use memgate_protocol::Metric;
use tabled::builder::Builder;

use super::terminal_table::{drawn, shown_id};
use super::time_text::{Trend, timed};
use super::{RenderOptions, shown, time_text};
use crate::model::MetricKey;
use crate::report::{BenchmarkReport, Report};
use crate::text::{BOLD, DIM, Paint, colored, span};

/// The memory that is shown beside a time.
const BESIDE: [Metric; 2] = [Metric::PeakBytes, Metric::Allocs];

/// Every time that was taken; nothing when none was.
pub(super) fn render(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let several_triples = report.has_several_triples();
    let mut table = Builder::new();
    let mut header =
        ["time", "benchmark", "mean [confidence]", "saved", "change", "limit"].map(str::to_owned).to_vec();
    header.extend(BESIDE.map(|metric| metric.name().to_owned()));
    let columns = header.len();
    table.push_record(header);
    let mut rows = 0;
    for (benchmark, time) in timed(report) {
        let (trend, nothing) = (Trend::of(time), || shown::NOTHING.to_owned());
        let style = style(trend);
        let (mean, saved, change) = match &time.time {
            Some(time) => (
                time_text::mean(&time.mean),
                time.saved.map_or_else(nothing, |saved| span(saved.picoseconds)),
                time_text::change(time),
            ),
            None => (nothing(), nothing(), nothing()),
        };
        let mut row = vec![
            paint.with(style, trend.word()),
            paint.with(BOLD, &shown_id(benchmark, several_triples, options)),
            mean,
            saved,
            paint.with(style, &change),
            paint.with(DIM, &time_text::limit(time)),
        ];
        row.extend(BESIDE.map(|metric| memory(benchmark, metric)));
        table.push_record(row);
        rows += 1;
    }
    if rows == 0 { String::new() } else { drawn(table, 2..columns) }
}

fn memory(benchmark: &BenchmarkReport, metric: Metric) -> String {
    let metric = benchmark.metrics.iter().find(|found| found.metric == MetricKey::steady(metric));
    metric.map_or_else(|| shown::NOTHING.to_owned(), |metric| shown::value(metric, metric.head.as_ref()))
}

fn style(trend: Trend) -> Style {
    match trend {
        Trend::Failed | Trend::Regressed => colored(AnsiColor::Red).bold(),
        Trend::Slower => colored(AnsiColor::Yellow),
        Trend::Faster => colored(AnsiColor::Green),
        Trend::New => colored(AnsiColor::Cyan),
        Trend::Same => Style::new(),
    }
}
