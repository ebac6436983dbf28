//! Tables of metrics that changed.

use super::inert::{code_lines, escaped};
use super::section::Section;
use super::triples::Triples;
use super::unbroken::unbroken;
use super::words::Words;
use crate::render::shown;
use crate::report::{BenchmarkReport, MetricReport, Report, Verdict};
use crate::text::Noun;

const HEAD: &str = "| benchmark | metric | base | head | change | limit |\n|---|---|--:|--:|--:|---|\n";

/// What rose above its limit or its budget, the most first.
pub(super) fn red(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let is_red = |verdict| matches!(verdict, Verdict::Regressed | Verdict::OverBudget);
    Section {
        in_sight: 8,
        rows: rows(report, triples, words, is_red),
        head: HEAD.to_owned(),
        ..Section::new(0, Noun("benchmark that rose", "benchmarks that rose"))
    }
}

/// What fell.
pub(super) fn improved(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    Section {
        title: "### Improved".to_owned(),
        in_sight: 5,
        rows: rows(report, triples, words, |verdict| verdict == Verdict::Improved),
        head: HEAD.to_owned(),
        ..Section::new(3, Noun("improved benchmark", "improved benchmarks"))
    }
}

/// What is neither good nor bad: inconclusive, waived, or gated for the first time.
pub(super) fn undecided(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let is_undecided = |verdict| matches!(verdict, Verdict::Noisy | Verdict::Waived | Verdict::New);
    Section {
        title: "### Noisy, waived, or newly gated".to_owned(),
        in_sight: 5,
        rows: rows(report, triples, words, is_undecided),
        head: HEAD.to_owned(),
        ..Section::new(4, Noun("such benchmark", "such benchmarks"))
    }
}

/// A row for each metric that is wanted; those of one benchmark stay together.
fn rows(
    report: &Report,
    triples: &Triples<'_>,
    words: Words,
    is_wanted: impl Fn(Verdict) -> bool,
) -> Vec<String> {
    let mut found = Vec::new();
    for benchmark in &report.benchmarks {
        let metrics: Vec<&MetricReport> =
            shown::changed(benchmark).filter(|metric| is_wanted(metric.verdict)).collect();
        if !metrics.is_empty() {
            found.push((benchmark, metrics));
        }
    }
    found.sort_by(|one, other| worst_first(one.0, other.0));
    let items = found.into_iter().map(|(benchmark, metrics)| {
        let cells: Vec<String> = metrics.into_iter().map(|metric| cells(metric, words)).collect();
        let text = format!("{}\n{}", benchmark.id, cells.concat());
        (benchmark.target.as_str(), text, (benchmark, cells))
    });
    let groups = Triples::grouped(items).into_iter();
    groups.map(|group| row(group.value.0, &group.value.1, &triples.shown(&group.triples))).collect()
}

fn row(benchmark: &BenchmarkReport, cells: &[String], on: &str) -> String {
    let mut name = code_lines(&benchmark.id.to_string());
    if !on.is_empty() {
        name += &format!("<br><sub>{on}</sub>");
    }
    // Once a benchmark is enough.
    cells.iter().map(|cells| format!("| {} {cells}\n", std::mem::take(&mut name))).collect()
}

fn cells(metric: &MetricReport, words: Words) -> String {
    let mut rule = escaped(&unbroken(&shown::rule(metric)));
    if let Some(reason) = shown::reason(metric) {
        rule += &format!(": {}", words.sentence(reason));
    }
    // The table of these is of several verdicts.
    let word = match metric.verdict {
        Verdict::Noisy | Verdict::Waived | Verdict::New => {
            format!("<br><sub>{}\u{A0}{}</sub>", sign(metric.verdict), metric.verdict)
        }
        _ => String::new(),
    };
    let change = shown::change(metric);
    let change = if change == shown::NOTHING { change } else { format!("**{}**", unbroken(&change)) };
    let [base, head] =
        [&metric.base, &metric.head].map(|value| unbroken(&shown::value(metric, value.as_ref())));
    format!("| {}{word} | {base} | {head} | {change} | {rule} |", metric.metric)
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
