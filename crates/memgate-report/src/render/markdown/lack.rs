//! What a run did not leave, though it should have: items of the list, and what they do to the headline.

use super::inert::{code, prose};
use crate::model::BaselineKey;
use crate::report::Conclusion;
use crate::text::Noun;

/// Something that a run did not leave, though it should have. It is never taken from a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The run did not succeed.
    Run(Conclusion),
    /// There is no report at all.
    Report,
    /// There is no report of a target triple that has baselines.
    Target(String),
    /// There is no report of a bench target that has a baseline, though there is one of its target triple.
    BenchTarget(BaselineKey),
    /// A file is no report that can be used.
    File {
        /// Its path.
        name: String,
        /// Why.
        problem: String,
    },
}

impl Lack {
    /// What is lacking and of what, and why it lacks.
    pub(super) fn shown(&self) -> (String, String) {
        match self {
            Self::Run(conclusion) => (
                format!("{} **the run {}**", mark(*conclusion), conclusion.what_became()),
                "its page says where and why".to_owned(),
            ),
            Self::Report => {
                ("🟠 **no report**".to_owned(), "none arrived from this run; its page says why".to_owned())
            }
            Self::Target(target) => (
                format!("🟠 **no report** of {}", code(target)),
                "it has baselines, and no report of it arrived from this run".to_owned(),
            ),
            Self::BenchTarget(BaselineKey { target, package, bench_target }) => (
                format!(
                    "🟠 **no report** of {} on {}",
                    code(&format!("{package}/{bench_target}")),
                    code(target)
                ),
                "it has a baseline, and no report of it arrived from this run".to_owned(),
            ),
            Self::File { name, problem } => {
                (format!("🟠 **no usable report** {}", code(name)), prose(problem))
            }
        }
    }
}

fn mark(conclusion: Conclusion) -> &'static str {
    if conclusion.is_failure() { "🔴" } else { "🟠" }
}

fn end(lacks: &[Lack]) -> Option<Conclusion> {
    lacks.iter().find_map(|lack| match lack {
        Lack::Run(conclusion) => Some(*conclusion),
        _ => None,
    })
}

/// Such as `1 target without a report`.
pub(super) fn counted(lacks: &[Lack]) -> Vec<String> {
    let count = |is_it: fn(&Lack) -> bool| lacks.iter().filter(|lack| is_it(lack)).count();
    let targets = count(|lack| matches!(lack, Lack::Target(_)));
    let bench_targets = count(|lack| matches!(lack, Lack::BenchTarget(_)));
    let files = count(|lack| matches!(lack, Lack::File { .. }));
    let mut parts = Vec::new();
    if targets > 0 {
        parts.push(format!("{} without a report", Noun("target", "targets").counted(targets)));
    }
    if bench_targets > 0 {
        let noun = Noun("bench target", "bench targets");
        parts.push(format!("{} without a report", noun.counted(bench_targets)));
    }
    if files > 0 {
        parts.push(format!("{} not usable", Noun("report is", "reports are").counted(files)));
    }
    parts
}

/// The headline where nothing at all was measured.
pub(super) fn headline_of_nothing(lacks: &[Lack]) -> String {
    if let Some(conclusion) = end(lacks) {
        return format!("{} Nothing was measured: the run {}", mark(conclusion), conclusion.what_became());
    }
    match counted(lacks).join(", ") {
        _ if lacks.contains(&Lack::Report) => "🟠 Nothing was measured: no report arrived".to_owned(),
        parts if parts.is_empty() => "🟠 Nothing was measured".to_owned(),
        parts => format!("🟠 Nothing was measured: {parts}"),
    }
}

/// The headline where what was measured is within its limits, and something is lacking.
pub(super) fn headline_of_the_rest(lacks: &[Lack]) -> String {
    let parts = counted(lacks).join(", ");
    let Some(conclusion) = end(lacks) else { return format!("🟠 Not everything was measured: {parts}") };
    let rest = if parts.is_empty() { "what it reported is within its limits".to_owned() } else { parts };
    format!("{} The run {}: {rest}", mark(conclusion), conclusion.what_became())
}
