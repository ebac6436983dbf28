//! What could not be measured or compared, one by one.

use std::collections::{HashMap, HashSet};

use super::inert::{code, html_lines};
use super::lack::Lack;
use super::section::Section;
use super::triples::Triples;
use super::words::Words;
use crate::model::{BenchmarkId, Failure};
use crate::render::rename_text::rename_texts;
use crate::report::{BenchmarkReport, NoticeKind, Report, TargetReport, Verdict};
use crate::text::{BENCHMARKS, Noun};

/// A line of the list.
struct Item {
    /// The verdict and the name.
    what: String,
    why: String,
    /// What stands below the line, indented.
    below: String,
}

pub(super) fn section(report: &Report, triples: &Triples<'_>, lacks: &[Lack], words: Words) -> Section {
    let mut items: Vec<(&str, String, Item)> = Vec::new();
    for (what, why) in lacks.iter().map(Lack::shown) {
        items.push(Item { what, why, below: String::new() }.on(""));
    }
    let failures = report.targets.iter().filter_map(|target| {
        let name = format!("{}/{}", target.package, target.bench_target);
        target.failure.as_ref().map(|failure| (&target.target, name, failure))
    });
    let failures = failures.chain(report.benchmarks.iter().filter_map(|benchmark| {
        benchmark.failure.as_ref().map(|failure| (&benchmark.target, benchmark.id.to_string(), failure))
    }));
    for (triple, name, failure) in failures {
        let item = Item {
            what: format!("🔴 **failed** {}", code(&name)),
            why: words.sentence(&failure.message),
            below: output(failure),
        };
        items.push(item.on(triple));
    }
    for benchmark in &report.benchmarks {
        let time = benchmark.time.as_deref().filter(|time| time.verdict == Verdict::Failed);
        if let Some(problem) = time.and_then(|time| time.problem.as_ref()) {
            let what = format!("🔴 **failed** time of {}", code(&benchmark.id.to_string()));
            items.push(
                Item { what, why: words.sentence(problem), below: String::new() }.on(&benchmark.target),
            );
        }
    }
    for notice in &report.notices {
        let what = match notice.kind {
            NoticeKind::NoBaseline => "🟠 **no baseline**",
            NoticeKind::LostShard => "🟠 **lost shard**",
            NoticeKind::NotMeasured => "🟠 **not measured**",
            NoticeKind::NoSavedTimes => "🟠 **no saved times**",
            _ => continue,
        };
        let item = Item { what: what.to_owned(), why: words.sentence(&notice.text), below: String::new() };
        items.push(item.on(""));
    }
    let mut benchmarks: HashMap<(&str, &str, &str), usize> = HashMap::new();
    for benchmark in &report.benchmarks {
        let place = (&*benchmark.target, &*benchmark.id.package, &*benchmark.id.bench_target);
        *benchmarks.entry(place).or_default() += 1;
    }
    for target in report.targets.iter().filter(|target| !target.differences.is_empty()) {
        let place = (target.target.as_str(), target.package.as_str(), target.bench_target.as_str());
        let only: HashSet<Option<&str>> =
            target.differences.iter().map(|difference| difference.only.as_deref()).collect();
        let count = match only.contains(&None) {
            true => benchmarks.get(&place).copied().unwrap_or_default(),
            false => only.len(),
        };
        items.push(incomparable(target, count).on(&target.target));
    }
    for rename in rename_texts(report) {
        // The names are a stranger's, and the rest is ours.
        let sentence = rename.sentence(code);
        let (what, why) = sentence.rsplit_once(": ").unwrap_or((&sentence, ""));
        let item =
            Item { what: format!("🟠 **missing** {what}"), why: why.to_owned(), below: String::new() };
        items.push(item.on(""));
    }
    let renamed: HashSet<(&str, &BenchmarkId)> =
        report.renames.iter().flat_map(|one| one.from.iter().map(|id| (&*one.target, id))).collect();
    let is_gone = |benchmark: &&BenchmarkReport| {
        benchmark.verdict == Verdict::Missing && !renamed.contains(&(&*benchmark.target, &benchmark.id))
    };
    for benchmark in report.benchmarks.iter().filter(is_gone) {
        let what = format!("🟠 **missing** {}", code(&benchmark.id.to_string()));
        let why = "it is in the baseline, and not in the run".to_owned();
        items.push(Item { what, why, below: String::new() }.on(&benchmark.target));
    }
    let rows = Triples::grouped(items).into_iter().map(|group| {
        let Item { what, why, below } = group.value;
        // What is not about a triple of the report names its own.
        let on = if group.triples == [""] { String::new() } else { triples.shown(&group.triples) };
        let on = if on.is_empty() { on } else { format!(" {on}") };
        format!("- {what}{on}: {why}\n{below}")
    });
    Section {
        title: "### Not measured or not compared".to_owned(),
        rows: rows.collect(),
        in_sight: 15,
        ..Section::new(
            1,
            Noun("that was not measured or not compared", "that were not measured or not compared"),
        )
    }
}

impl Item {
    /// What is the same on two triples when its text is.
    fn on(self, triple: &str) -> (&str, String, Self) {
        (triple, format!("{}: {}\n{}", self.what, self.why, self.below), self)
    }
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

fn incomparable(target: &TargetReport, count: usize) -> Item {
    let differences = target.differences.iter().map(|difference| {
        let (base, head) = (code(&difference.base), code(&difference.head));
        let of = difference.only.as_deref().map_or_else(String::new, |name| format!(" of {}", code(name)));
        format!("  - {}{of}: {base} in the baseline, {head} in this run\n", difference.field.name())
    });
    Item {
        what: format!("🟠 **incomparable** {}", code(&format!("{}/{}", target.package, target.bench_target))),
        why: format!("the baseline of its {} was measured in another environment", BENCHMARKS.counted(count)),
        below: differences.collect(),
    }
}
