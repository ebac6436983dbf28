//! What could not be measured or compared, one by one.

use super::inert::{code, html_lines, prose};
use super::section::{Noun, Section};
use super::triples::Triples;
use crate::compare::Verdict;
use crate::model::Failure;
use crate::report::{NoticeKind, Report, TargetReport};

pub(super) fn section(report: &Report, triples: &Triples<'_>) -> Section {
    let mut items: Vec<(&str, String, (String, String))> = Vec::new();
    let failures = report.targets.iter().filter_map(|target| {
        let name = format!("{}/{}", target.package, target.bench_target);
        target.failure.as_ref().map(|failure| (&target.target, name, failure))
    });
    let failures = failures.chain(report.benchmarks.iter().filter_map(|benchmark| {
        benchmark.failure.as_ref().map(|failure| (&benchmark.target, benchmark.id.to_string(), failure))
    }));
    for (triple, name, failure) in failures {
        items.push(item(triple, failed(&name, failure), output(failure)));
    }
    for notice in report.notices.iter().filter(|notice| notice.kind == NoticeKind::NoBaseline) {
        items.push(item("", format!("- 🟠 **no baseline**: {}", prose(&notice.text)), String::new()));
    }
    for target in report.targets.iter().filter(|target| !target.differences.is_empty()) {
        let (text, differences) = incomparable(target, report);
        items.push(item(&target.target, text, differences));
    }
    for benchmark in report.benchmarks.iter().filter(|benchmark| benchmark.verdict == Verdict::Missing) {
        let name = code(&benchmark.id.to_string());
        let text = format!("- 🟠 **missing** {name}: it is in the baseline, and not in the run");
        items.push(item(&benchmark.target, text, String::new()));
    }
    let rows = Triples::grouped(items).into_iter().map(|group| {
        let (text, below) = group.value;
        // What is not about a triple of the report names its own.
        let on = if group.triples == [""] { String::new() } else { triples.shown(&group.triples) };
        let on = if on.is_empty() { on } else { format!(" {on}") };
        format!("{text}{on}\n{below}")
    });
    Section {
        title: "### Not measured or not compared".to_owned(),
        rows: rows.collect(),
        in_sight: 15,
        ..Section::new(1, Noun("that was not measured or not compared", "that were not measured or not compared"))
    }
}

/// A line with what stands below it; the same on two triples when both are.
fn item<'a>(triple: &'a str, text: String, below: String) -> (&'a str, String, (String, String)) {
    (triple, format!("{text}{below}"), (text, below))
}

fn failed(name: &str, failure: &Failure) -> String {
    format!("- 🔴 **failed** {}: {}", code(name), prose(&failure.message))
}

fn output(failure: &Failure) -> String {
    if failure.stderr.is_empty() {
        return String::new();
    }
    // Two spaces keep the block inside the item of the list.
    format!(
        "  <details><summary>the end of its standard error</summary>{}</details>\n",
        html_lines(&failure.stderr)
    )
}

fn incomparable(target: &TargetReport, report: &Report) -> (String, String) {
    let name = code(&format!("{}/{}", target.package, target.bench_target));
    let is_of_target = |benchmark: &&crate::report::BenchmarkReport| {
        benchmark.target == target.target
            && benchmark.id.package == target.package
            && benchmark.id.bench_target == target.bench_target
    };
    let count = report.benchmarks.iter().filter(is_of_target).count();
    let differences = target.differences.iter().map(|difference| {
        let (base, head) = (code(&difference.base), code(&difference.head));
        format!("  - {}: the baseline has {base}, this run {head}\n", difference.field.name())
    });
    let count = Noun("benchmark", "benchmarks").counted(count);
    let text = format!("- 🟠 **incomparable** {name}, {count}: the baseline was measured in another environment");
    (text, differences.collect())
}
