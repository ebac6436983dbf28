//! The changes behind all red metrics, as numbers.

use std::collections::{BTreeMap, HashMap};

use super::dependencies::Dependencies;
use super::interner::{Interner, Name};
use super::{Contradiction, NotExplained, Reason, RedMetric};
use crate::attribution::{ChangeKind, ChangeNote, ChangeSubject, Explanation, SiteChange, Unexplained};
use crate::report::{BenchmarkReport, MetricReport, Report};

/// A line of a function, whatever is called there and whoever calls it: what one edit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct LineKey {
    function: Name,
    file: Name,
    /// Zero for what is not known, which is always so of what is gone.
    line: u32,
    /// What tells things apart that have no function of their own.
    operation: Name,
}

/// What is known of a line.
pub(super) struct Line {
    pub(super) function: Name,
    pub(super) has_grown: bool,
    pub(super) has_new: bool,
    pub(super) has_gone: bool,
    /// Whether there is something on it that base has too.
    pub(super) has_before: bool,
    /// The package that it goes through and whose version changed, by its index in the report.
    pub(super) dependency: Option<usize>,
    /// The operations of what is gone.
    pub(super) gone: Vec<Name>,
    /// The operations of what is new, each with the function that called it.
    pub(super) new: Vec<(Name, Name)>,
}

/// A change of one metric of one benchmark.
pub(super) struct Entry<'a> {
    pub(super) line: usize,
    /// The index of its red metric.
    pub(super) red: usize,
    /// What is the same call site in every benchmark.
    pub(super) spot: (Name, Name),
    /// The package that it goes through and whose version changed.
    pub(super) dependency: Option<usize>,
    pub(super) change: &'a SiteChange,
}

/// All changes behind red metrics.
#[derive(Default)]
pub(super) struct Collected<'a> {
    pub(super) red: Vec<RedMetric>,
    pub(super) lines: Vec<Line>,
    pub(super) entries: Vec<Entry<'a>>,
    /// The same of explanations that list all sites, by why.
    pub(super) listed: BTreeMap<Reason, Vec<Entry<'a>>>,
    /// What rose in each red metric at no call site.
    pub(super) remainders: Vec<i64>,
    pub(super) reasons: BTreeMap<Reason, Vec<RedMetric>>,
    pub(super) contradictions: Vec<Contradiction>,
    pub(super) varying: Vec<RedMetric>,
    pub(super) notes: Vec<(String, usize)>,
    names: Interner<'a>,
    line_of: HashMap<LineKey, usize>,
    note_of: HashMap<&'a str, usize>,
    pub(super) dependencies: Dependencies<'a>,
}

impl<'a> Collected<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut collected =
            Self { dependencies: Dependencies::of_report(&report.dependencies), ..Self::default() };
        for (index, benchmark) in report.benchmarks.iter().enumerate() {
            collected.add(index, benchmark);
        }
        collected
    }

    fn add(&mut self, index: usize, benchmark: &'a BenchmarkReport) {
        let sites = benchmark.sites.as_deref();
        for note in sites.iter().flat_map(|sites| &sites.notes) {
            let next = self.notes.len();
            let place = *self.note_of.entry(note).or_insert(next);
            match self.notes.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => self.notes.push((note.clone(), 1)),
            }
        }
        for metric in benchmark.red() {
            let red = RedMetric { benchmark: index, metric: metric.metric };
            self.red.push(red);
            self.remainders.push(0);
            let mut explanations = sites.iter().flat_map(|sites| &sites.explanations);
            let explanation = explanations.find(|explanation| explanation.metric == metric.metric);
            let reason = match (explanation, sites.and_then(|sites| sites.failure.as_ref())) {
                _ if metric.metric.is_kernels() => Some(Reason::Kernels),
                (Some(explanation), _) => self.explain(red, metric, explanation),
                (None, Some(problem)) => Some(Reason::Failed(problem.clone())),
                (None, None) => Some(Reason::NotRecorded),
            };
            if let Some(reason) = reason {
                self.reasons.entry(reason).or_default().push(red);
            }
        }
    }

    /// Adds the changes of one metric. Gives why it is not explained, when it is not.
    fn explain(
        &mut self,
        red: RedMetric,
        metric: &MetricReport,
        explanation: &'a Explanation,
    ) -> Option<Reason> {
        let is = |reason: Unexplained| explanation.unexplained.contains(&reason);
        let listing = match () {
            () if is(Unexplained::NoBaseSites) && explanation.is_of_cold_window() => Some(Reason::ColdWindow),
            () if is(Unexplained::NoBaseSites) => Some(Reason::NoBaseSites),
            () if is(Unexplained::UnreadableBaseSites) => Some(Reason::UnreadableBaseSites),
            () if is(Unexplained::NothingGrew) => Some(Reason::NothingGrew),
            () => None,
        };
        let (mut has_site, mut small, mut older) = (false, 0_i64, 0_i64);
        for change in &explanation.changes {
            match change.subject {
                ChangeSubject::Site => {
                    has_site |= change.delta > 0;
                    let entry = self.entry(change);
                    match &listing {
                        Some(reason) => self.listed.entry(reason.clone()).or_default().push(entry),
                        None => self.entries.push(entry),
                    }
                }
                ChangeSubject::OtherSites => small = small.saturating_add(change.delta),
                ChangeSubject::OlderBlocks => older = older.saturating_add(change.delta),
            }
        }
        if listing.is_some() {
            return listing;
        }
        if let Some(remainder) = self.remainders.last_mut() {
            *remainder = small.max(0).saturating_add(older.max(0));
        }
        self.contradictions.extend(contradiction(red, metric, explanation));
        let varies = is(Unexplained::Varies);
        self.varying.extend(varies.then_some(red));
        match () {
            () if has_site => None,
            () if small > 0 && small >= older => Some(Reason::SmallSites),
            () if older > 0 => Some(Reason::OlderBlocks),
            () if varies => Some(Reason::Varies),
            () => Some(Reason::NoSiteGrew),
        }
    }

    fn entry(&mut self, change: &'a SiteChange) -> Entry<'a> {
        let operation = self.names.text(&change.operation);
        let through = change.through.first().map_or(0, |place| self.names.function(&place.function));
        let place = change.place.as_ref();
        let function = place.map_or(0, |place| self.names.function(&place.function));
        let file = place.and_then(|place| place.file.as_deref()).map_or(0, |file| self.names.text(file));
        let line = place.map_or(0, |place| place.line);
        let is_gone = change.kind == ChangeKind::Gone;
        // What is gone is known by its function alone, whatever the other side knows of the file.
        let key = LineKey {
            function,
            file: if is_gone { 0 } else { file },
            line: if is_gone { 0 } else { line },
            operation: if function == 0 { operation } else { 0 },
        };
        let next = self.lines.len();
        let index = *self.line_of.entry(key).or_insert(next);
        if index == next {
            self.lines.push(Line {
                function,
                has_grown: false,
                has_new: false,
                has_gone: false,
                has_before: false,
                dependency: None,
                gone: Vec::new(),
                new: Vec::new(),
            });
        }
        let dependency = self.dependencies.of(change);
        let caller = change.callers.first().map_or(0, |place| self.names.function(&place.function));
        if let Some(line) = self.lines.get_mut(index) {
            line.has_grown |= change.delta > 0;
            line.has_gone |= is_gone;
            line.has_before |= change.kind != ChangeKind::New;
            line.dependency = line.dependency.or(dependency);
            if is_gone && !line.gone.contains(&operation) {
                line.gone.push(operation);
            }
            if change.kind == ChangeKind::New && change.delta > 0 {
                line.has_new = true;
                if !line.new.contains(&(operation, caller)) && line.new.len() < MOST_CALLERS {
                    line.new.push((operation, caller));
                }
            }
        }
        Entry { line: index, red: self.red.len() - 1, spot: (operation, through), dependency, change }
    }

    /// Why metrics are not explained.
    pub(super) fn not_explained(&mut self) -> Vec<NotExplained> {
        let reasons = std::mem::take(&mut self.reasons).into_iter();
        reasons.map(|(reason, metrics)| NotExplained { reason, metrics, sites: Vec::new() }).collect()
    }
}

/// So many callers of one line are looked at for where it was taken out of.
const MOST_CALLERS: usize = 16;

/// Whether the call sites add up to what the metric changed by. Of a value that varies, they are those of one window.
fn contradiction(red: RedMetric, metric: &MetricReport, explanation: &Explanation) -> Option<Contradiction> {
    let (base, head) = (metric.base.as_ref()?, metric.head.as_ref()?);
    let sites = explanation.changes.iter().fold(0_i64, |sum, change| sum.wrapping_add(change.delta));
    let lowest = head.minimum().saturating_sub(base.maximum());
    let highest = head.maximum().saturating_sub(base.minimum());
    let rise = head.median().saturating_sub(base.median());
    (!(lowest..=highest).contains(&sites)).then_some(Contradiction { red, rise, sites })
}

/// What was called instead, as far as the change says it.
pub(super) fn was_called(change: &SiteChange) -> Option<&str> {
    change.notes.iter().find_map(|note| match note {
        ChangeNote::WasCalled { operation } => Some(operation.as_str()),
        _ => None,
    })
}

/// The function that it was in, as far as the change says it.
pub(super) fn was_in(change: &SiteChange) -> Option<&str> {
    change.notes.iter().find_map(|note| match note {
        ChangeNote::WasIn { function } => Some(function.as_str()),
        _ => None,
    })
}
