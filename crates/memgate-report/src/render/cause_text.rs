//! Causes in the words that all renderings share.

use memgate_protocol::{Metric, Unit};

use super::amounts::signed_amount;
use super::sites::{location, shown_function};
use crate::causes::{Cause, CauseKind, Causes, Contradiction, Effect, NotExplained, RedMetric, Shrunk};
use crate::model::BenchmarkId;
use crate::report::{DependencyChange, Report, Verdict};
use crate::sites::Place;
use crate::text::{BENCHMARKS, MORE_SITES, Noun};

/// Causes.
pub(super) const CAUSES: Noun = Noun("cause", "causes");
const REGRESSIONS: Noun = Noun("regression", "regressions");
const VALUES: Noun = Noun("value above what is allowed", "values above what is allowed");

/// What the call sites of a value that varies are.
pub(super) const ONE_WINDOW: &str =
    "Numbers that vary from window to window, whose call sites are those of one window";

/// More names than this are not read.
pub(super) const MOST_NAMES: usize = 4;

/// How benchmarks are named in one report.
pub(super) struct Names<'a> {
    report: &'a Report,
    /// The package and the bench target that all benchmarks are of.
    common: Option<(&'a str, &'a str)>,
}

impl<'a> Names<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut parts = report.benchmarks.iter().map(|one| (&*one.id.package, &*one.id.bench_target));
        let first = parts.next();
        Self { report, common: first.filter(|first| parts.all(|part| part == *first)) }
    }

    /// What the names leave out: `package/bench-target`.
    pub(super) fn common(&self) -> Option<String> {
        self.common.map(|(package, bench_target)| format!("{package}/{bench_target}"))
    }

    /// The name of a benchmark: its id without what all have in common.
    pub(super) fn name(&self, id: &BenchmarkId) -> String {
        if self.common.is_some() { id.name.to_string() } else { id.to_string() }
    }

    /// The names of benchmarks, each once although it may be on several triples.
    pub(super) fn of_all(&self, benchmarks: &[usize]) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        let ids = benchmarks.iter().filter_map(|index| self.report.benchmarks.get(*index)).map(|one| &one.id);
        ids.filter(|id| seen.insert(*id)).map(|id| self.name(id)).collect()
    }
}

/// The first of several names, and how many there are more: `a, b and 3 more`.
pub(super) fn enumerated(names: &[String]) -> String {
    first_of(names, MOST_NAMES)
}

/// The same of at most so many.
pub(super) fn first_of(names: &[String], most: usize) -> String {
    let shown =
        names.get(..most).filter(|_| names.len() > most.saturating_add(1)).unwrap_or(names).join(", ");
    match names.len().saturating_sub(most) {
        0 | 1 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `2 causes explain all 13 regressions in 4 benchmarks`
pub(super) fn headline(causes: &Causes, report: &Report) -> String {
    let is_regressions = report
        .benchmarks
        .iter()
        .flat_map(|benchmark| &benchmark.metrics)
        .all(|metric| metric.verdict != Verdict::OverBudget);
    let noun = if is_regressions { REGRESSIONS } else { VALUES };
    let red = noun.counted(causes.red);
    let places = format!("in {}", BENCHMARKS.counted(causes.benchmarks));
    let explain = if causes.causes.len() == 1 { "explains" } else { "explain" };
    let count = CAUSES.counted(causes.causes.len());
    match (causes.causes.len(), causes.red) {
        (0, 1) => format!("The {} {places} is not explained", noun.of(1)),
        (0, _) => format!("None of {red} {places} is explained"),
        (_, 1) => format!("{count} {explain} the {} {places}", noun.of(1)),
        (_, 2) if causes.explained == 2 => format!("{count} {explain} both {} {places}", noun.of(2)),
        (_, all) if causes.explained == all => format!("{count} {explain} all {red} {places}"),
        _ => format!("{count} {explain} {} of {red} {places}", causes.explained),
    }
}

/// `fmt::format in mylib::tokenize`, or by way of another package's function.
pub(super) fn what(cause: &Cause) -> String {
    what_at(&cause.operation, cause.place.as_ref(), cause.through.as_ref())
}

fn what_at(operation: &str, place: Option<&Place>, through: Option<&Place>) -> String {
    let operation = if operation.is_empty() { "an allocation" } else { operation };
    let function = place.map(|place| shown_function(&place.function, false));
    match (through, function) {
        (Some(through), Some(function)) => {
            format!("{operation} in {} ← {function}", shown_function(&through.function, false))
        }
        (Some(through), None) => format!("{operation} in {}", shown_function(&through.function, false)),
        (None, Some(function)) => format!("{operation} in {function}"),
        (None, None) => operation.to_owned(),
    }
}

/// File and line.
pub(super) fn place(cause: &Cause) -> Option<String> {
    cause.place.as_ref().and_then(location)
}

/// `new`, or what it was.
pub(super) fn how(cause: &Cause) -> String {
    match &cause.kind {
        CauseKind::New => "new".to_owned(),
        CauseKind::Grew => "grew".to_owned(),
        CauseKind::Replaced { operations } => format!("was {}", enumerated(operations)),
        CauseKind::Moved { function } => format!("was in {function}"),
        CauseKind::Listed => String::new(),
    }
}

/// What a rise of leaked bytes means: the site is where the blocks were made, and nobody gives them back.
pub(super) fn never_freed(cause: &Cause) -> Option<String> {
    let is_leak = |effect: &Effect| effect.metric.metric == Metric::LeakedBytes && effect.highest > 0;
    cause.effects.iter().any(is_leak).then(|| "allocated here, never freed".to_owned())
}

/// The package whose version changed: `hashbrown 0.15.2 → 0.16.0`.
pub(super) fn dependency(cause: &Cause) -> Option<String> {
    cause.dependency.as_ref().map(ToString::to_string)
}

/// The packages whose versions changed and that allocate where something changed, when no cause names them.
pub(super) fn other_dependencies(causes: &Causes) -> Vec<String> {
    let named = |change: &&DependencyChange| {
        causes.causes.iter().all(|cause| cause.dependency.as_ref() != Some(*change))
    };
    causes.dependencies.iter().filter(named).map(ToString::to_string).collect()
}

/// `and 2 more call sites`
pub(super) fn more_sites(cause: &Cause) -> Option<String> {
    match cause.sites.saturating_sub(1) {
        0 => None,
        more => Some(format!("and {}", MORE_SITES.counted(more))),
    }
}

/// What has less by about as much, in words of which each begins with a word of its own: `of which peak_bytes -24.6 KiB at
/// String::with_capacity in mylib::old` is counted in, and `while …` is not.
pub(super) fn shrunk(cause: &Cause, is_exact: bool) -> Vec<String> {
    let both = [("of which", &cause.shrank_within), ("while", &cause.shrank_elsewhere)];
    let text = |(start, shrunk): (&str, &Option<Shrunk>)| {
        let shrunk = shrunk.as_ref()?;
        let effects: Vec<String> = shrunk
            .effects
            .iter()
            .map(|effect| effect_text(effect, |value, unit| signed_amount(value, unit, is_exact)))
            .collect();
        let at = shrunk.place.as_ref().and_then(location).map(|at| format!("{at} ")).unwrap_or_default();
        let what = what_at(&shrunk.operation, shrunk.place.as_ref(), shrunk.through.as_ref());
        let more = match shrunk.sites.saturating_sub(1) {
            0 => String::new(),
            more => format!(" and {}", MORE_SITES.counted(more)),
        };
        Some(format!("{start} {} at {at}{what}{more}", effects.join(" · ")))
    };
    both.into_iter().filter_map(text).collect()
}

/// Which part of all that is red it explains, where there are others: `70 %`, or `< 1 %`.
pub(super) fn part(cause: &Cause, causes: &Causes) -> Option<String> {
    if causes.causes.len() < 2 {
        return None;
    }
    Some(match cause.share_thousandths {
        0..10 => "< 1 %".to_owned(),
        990.. => "> 99 %".to_owned(),
        share => format!("{} %", (share + 5) / 10),
    })
}

/// What it did to each metric: `allocs +9 … +7,000`.
pub(super) fn effects(cause: &Cause, is_exact: bool) -> Vec<String> {
    let is_listing = cause.kind == CauseKind::Listed;
    let amount = |value, unit| {
        let text = signed_amount(value, unit, is_exact);
        if is_listing { text.trim_start_matches('+').to_owned() } else { text }
    };
    cause.effects.iter().map(|effect| effect_text(effect, amount)).collect()
}

fn effect_text(effect: &Effect, amount: impl Fn(i64, Unit) -> String) -> String {
    let unit = effect.metric.unit();
    let (lowest, highest) = (amount(effect.lowest, unit), amount(effect.highest, unit));
    if lowest == highest {
        format!("{} {lowest}", effect.metric)
    } else {
        format!("{} {lowest} … {highest}", effect.metric)
    }
}

/// The metrics of a list, by benchmark: `count/10 (peak_bytes, allocs)`.
pub(super) fn metrics(metrics: &[RedMetric], names: &Names<'_>) -> Vec<String> {
    metrics
        .chunk_by(|one, other| one.benchmark == other.benchmark)
        .filter_map(|of_one| {
            let benchmark = names.report.benchmarks.get(of_one.first()?.benchmark)?;
            let metrics: Vec<String> = of_one.iter().map(|one| one.metric.to_string()).collect();
            Some(format!("{} ({})", names.name(&benchmark.id), metrics.join(", ")))
        })
        .collect()
}

/// How many metrics are not explained, of how many.
pub(super) fn not_explained_headline(causes: &Causes) -> String {
    let left: usize = causes.not_explained.iter().map(|one| one.metrics.len()).sum();
    format!("Not explained: {left} of {}", causes.red)
}

/// The site that allocates most where nothing is known of base: `the largest now: src/lib.rs:5 Box::new in f, allocs 9`.
pub(super) fn largest(one: &NotExplained) -> Option<String> {
    let cause = one.sites.first()?;
    let place = place(cause).map(|place| format!("{place} ")).unwrap_or_default();
    Some(format!("the largest now: {place}{}, {}", what(cause), effects(cause, false).join(" · ")))
}

/// `allocs of count/10 changed by +9, and its call sites by +5`
pub(super) fn contradiction(one: &Contradiction, names: &Names<'_>) -> Option<String> {
    let benchmark = names.report.benchmarks.get(one.red.benchmark)?;
    let unit = one.red.metric.unit();
    Some(format!(
        "{} of {} changed by {}, and its call sites by {}",
        one.red.metric,
        names.name(&benchmark.id),
        signed_amount(one.rise, unit, true),
        signed_amount(one.sites, unit, true)
    ))
}
