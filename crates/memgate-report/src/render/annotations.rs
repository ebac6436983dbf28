//! Annotations: lines of output that GitHub shows beside the code
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).

use std::path::Path;

use memgate_protocol::units::exact;

use super::shown::sentence;
use crate::attribution::SiteChange;
use crate::format::visible;
use crate::report::{BenchmarkReport, NoticeKind, Report, Verdict};
use crate::sites::Place;

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

/// The annotations of a report, the worst first, at most [`MAXIMUM_ANNOTATIONS`]: for what rose, at the call site that grew
/// most; for what could not be measured or compared, at no line.
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
    let mut benchmarks: Vec<&BenchmarkReport> = report.benchmarks.iter().collect();
    benchmarks.sort_by_key(|benchmark| std::cmp::Reverse(benchmark.verdict));
    let mut found: Vec<Annotation> =
        benchmarks.into_iter().flat_map(|benchmark| of_benchmark(benchmark, workspace)).collect();
    let failed = report.targets.iter().filter_map(|target| {
        let title = format!("memgate: {}/{} failed", target.package, target.bench_target);
        let message = target.failure.as_ref()?.message.clone();
        Some(Annotation { level: Level::Error, place: None, title, message })
    });
    found.splice(0..0, failed);
    let not_measured = report.notices.iter().filter(|notice| notice.kind == NoticeKind::NotMeasured);
    found.extend(not_measured.map(|notice| Annotation {
        level: Level::Error,
        place: None,
        title: "memgate: a bench target was not measured".to_owned(),
        message: notice.text.clone(),
    }));
    found
}

fn of_benchmark(benchmark: &BenchmarkReport, workspace: &Path) -> Vec<Annotation> {
    let id = &benchmark.id;
    let without_place = |level, message: String| {
        let title = format!("memgate: {id} is {}", benchmark.verdict);
        vec![Annotation { level, place: None, title, message }]
    };
    match benchmark.verdict {
        Verdict::Failed => {
            let failure = benchmark.failure.as_ref().map(|failure| failure.message.clone());
            let of_time = || benchmark.time.as_ref().and_then(|time| time.problem.clone());
            without_place(Level::Error, failure.or_else(of_time).unwrap_or_default())
        }
        Verdict::Missing => {
            without_place(Level::Error, "it is in the baseline, and not in the run".to_owned())
        }
        Verdict::Incomparable => {
            without_place(Level::Error, "it was measured in another environment than its baseline".to_owned())
        }
        Verdict::Regressed | Verdict::OverBudget => benchmark
            .red()
            .map(|metric| {
                let sites = benchmark.sites.iter().flat_map(|sites| &sites.explanations);
                let explanation = sites.into_iter().find(|explanation| explanation.metric == metric.metric);
                let culprit = explanation.and_then(|explanation| culprit(&explanation.changes));
                let mut message = sentence(metric);
                if let Some((change, _)) = culprit {
                    let delta = exact(change.delta, metric.metric.unit());
                    message += &format!("\n+{delta} from {} here", change.operation);
                }
                Annotation {
                    level: Level::Error,
                    place: culprit.map(|(_, place)| in_repository(workspace, place)),
                    title: format!("memgate: {} of {id} {}", metric.metric, metric.verdict),
                    message,
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What grew most and has a line in the workspace.
fn culprit(changes: &[SiteChange]) -> Option<(&SiteChange, &Place)> {
    let grown = changes.iter().filter(|change| change.delta > 0);
    let mut with_lines = grown.filter_map(|change| {
        let places = change.place.iter().chain(&change.callers);
        let mut in_workspace = places.filter(|place| {
            place.line > 0 && place.file.as_ref().is_some_and(|file| Path::new(file).is_relative())
        });
        Some((change, in_workspace.next()?))
    });
    with_lines.next()
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
        insta::assert_snapshot!(lines(&report).join("\n"), @"
        ::error title=memgate%3A parser/memory/failed is failed::it panicked (exit code 101) before it was measured
        ::error file=crates/it/src/lib.rs,line=12,title=memgate%3A peak_bytes of parser/memory/regressed regressed::peak_bytes regressed: 4,096 B → 1.00 MiB, +1,044,480 B (× 256.0) (limit: > 1 %25 and > 256 B)%0A+6 B from Box::new here
        ::error file=crates/it/src/lib.rs,line=12,title=memgate%3A allocs of parser/memory/regressed regressed::allocs regressed: 120 → 121, +1 (+0.83 %25) (limit: any rise)%0A+6 from Box::new here
        ::error file=crates/it/src/lib.rs,line=12,title=memgate%3A peak_bytes of parser/memory/regressed/from zero regressed::peak_bytes regressed: 0 B → 64 B, 0 B → 64 B (limit: any rise from 0)%0A+6 B from Box::new here
        ::error file=crates/it/src/lib.rs,line=12,title=memgate%3A allocs of parser/memory/regressed/from zero regressed::allocs regressed: 0 → 2, 0 → 2 (limit: any rise from 0)%0A+6 from Box::new here
        ::error title=memgate%3A peak_bytes of parser/memory/over budget over budget::peak_bytes over budget: 8,300 B → 8,300 B, ±0 (limit: budget 8,192 B)
        ::error title=memgate%3A parser/older/incomparable is incomparable::it was measured in another environment than its baseline
        ::error title=memgate%3A parser/memory/missing is missing::it is in the baseline, and not in the run
        ");
        let again = report.benchmarks.clone();
        report.benchmarks.extend(again);
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
