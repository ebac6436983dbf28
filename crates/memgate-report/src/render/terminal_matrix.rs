//! What changed, a row for each benchmark, at a terminal.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::Style;
use tabled::builder::Builder;

use super::cause_text::Names;
use super::change_cell::{Detail, cell};
use super::common_rules::CommonRules;
use super::terminal_table::{drawn, ended, painted, style};
use super::wrapped::{Piece, indented, wrapped, wrapped_words};
use super::{RenderOptions, shown};
use crate::model::MetricKey;
use crate::report::{BenchmarkReport, MetricReport, Report, Verdict};
use crate::text::{BOLD, DIM, Noun, Paint};

/// So many benchmarks are shown unless all are asked for.
const MOST_ROWS: usize = 10;
/// So many, where a benchmark takes several lines, or where the causes have most of the screen.
const MOST_ITEMS: usize = 5;
/// So many lines of a screen are for the causes and the benchmarks.
const LINES_FOR_BOTH: usize = 23;
/// So many benchmarks are named whose limits are others than those of the most.
const MOST_EXCEPTIONS: usize = 3;

/// The benchmarks of which something changed, the worst first, below so many lines of causes.
pub(super) fn render(
    report: &Report,
    lines_of_causes: usize,
    options: &RenderOptions,
    paint: Paint,
) -> String {
    let mut changed: Vec<&BenchmarkReport> =
        report.benchmarks.iter().filter(|benchmark| shown::changed(benchmark).next().is_some()).collect();
    if changed.is_empty() {
        return String::new();
    }
    changed.sort_by_key(|benchmark| std::cmp::Reverse(benchmark.verdict));
    let names = Names::of(report);
    let most_rows = LINES_FOR_BOTH.saturating_sub(lines_of_causes).clamp(MOST_ITEMS, MOST_ROWS);
    let rows = changed.get(..most_rows).unwrap_or(&changed);
    let (mut text, count) = match table(rows, &names, report, options, paint) {
        Some(text) => (text, rows.len()),
        None => {
            let items = changed.get(..MOST_ITEMS).unwrap_or(&changed);
            (list(items, &names, report, options, paint), items.len())
        }
    };
    let mut lines = Vec::new();
    if let more @ 1.. = changed.len().saturating_sub(count) {
        let rest = changed.iter().skip(count);
        let mut counts: BTreeMap<std::cmp::Reverse<Verdict>, usize> = BTreeMap::new();
        rest.for_each(|benchmark| *counts.entry(std::cmp::Reverse(benchmark.verdict)).or_default() += 1);
        let counts: Vec<String> =
            counts.iter().map(|(verdict, count)| format!("{count} {}", verdict.0)).collect();
        let noun = Noun("more benchmark", "more benchmarks");
        lines.push(
            paint.with(DIM, &format!(" and {}: {}; -v shows all", noun.counted(more), counts.join(", "))),
        );
    }
    lines.extend(limits(&changed, &names, options).into_iter().map(|line| paint.with(DIM, &line)));
    text += &ended(lines);
    text
}

fn name(benchmark: &BenchmarkReport, names: &Names<'_>, report: &Report) -> String {
    let name = names.name(&benchmark.id);
    if report.has_several_triples() { format!("{name} ({})", benchmark.target) } else { name }
}

/// The heading of the benchmarks' column.
fn heading(names: &Names<'_>) -> String {
    names.common().map_or_else(|| "benchmark".to_owned(), |common| format!("benchmark of {common}"))
}

/// A table as detailed as fits; none when even the shortest does not.
fn table(
    rows: &[&BenchmarkReport],
    names: &Names<'_>,
    report: &Report,
    options: &RenderOptions,
    paint: Paint,
) -> Option<String> {
    let columns: BTreeSet<MetricKey> =
        rows.iter().flat_map(|benchmark| shown::changed(benchmark).map(|metric| metric.metric)).collect();
    let columns: Vec<MetricKey> = columns.into_iter().collect();
    let ids: Vec<String> = rows.iter().map(|benchmark| name(benchmark, names, report)).collect();
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let verdicts = width(&mut rows.iter().map(|benchmark| benchmark.verdict.word().len()));
    // A heading may take two lines, a column of names that it would widen may not.
    for (detail, is_narrow) in [
        (Detail::All, false),
        (Detail::HeadAndChange, false),
        (Detail::Change, false),
        (Detail::HeadAndChange, true),
        (Detail::Change, true),
    ] {
        let first = if is_narrow { "benchmark".to_owned() } else { heading(names) };
        let id_width = width(&mut ids.iter().map(|id| id.chars().count())).max(first.chars().count());
        let cells = |benchmark: &&BenchmarkReport| -> Vec<String> {
            columns
                .iter()
                .map(|key| of_key(benchmark, *key).map_or_else(String::new, |metric| cell(metric, detail)))
                .collect()
        };
        let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
        let headings: Vec<Vec<String>> = columns.iter().map(|key| column_heading(*key, is_narrow)).collect();
        let widths = columns.iter().enumerate().map(|(index, _)| {
            let numbers = cells.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
            let lines = headings.get(index).into_iter().flatten().map(|line| line.chars().count());
            numbers.chain(lines).max().unwrap_or(0) + 2
        });
        let total = verdicts.max(7) + 2 + id_width + 2 + widths.sum::<usize>();
        // The last column's padding is cut off.
        if options.width.is_some_and(|width| total > width + 1) {
            continue;
        }
        let mut table = Builder::new();
        let mut header = vec!["verdict".to_owned(), first];
        header.extend(headings.iter().map(|lines| lines.join("\n")));
        table.push_record(header);
        for ((benchmark, id), cells) in rows.iter().zip(&ids).zip(&cells) {
            let mut row = vec![painted(paint, benchmark.verdict), paint.with(BOLD, id)];
            row.extend(columns.iter().zip(cells).map(|(key, cell)| {
                of_key(benchmark, *key).map_or_else(String::new, |metric| paint.with(emphasis(metric), cell))
            }));
            table.push_record(row);
        }
        return Some(drawn(table, 2..2 + columns.len()));
    }
    None
}

/// In one line, or in two.
fn column_heading(key: MetricKey, is_narrow: bool) -> Vec<String> {
    let name = key.to_string();
    match name.split_once('_').filter(|_| is_narrow) {
        Some((first, second)) => vec![format!("{first}_"), second.to_owned()],
        None => vec![name],
    }
}

/// Each benchmark with its metrics below, for ids and terminals of every length.
fn list(
    rows: &[&BenchmarkReport],
    names: &Names<'_>,
    report: &Report,
    options: &RenderOptions,
    paint: Paint,
) -> String {
    const INDENT: usize = 4;
    let mut lines = Vec::new();
    for benchmark in rows {
        let id = name(benchmark, names, report);
        lines.push(format!(" {}  {}", painted(paint, benchmark.verdict), paint.with(BOLD, &id)));
        let pieces = shown::changed(benchmark).map(|metric| {
            let cell = cell(metric, Detail::All);
            let plain = format!("{} {cell}", metric.metric);
            Piece::new(&plain, format!("{} {}", metric.metric, paint.with(emphasis(metric), &cell)))
        });
        lines.extend(indented(wrapped(pieces.collect(), " · ", INDENT, INDENT, options.width), INDENT));
    }
    ended(lines)
}

fn of_key(benchmark: &BenchmarkReport, key: MetricKey) -> Option<&MetricReport> {
    shown::changed(benchmark).find(|metric| metric.metric == key)
}

/// What is red stands out.
fn emphasis(metric: &MetricReport) -> Style {
    style(metric.verdict)
}

/// What the metrics were compared with: what holds for most is said once.
fn limits(changed: &[&BenchmarkReport], names: &Names<'_>, options: &RenderOptions) -> Vec<String> {
    let all = changed.iter().flat_map(|benchmark| shown::changed(benchmark));
    let common = CommonRules::of(all);
    let mut lines = Vec::new();
    let pieces: Vec<Piece> = common.texts().into_iter().map(Piece::plain).collect();
    let mut first_lines = wrapped(pieces, " · ", 9, 9, options.width);
    if let Some(first) = first_lines.first_mut() {
        first.insert_str(0, " limits: ");
    }
    lines.extend(first_lines);
    let mut exceptions = Vec::new();
    for benchmark in changed {
        for metric in shown::changed(benchmark).filter(|metric| !common.has(metric)) {
            // What it exceeds stands beside its number.
            if metric.verdict != Verdict::OverBudget {
                let reason = shown::reason(metric).map(|reason| format!(" ({reason})")).unwrap_or_default();
                let (key, id, rule) = (metric.metric, names.name(&benchmark.id), shown::rule(metric));
                exceptions.push(format!("{key} of {id}: {rule}{reason}"));
            }
        }
    }
    let most = if options.verbose { usize::MAX } else { MOST_EXCEPTIONS };
    let more = exceptions.len().saturating_sub(most);
    for exception in exceptions.into_iter().take(most) {
        lines.extend(wrapped_words(&exception, 3, options.width));
    }
    if more > 0 {
        lines.push(format!("   other limits in {more} more places"));
    }
    lines
}
