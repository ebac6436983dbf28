//! The numbers of whole benchmarks.

use super::Page;
use super::changes::sign;
use super::inert::code_lines;
use super::section::Section;
use super::triples::Triples;
use super::unbroken::unbroken;
use crate::model::{MetricKey, Observation, Phase};
use crate::render::shown;
use crate::report::{BenchmarkReport, Report, Verdict};
use crate::text::{BENCHMARKS, Noun};

/// Those of new benchmarks, or of all when that is asked for.
pub(super) fn section(report: &Report, triples: &Triples<'_>, page: &Page<'_>) -> Section {
    let shows = |benchmark: &&BenchmarkReport| {
        benchmark.processes > 0 && (page.verbose || benchmark.verdict == Verdict::New)
    };
    // Only commands have figures of the kernel's.
    let is_measured = |key: &MetricKey| {
        report.benchmarks.iter().filter(shows).any(|benchmark| head(benchmark, *key).is_some())
    };
    let kernels = MetricKey::KERNEL.into_iter().filter(is_measured);
    let is_zero = |key: MetricKey| {
        let mut heads = report.benchmarks.iter().filter(shows).filter_map(|benchmark| head(benchmark, key));
        heads.all(|value| *value == Observation::Exact(0))
    };
    // Columns of zeros make the table wider than the page.
    let columns: Vec<MetricKey> = MetricKey::all()
        .filter(|key| key.phase == Phase::Steady || page.cold)
        .filter(|key| page.verbose || !is_zero(*key))
        .chain(kernels)
        .collect();
    let names: Vec<String> = columns.iter().map(|key| key.name().replace('_', "_<br>")).collect();
    let items = report.benchmarks.iter().filter(shows).map(|benchmark| {
        let cells: Vec<String> = columns.iter().map(|key| cell(benchmark, *key)).collect();
        let cells = cells.join(" | ");
        let name = code_lines(&benchmark.id.to_string());
        // Those of new benchmarks are all alike.
        let name = if page.verbose { format!("{} {name}", sign(benchmark.verdict)) } else { name };
        (benchmark.target.as_str(), format!("{name}{cells}"), (name, cells))
    });
    let rows: Vec<String> = Triples::grouped(items)
        .into_iter()
        .map(|group| {
            let on = triples.shown(&group.triples);
            let on = if on.is_empty() { on } else { format!("<br><sub>{on}</sub>") };
            format!("| {}{on} | {} |\n", group.value.0, group.value.1)
        })
        .collect();
    let (nouns, fold) = if page.verbose {
        (BENCHMARKS, "All numbers".to_owned())
    } else {
        let nouns = Noun("new benchmark", "new benchmarks");
        (nouns, format!("🔵 {}", nouns.counted(rows.len())))
    };
    Section {
        fold: Some(fold),
        head: format!("| benchmark | {} |\n|---|{}\n", names.join(" | "), "--:|".repeat(columns.len())),
        rows,
        ..Section::new(6, nouns)
    }
}

fn head(benchmark: &BenchmarkReport, key: MetricKey) -> Option<&Observation> {
    benchmark.metrics.iter().find(|metric| metric.metric == key)?.head.as_ref()
}

fn cell(benchmark: &BenchmarkReport, key: MetricKey) -> String {
    let metric = benchmark.metrics.iter().find(|metric| metric.metric == key);
    let value = metric.map(|metric| shown::value(metric, metric.head.as_ref()));
    value.map_or_else(|| shown::NOTHING.to_owned(), |value| unbroken(&value))
}
