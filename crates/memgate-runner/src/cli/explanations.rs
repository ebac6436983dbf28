//! Explains what is red: records its call sites, and holds them against the committed ones.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use memgate::protocol::capture::WindowKind;

use super::recorder::{Recorded, Recorder};
use crate::compare::Verdict;
use crate::error::Error;
use crate::model::{BaselineKey, BenchmarkId, MetricKey, Observation, Phase};
use crate::report::{BenchmarkReport, MetricReport, Report, SitesReport};
use crate::sites::{Explanation, GatedNumbers, SiteTable, StoredSites, Unexplained, explain};
use crate::store::BaselineStore;
use crate::symbols::Symbolized;

/// Committed sites, bench target by bench target, each file read once.
pub(super) struct CommittedSites<'a> {
    store: &'a BaselineStore,
    read: HashMap<BaselineKey, Result<BTreeMap<String, StoredSites>, String>>,
}

impl<'a> CommittedSites<'a> {
    pub(super) fn new(store: &'a BaselineStore) -> Self {
        Self { store, read: HashMap::new() }
    }

    /// The committed sites of a benchmark, or why they can't be read.
    pub(super) fn of(&mut self, target: &str, id: &BenchmarkId) -> Result<Option<&StoredSites>, String> {
        let key = BaselineKey::new(target, &*id.package, &*id.bench_target);
        let store = self.store;
        let read = self
            .read
            .entry(key)
            .or_insert_with_key(|key| store.load_sites(key).map_err(|error| error.to_string()));
        read.as_ref().map(|sites| sites.get(&id.name)).map_err(Clone::clone)
    }
}

/// Records every benchmark with a red metric, and puts the sites into the report. What can't be recorded is said there;
/// no verdict changes.
///
/// Gives how many benchmarks are red.
///
/// # Errors
/// When the user pressed Ctrl-C, or artifacts can't be written.
pub(super) fn explain_red(
    report: &mut Report,
    mut recorder: Recorder<'_>,
    store: &BaselineStore,
    artifacts: Option<&Path>,
) -> Result<usize, Error> {
    let red: Vec<usize> = (0..report.benchmarks.len())
        .filter(|&index| report.benchmarks[index].red().next().is_some())
        .collect();
    let ids: Vec<BenchmarkId> = red.iter().map(|&index| report.benchmarks[index].id.clone()).collect();
    let mut committed = CommittedSites::new(store);
    for (index, recorded) in red.into_iter().zip(recorder.record(&ids)?) {
        let benchmark = &mut report.benchmarks[index];
        let sites = sites_report(benchmark, &mut recorder, &recorded, &mut committed);
        benchmark.sites = Some(Box::new(sites));
        if let Some(folder) = artifacts {
            super::artifacts::write_artifacts(benchmark, &mut recorder, &recorded, &mut committed, folder)?;
        }
    }
    Ok(ids.len())
}

fn sites_report(
    benchmark: &BenchmarkReport,
    recorder: &mut Recorder<'_>,
    recorded: &Recorded,
    committed: &mut CommittedSites<'_>,
) -> SitesReport {
    let mut sites = SitesReport::default();
    let mut tables: Vec<(WindowKind, SiteTable)> = Vec::new();
    for metric in benchmark.red() {
        let window = window_of(metric.metric);
        if !tables.iter().any(|(kind, _)| *kind == window) {
            match recorder.symbolize(&benchmark.id, recorded, window) {
                Ok(Symbolized { profile, notes }) => {
                    tables.push((window, SiteTable::from_profile(&profile)));
                    sites.notes.extend(
                        notes.into_iter().filter(|note| !sites.notes.contains(note)).collect::<Vec<_>>(),
                    );
                }
                Err(problem) => return SitesReport::failed(problem),
            }
        }
        let Some((_, table)) = tables.iter().find(|(kind, _)| *kind == window) else { continue };
        let base = match committed.of(&benchmark.target, &benchmark.id) {
            Ok(base) => base,
            Err(problem) => {
                if !sites.notes.contains(&problem) {
                    sites.notes.push(problem);
                }
                None
            }
        };
        let explanation = explanation(metric, base, table);
        sites.explanations.extend(explanation.map(|explanation| {
            if benchmark.threads > 1 { explanation.with_call_paths_netted() } else { explanation }
        }));
    }
    sites
}

/// Which window a metric is of.
pub(super) fn window_of(key: MetricKey) -> WindowKind {
    match key.phase {
        Phase::Steady => WindowKind::Steady,
        Phase::Cold => WindowKind::Cold,
    }
}

/// The sites behind a red metric: what grew; where nothing did, all of them.
fn explanation(metric: &MetricReport, base: Option<&StoredSites>, head: &SiteTable) -> Option<Explanation> {
    let numbers = GatedNumbers {
        base: metric.base.as_ref().map(Observation::median),
        head: metric.head.as_ref().map(Observation::median)?,
    };
    // Only sites of steady windows are committed.
    let base = base.filter(|_| metric.metric.phase == Phase::Steady);
    let mut explanation = explain(base, head, metric.metric.metric, numbers);
    let has_grown = explanation.changes.iter().any(|change| change.delta > 0);
    if metric.verdict == Verdict::OverBudget && base.is_some() && !has_grown {
        let all = explain(None, head, metric.metric.metric, numbers);
        explanation.changes = all.changes;
        explanation.unexplained.push(Unexplained::NothingGrew);
    }
    explanation.metric = metric.metric;
    Some(explanation.within(metric.base.as_ref(), metric.head.as_ref()))
}
