//! JUnit XML: a suite for each bench target, a case for each benchmark.

use std::collections::BTreeMap;

use quick_xml::escape::escape;

use super::cause_text::{effects, how, never_freed, place, shrunk, what};
use super::growth_text::{evidence, steeper};
use super::rename_text::of_missing;
use super::{shown, time_text};
use crate::causes::causes;
use crate::format::visible;
use crate::report::{BenchmarkReport, Report, TimeReport, Verdict};

/// Renders a report. A regression is a `failure`; what could not be measured or compared is an `error`, as is what was not measured at all.
pub(super) fn render(report: &Report) -> String {
    let mut suites: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for target in &report.targets {
        let suite = suite_name(&target.target, &target.package, &target.bench_target);
        let cases = suites.entry(suite.clone()).or_default();
        let count = counts.entry(suite.clone()).or_default();
        if let Some(failure) = &target.failure {
            count.add(Verdict::Failed);
            cases.push(case(
                &suite,
                "(the bench target)",
                Some(("error", "failed", &failure.message, &failure.stderr)),
            ));
        }
    }
    let causes = causes_of(report);
    let renamed = of_missing(report);
    for (index, benchmark) in report.benchmarks.iter().enumerate() {
        let suite = suite_name(&benchmark.target, &benchmark.id.package, &benchmark.id.bench_target);
        counts.entry(suite.clone()).or_default().add(benchmark.verdict);
        let (mut message, mut details) = words(benchmark);
        if let Some(renamed) = renamed.get(&(&*benchmark.target, &benchmark.id)) {
            message += &format!("; {renamed}");
        }
        for cause in causes.get(&index).into_iter().flatten() {
            details += &format!("\n{cause}");
        }
        let problem = element(benchmark.verdict)
            .map(|element| (element, benchmark.verdict.word(), &*message, &*details));
        let case = case(&suite, &benchmark.id.name, problem);
        suites.entry(suite).or_default().push(case);
    }
    for (series, metric) in steeper(report) {
        let suite = suite_name(&series.target, &series.series.package, &series.series.bench_target);
        counts.entry(suite.clone()).or_default().add(Verdict::Regressed);
        let name = format!("{} (growth of {})", series.series.name, metric.metric);
        let problem = ("failure", "regressed", &*metric.sentence(), &*evidence(report, metric));
        let case = case(&suite, &name, Some(problem));
        suites.entry(suite).or_default().push(case);
    }
    // Systems that read this file see nothing else, and what is not there is green to them.
    for gap in report.notices.iter().filter(|notice| notice.kind.is_gap()) {
        let suite = "memgate".to_owned();
        counts.entry(suite.clone()).or_default().add(Verdict::Missing);
        let name = gap.text.split(':').next().unwrap_or_default();
        let case = case(&suite, name, Some(("error", Verdict::Missing.word(), &gap.text, "")));
        suites.entry(suite).or_default().push(case);
    }
    let all = counts.values().fold(Counts::default(), |sum, count| sum.and(*count));
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"memgate\" {}>\n",
        all.attributes()
    );
    for (suite, cases) in suites {
        let attributes = counts.get(&suite).copied().unwrap_or_default().attributes();
        text += &format!(
            "  <testsuite name=\"{}\" {attributes}>\n{}  </testsuite>\n",
            clean(&suite),
            cases.concat()
        );
    }
    text + "</testsuites>\n"
}

#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        self.tests += 1;
        match element(verdict) {
            Some("failure") => self.failures += 1,
            Some(_) => self.errors += 1,
            None => {}
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
        }
    }

    fn attributes(self) -> String {
        format!("tests=\"{}\" failures=\"{}\" errors=\"{}\"", self.tests, self.failures, self.errors)
    }
}

fn suite_name(target: &str, package: &str, bench_target: &str) -> String {
    format!("{package}/{bench_target} ({target})")
}

fn element(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Regressed | Verdict::OverBudget => Some("failure"),
        Verdict::Failed | Verdict::Missing | Verdict::Incomparable => Some("error"),
        Verdict::Ok | Verdict::Improved | Verdict::New | Verdict::Waived | Verdict::Noisy => None,
    }
}

/// The causes that each benchmark is red for, in words. They are the same words in each, so that a CI system that groups by text
/// shows them together.
fn causes_of(report: &Report) -> BTreeMap<usize, Vec<String>> {
    let causes = causes(report);
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (number, cause) in causes.causes.iter().enumerate() {
        let place = place(cause).map(|place| format!("{place} ")).unwrap_or_default();
        let effects = effects(cause, false).join(", ");
        let shrunk: String = shrunk(cause, false).iter().map(|text| format!(", {text}")).collect();
        let how: Vec<String> = std::iter::once(how(cause)).chain(never_freed(cause)).collect();
        let text =
            format!("cause {}: {place}{} ({}): {effects}{shrunk}", number + 1, what(cause), how.join(", "));
        for benchmark in &cause.benchmarks {
            let texts = found.entry(*benchmark).or_default();
            if texts.len() < MOST_CAUSES {
                texts.push(text.clone());
            }
        }
    }
    found
}

/// So many causes are said of one benchmark.
const MOST_CAUSES: usize = 5;

/// A line that says what is wrong, and more lines with the details.
fn words(benchmark: &BenchmarkReport) -> (String, String) {
    if let Some(failure) = &benchmark.failure {
        return (failure.message.clone(), failure.stderr.clone());
    }
    let mut metrics: Vec<String> = shown::changed(benchmark).map(shown::sentence).collect();
    metrics.extend(benchmark.time.as_deref().filter(|time| time.verdict != Verdict::Ok).map(time_words));
    let message = match benchmark.verdict {
        Verdict::Missing => "it is in the baseline, and not in the run".to_owned(),
        Verdict::Incomparable => "base and head were measured in different environments".to_owned(),
        _ => metrics.first().cloned().unwrap_or_default(),
    };
    (message, metrics.join("\n"))
}

fn time_words(report: &TimeReport) -> String {
    let what = match &report.time {
        Some(time) => time_text::change(time),
        None => report.problem.clone().unwrap_or_default(),
    };
    format!("time {}: {what} (limit: {})", report.verdict, time_text::limit(report))
}

fn case(suite: &str, name: &str, problem: Option<(&str, &str, &str, &str)>) -> String {
    let opening = format!("    <testcase classname=\"{}\" name=\"{}\"", clean(suite), clean(name));
    match problem {
        None => format!("{opening}/>\n"),
        Some((element, kind, message, details)) => format!(
            "{opening}>\n      <{element} type=\"{}\" message=\"{}\">{}</{element}>\n    </testcase>\n",
            clean(kind),
            clean(message),
            clean(details),
        ),
    }
}

/// Escaped, and without the control characters that XML 1.0 can't have even when escaped.
fn clean(text: &str) -> String {
    let allowed: String = text
        .chars()
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{FFFD}' } else { c })
        .collect();
    escape(visible(&allowed, false)).replace('\n', "&#10;")
}
