//! Annotations: lines of output that GitHub shows beside the code
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).

use std::collections::HashSet;
use std::path::Path;

use super::cause_text::{
    Names, dependency, effects, enumerated, headline, how, never_freed, part, shrunk, what,
};
use super::rename_text::of_missing;
use super::shown::sentence;
use crate::causes::{Cause, Causes, causes};
use crate::format::visible;
use crate::model::MetricKey;
use crate::report::{BenchmarkReport, MetricReport, NoticeKind, Report, Verdict};
use crate::sites::Place;
use crate::text::BENCHMARKS;

/// GitHub shows so many annotations of one step, and drops the others.
pub const MAXIMUM_ANNOTATIONS: usize = 10;

/// How loud an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The step is red for it.
    Error,
    /// Somebody should know.
    Warning,
}

/// A message beside a line of code, or beside none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How loud it is.
    pub level: Level,
    /// The file, from the root of the repository, and its line.
    pub place: Option<(String, u32)>,
    /// A few words.
    pub title: String,
    /// The message.
    pub message: String,
}

impl std::fmt::Display for Annotation {
    /// The line of output that makes the annotation.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        write!(f, "::{level} ")?;
        if let Some((file, line)) = &self.place {
            write!(f, "file={},line={line},", property(file))?;
        }
        write!(f, "title={}::{}", property(&self.title), data(&self.message))
    }
}

/// The annotations of a report, the worst first, at most [`MAXIMUM_ANNOTATIONS`]: one for each cause, at the line that it is
/// about; for what no cause explains, and for what could not be measured or compared, one for each benchmark.
///
/// `workspace` is the path of the workspace from the root of the repository.
#[must_use]
pub fn annotations(report: &Report, workspace: &Path) -> Vec<Annotation> {
    let mut found = findings(report, workspace);
    if found.len() > MAXIMUM_ANNOTATIONS {
        let left_out = found.len() - (MAXIMUM_ANNOTATIONS - 1);
        found.truncate(MAXIMUM_ANNOTATIONS - 1);
        found.push(Annotation {
            level: Level::Error,
            place: None,
            title: format!("memgate: {left_out} more"),
            message: "the summary of the step has all of them".to_owned(),
        });
    }
    found
}

/// All that annotations are made of, however many.
pub(super) fn findings(report: &Report, workspace: &Path) -> Vec<Annotation> {
    let causes = causes(report);
    let failed = report.targets.iter().filter_map(|target| {
        let title = format!("memgate: {}/{} failed", target.package, target.bench_target);
        let message = target.failure.as_ref()?.message.clone();
        Some(Annotation { level: Level::Error, place: None, title, message })
    });
    let mut found: Vec<Annotation> = failed.collect();
    let mut benchmarks: Vec<(usize, &BenchmarkReport)> = report.benchmarks.iter().enumerate().collect();
    benchmarks.sort_by_key(|(_, benchmark)| std::cmp::Reverse(benchmark.verdict));
    let (unmeasured, measured): (Vec<_>, Vec<_>) =
        benchmarks.into_iter().partition(|(_, benchmark)| benchmark.verdict == Verdict::Failed);
    found.extend(unmeasured.into_iter().flat_map(|(_, benchmark)| of_benchmark(benchmark, None)));
    let names = Names::of(report);
    found.extend(causes.causes.iter().map(|cause| of_cause(cause, &causes, &names, report, workspace)));
    let is_explained = explained(&causes);
    let renamed = of_missing(report);
    for (index, benchmark) in measured {
        found.extend(not_explained(index, benchmark, &causes, &is_explained, workspace));
        let new_name = renamed.get(&(&*benchmark.target, &benchmark.id));
        found.extend(of_benchmark(benchmark, new_name));
    }
    let not_measured = report.notices.iter().filter(|notice| notice.kind == NoticeKind::NotMeasured);
    found.extend(not_measured.map(|notice| Annotation {
        level: Level::Error,
        place: None,
        title: "memgate: a bench target was not measured".to_owned(),
        message: notice.text.clone(),
    }));
    found
}

/// The metrics in which a cause has a part are those that are not listed as not explained; none when nobody asked.
fn explained(causes: &Causes) -> impl Fn(usize, MetricKey) -> bool {
    let left: HashSet<(usize, MetricKey)> = causes
        .not_explained
        .iter()
        .flat_map(|one| &one.metrics)
        .map(|metric| (metric.benchmark, metric.metric))
        .collect();
    let is_asked = !causes.is_empty();
    move |benchmark, metric| is_asked && !left.contains(&(benchmark, metric))
}

fn of_cause(
    cause: &Cause,
    causes: &Causes,
    names: &Names<'_>,
    report: &Report,
    workspace: &Path,
) -> Annotation {
    let all = names.of_all(&cause.benchmarks);
    let how = how(cause);
    let mut lines = vec![
        format!(
            "{} ({})",
            what(cause),
            std::iter::once(how)
                .chain(never_freed(cause))
                .chain(dependency(cause))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        format!("{} in {}", effects(cause, false).join(", "), enumerated(&all)),
    ];
    lines.extend(shrunk(cause, false));
    lines.extend(
        part(cause, causes)
            .map(|part| format!("it explains {part} of what is red: {}", headline(causes, report))),
    );
    let places = cause.place.iter().chain(&cause.callers);
    Annotation {
        level: Level::Error,
        place: places
            .into_iter()
            .find(|place| is_in_workspace(place))
            .map(|place| in_repository(workspace, place)),
        title: format!("memgate: {} in {}", effects(cause, false).join(", "), BENCHMARKS.counted(all.len())),
        message: lines.join("\n"),
    }
}

/// One annotation for the red metrics of a benchmark in which no cause has a part; at the largest call site, where nothing is
/// known of base.
fn not_explained(
    index: usize,
    benchmark: &BenchmarkReport,
    causes: &Causes,
    is_explained: &impl Fn(usize, MetricKey) -> bool,
    workspace: &Path,
) -> Option<Annotation> {
    let left: Vec<&MetricReport> =
        benchmark.red().filter(|metric| !is_explained(index, metric.metric)).collect();
    let sentences: Vec<String> = left.iter().map(|metric| sentence(metric)).collect();
    let metrics: Vec<String> = left.iter().map(|metric| metric.metric.to_string()).collect();
    let mut listed =
        causes.not_explained.iter().filter(|one| one.metrics.iter().any(|metric| metric.benchmark == index));
    let place =
        listed.find_map(|one| one.sites.iter().find(|site| site.benchmarks.contains(&index))?.place.clone());
    (!left.is_empty()).then(|| Annotation {
        level: Level::Error,
        place: place.filter(is_in_workspace).map(|place| in_repository(workspace, &place)),
        title: format!("memgate: {} of {} {}", metrics.join(", "), benchmark.id, benchmark.verdict),
        message: sentences.join("\n"),
    })
}

/// What there is to say of a benchmark that has no numbers to compare.
fn of_benchmark(benchmark: &BenchmarkReport, new_name: Option<&String>) -> Option<Annotation> {
    let message = match benchmark.verdict {
        Verdict::Failed => {
            let failure = benchmark.failure.as_ref().map(|failure| failure.message.clone());
            let of_time = || benchmark.time.as_ref().and_then(|time| time.problem.clone());
            failure.or_else(of_time).unwrap_or_default()
        }
        Verdict::Missing => {
            let new_name = new_name.map(|text| format!("; {text}")).unwrap_or_default();
            format!("it is in the baseline, and not in the run{new_name}")
        }
        Verdict::Incomparable => "it was measured in another environment than its baseline".to_owned(),
        _ => return None,
    };
    let title = format!("memgate: {} is {}", benchmark.id, benchmark.verdict);
    Some(Annotation { level: Level::Error, place: None, title, message })
}

fn is_in_workspace(place: &Place) -> bool {
    place.line > 0 && place.file.as_ref().is_some_and(|file| Path::new(file).is_relative())
}

fn in_repository(workspace: &Path, place: &Place) -> (String, u32) {
    let file = place.file.as_deref().unwrap_or_default();
    let path = workspace.join(file);
    let parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    (parts.join("/"), place.line)
}

/// A message, with what would end the line escaped.
fn data(text: &str) -> String {
    visible(&text.replace('\r', "\n"), false).replace('%', "%25").replace('\n', "%0A")
}

/// A property, in which colons and commas mean something too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::explained_report;

    #[test]
    fn the_worst_comes_first_and_ten_are_enough() {
        let mut report = explained_report();
        let lines = |report: &Report| -> Vec<String> {
            annotations(report, Path::new("crates/it")).iter().map(ToString::to_string).collect()
        };
        insta::assert_snapshot!(lines(&report).join("\n"));
        insta::assert_snapshot!(lines(&crate::samples::three_causes()).join("\n"));
        for _ in 0..4 {
            let again = report.benchmarks.clone();
            report.benchmarks.extend(again);
        }
        assert_eq!(lines(&report).len(), MAXIMUM_ANNOTATIONS);
        assert!(lines(&report).last().unwrap().ends_with("more::the summary of the step has all of them"));
    }

    #[test]
    fn no_name_ends_a_command() {
        let annotation = Annotation {
            level: Level::Warning,
            place: Some(("a,b:c".to_owned(), 3)),
            title: "x::y".to_owned(),
            message: "100 %\n::error::fake".to_owned(),
        };
        assert_eq!(
            annotation.to_string(),
            "::warning file=a%2Cb%3Ac,line=3,title=x%3A%3Ay::100 %25%0A::error::fake"
        );
    }
}
