//! Tables of what changed: a row for each benchmark, a column for each metric.

use std::collections::BTreeSet;

use super::inert::{code_lines, escaped};
use super::section::Section;
use super::triples::Triples;
use super::unbroken::unbroken;
use super::words::Words;
use crate::model::MetricKey;
use crate::render::change_cell::{Detail, cell};
use crate::render::common_rules::CommonRules;
use crate::render::shown;
use crate::report::{BenchmarkReport, MetricReport, Report, Verdict};
use crate::text::Noun;

/// What rose above its limit or its budget, the most first.
pub(super) fn red(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let is_red = |verdict| matches!(verdict, Verdict::Regressed | Verdict::OverBudget);
    Section {
        in_sight: 5,
        ..table(
            report,
            triples,
            words,
            is_red,
            Section::new(0, Noun("benchmark that rose", "benchmarks that rose")),
        )
    }
}

/// What fell.
pub(super) fn improved(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let section = Section {
        title: "### Improved".to_owned(),
        in_sight: 5,
        ..Section::new(3, Noun("improved benchmark", "improved benchmarks"))
    };
    table(report, triples, words, |verdict| verdict == Verdict::Improved, section)
}

/// What is neither good nor bad: inconclusive, waived, or gated for the first time.
pub(super) fn undecided(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let is_undecided = |verdict| matches!(verdict, Verdict::Noisy | Verdict::Waived | Verdict::New);
    let section = Section {
        title: "### Noisy, waived, or newly gated".to_owned(),
        in_sight: 5,
        ..Section::new(4, Noun("such benchmark", "such benchmarks"))
    };
    table(report, triples, words, is_undecided, section)
}

/// The section with a row for each benchmark that has wanted metrics.
fn table(
    report: &Report,
    triples: &Triples<'_>,
    words: Words,
    is_wanted: impl Fn(Verdict) -> bool,
    section: Section,
) -> Section {
    let mut found: Vec<(&BenchmarkReport, Vec<&MetricReport>)> = Vec::new();
    for benchmark in &report.benchmarks {
        let metrics: Vec<&MetricReport> =
            shown::changed(benchmark).filter(|metric| is_wanted(metric.verdict)).collect();
        if !metrics.is_empty() {
            found.push((benchmark, metrics));
        }
    }
    found.sort_by(|one, other| worst_first(one.0, other.0));
    let all = || found.iter().flat_map(|(_, metrics)| metrics.iter().copied());
    let columns: BTreeSet<MetricKey> = all().map(|metric| metric.metric).collect();
    let common = CommonRules::of(all());
    let names: Vec<String> = columns.iter().map(|key| key.to_string().replace('_', "_<br>")).collect();
    let limits = common.texts().iter().map(|text| escaped(&unbroken(text))).collect::<Vec<_>>().join(" · ");
    // The limits stand in the heading of the first column, which has room.
    let limits = if limits.is_empty() { limits } else { format!("<br><sub>limits: {limits}</sub>") };
    let head =
        format!("| benchmark{limits} | {} |\n|---|{}\n", names.join(" | "), "--:|".repeat(columns.len()));
    let items = found.iter().map(|(benchmark, metrics)| {
        let cells: Vec<String> = columns
            .iter()
            .map(|key| metrics.iter().find(|metric| metric.metric == *key))
            .map(|metric| metric.map_or_else(String::new, |metric| table_cell(metric, &common, words)))
            .collect();
        let cells = cells.join(" | ");
        (benchmark.target.as_str(), format!("{}\n{cells}", benchmark.id), (*benchmark, cells))
    });
    let rows = Triples::grouped(items).into_iter().map(|group| {
        let (benchmark, cells) = group.value;
        let on = triples.shown(&group.triples);
        let on = if on.is_empty() { on } else { format!("<br><sub>{on}</sub>") };
        format!("| {}{on} | {cells} |\n", code_lines(&benchmark.id.to_string()))
    });
    let rows = rows.collect();
    Section { head, rows, ..section }
}

/// The change, the values below it, and what else it is compared with than the most.
fn table_cell(metric: &MetricReport, common: &CommonRules, words: Words) -> String {
    let change = cell(metric, Detail::Change);
    let mut text = format!("**{}**", escaped(&unbroken(&change)));
    let values = cell(metric, Detail::Values);
    if values != change {
        text += &format!("<br><sub>{}</sub>", escaped(&values.replace(' ', "\u{A0}")));
    }
    if matches!(metric.verdict, Verdict::Noisy | Verdict::Waived | Verdict::New) {
        text += &format!("<br><sub>{}\u{A0}{}</sub>", sign(metric.verdict), metric.verdict);
    }
    if !common.has(metric) {
        text += &format!("<br><sub>{}</sub>", escaped(&unbroken(&shown::rule(metric))));
    }
    if let Some(reason) = shown::reason(metric) {
        text += &format!("<br>{}", words.sentence(reason));
    }
    text
}

/// The order of benchmarks: by their verdicts, then by how much they changed, the most first.
pub(super) fn worst_first(one: &BenchmarkReport, other: &BenchmarkReport) -> std::cmp::Ordering {
    let size = |benchmark: &BenchmarkReport| shown::changed(benchmark).map(rise).fold(0.0, f64::max);
    other.verdict.cmp(&one.verdict).then(size(other).total_cmp(&size(one)))
}

/// By which part of base a metric rose or fell, for what is worst; from zero, without end.
fn rise(metric: &MetricReport) -> f64 {
    let (Some(base), Some(head)) = (&metric.base, &metric.head) else { return 0.0 };
    let (base, head) = (base.median() as f64, head.median() as f64);
    if base == head { 0.0 } else { ((head - base) / base).abs() }
}

/// The colour of a verdict.
pub(super) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "⚪",
        Verdict::Improved => "🟢",
        Verdict::New => "🔵",
        Verdict::Waived | Verdict::Noisy => "🟡",
        Verdict::Missing | Verdict::Incomparable => "🟠",
        Verdict::OverBudget | Verdict::Regressed | Verdict::Failed => "🔴",
    }
}
