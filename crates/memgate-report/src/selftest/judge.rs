//! Whether the gate noticed.

use super::Regression;
use crate::model::BenchmarkId;
use crate::report::{BenchmarkReport, Outcome, Report, Verdict, outcome};

/// How the gate judged one regression, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// What was done to the benchmarks, for people.
    pub what: &'static str,
    /// The least and the most calls or bytes that were injected into a benchmark.
    pub amounts: Option<(u64, u64)>,
    /// How many benchmarks have the verdict that they should have.
    pub right: usize,
    /// How many have no limit for the metric.
    pub not_gated: usize,
    /// The others.
    pub unnoticed: Vec<Unnoticed>,
}

/// A benchmark with another verdict than it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unnoticed {
    /// The benchmark; none for the report as a whole.
    pub id: Option<BenchmarkId>,
    /// What is wrong.
    pub problem: String,
}

impl Judged {
    /// Whether the gate was right about every benchmark, of which there was at least one.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.unnoticed.is_empty() && self.right > 0
    }

    /// Whether there was nothing to be right about, since the configuration gates the metric nowhere.
    #[must_use]
    pub fn is_not_gated(&self) -> bool {
        self.unnoticed.is_empty() && self.right == 0 && self.not_gated > 0
    }
}

/// Whether the gate can be trusted: it was right about every regression that something gates, of which there was at least
/// one, and about the run without any, which comes last.
#[must_use]
pub fn is_trusted(judged: &[Judged]) -> bool {
    let Some((clean, regressions)) = judged.split_last() else { return false };
    clean.is_proven()
        && regressions.iter().any(Judged::is_proven)
        && regressions.iter().all(|judged| judged.is_proven() || judged.is_not_gated())
}

/// Holds a report of a run in which the benchmarks `injected` had a regression against what it has to be: red on the
/// right metric of each, and as a whole.
#[must_use]
pub fn judge_injected(
    regression: Regression,
    injected: &[BenchmarkId],
    not_gated: usize,
    report: &Report,
) -> Judged {
    let mut judged = Judged { what: regression.words(), not_gated, ..Judged::default() };
    for id in injected {
        match problem_of(regression, report.benchmarks.iter().find(|benchmark| benchmark.id == *id)) {
            None => judged.right += 1,
            Some(problem) => judged.unnoticed.push(Unnoticed { id: Some(id.clone()), problem }),
        }
    }
    if !injected.is_empty() && outcome(report) != Outcome::Regressed {
        let problem = format!("as a whole, the report is {:?} and not Regressed", outcome(report));
        judged.unnoticed.push(Unnoticed { id: None, problem });
    }
    judged
}

/// Holds a report of a run in which nothing was done against what it has to be: green.
#[must_use]
pub fn judge_clean(report: &Report) -> Judged {
    let mut judged = Judged { what: "nothing", ..Judged::default() };
    for benchmark in &report.benchmarks {
        if matches!(benchmark.verdict, Verdict::Ok | Verdict::Noisy) {
            judged.right += 1;
        } else {
            let problem = format!("it is {} without a reason", benchmark.verdict);
            judged.unnoticed.push(Unnoticed { id: Some(benchmark.id.clone()), problem });
        }
    }
    if outcome(report) != Outcome::Passed {
        let problem = format!("as a whole, the report is {:?} and not Passed", outcome(report));
        judged.unnoticed.push(Unnoticed { id: None, problem });
    }
    judged
}

fn problem_of(regression: Regression, benchmark: Option<&BenchmarkReport>) -> Option<String> {
    let is_red = |verdict| matches!(verdict, Verdict::Regressed | Verdict::OverBudget);
    let Some(benchmark) = benchmark else { return Some("it is not in the report".to_owned()) };
    let metric = benchmark.metrics.iter().find(|metric| metric.metric == regression.metric());
    match metric {
        _ if benchmark.failure.is_some() => benchmark.failure.as_ref().map(|failure| failure.message.clone()),
        Some(metric) if is_red(metric.verdict) && is_red(benchmark.verdict) => None,
        Some(metric) => Some(format!(
            "{} is {}, and the benchmark is {}",
            metric.metric, metric.verdict, benchmark.verdict
        )),
        None => Some(format!("{} was not measured", regression.metric())),
    }
}
