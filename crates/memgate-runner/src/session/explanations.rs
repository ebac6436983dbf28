//! Explains what is red: records its call sites, and compares them with the committed ones.

use std::path::Path;

use memgate_protocol::capture::WindowKind;
use memgate_report::attribution::{Explanation, GatedNumbers, Unexplained, explain};
use memgate_report::causes::most_changes;
use memgate_report::model::{BenchmarkId, MetricKey, Observation, Phase};
use memgate_report::report::{
    BenchmarkReport, DependencyChange, MetricReport, Report, SitesReport, Verdict, add_feature_changes,
};
use memgate_report::sites::{PackageFeatures, SiteTable, StoredSites};

use super::artifacts::write_artifacts;
use super::committed_sites::CommittedSites;
use super::recorder::{Recorder, Windows};
use crate::error::Error;

/// What came of explaining.
pub(crate) struct Red {
    /// How many benchmarks are red.
    pub(crate) count: usize,
    /// Why there are no more artifacts. The report does not depend on them.
    pub(crate) unwritten: Option<Error>,
    /// In which features packages differ from base, by the features of both.
    features: Vec<(PackageFeatures, PackageFeatures)>,
}

impl Red {
    /// Adds to what `Cargo.lock` says in which features packages differ.
    pub(crate) fn add_features(&self, dependencies: &mut Vec<DependencyChange>) {
        self.features.iter().for_each(|(base, head)| add_feature_changes(dependencies, base, head));
    }
}

/// Records every benchmark with a red metric, compares it with the sites of base, and puts the sites into the report. What can't
/// be recorded is said there; no verdict changes.
///
/// # Errors
/// When the user pressed Ctrl-C.
pub(crate) fn explain_red(
    report: &mut Report,
    mut recorder: Recorder<'_>,
    mut committed: CommittedSites<'_>,
    artifacts: Option<&Path>,
) -> Result<Red, Error> {
    let red: Vec<usize> = (0..report.benchmarks.len())
        .filter(|&index| report.benchmarks[index].red().next().is_some())
        .collect();
    let metrics = red.iter().map(|&index| report.benchmarks[index].red().count()).sum();
    let most = most_changes(metrics);
    let ids: Vec<BenchmarkId> = red.iter().map(|&index| report.benchmarks[index].id.clone()).collect();
    let mut unwritten = None;
    let mut features = Vec::new();
    for (index, (id, recorded)) in red.into_iter().zip(ids.iter().zip(recorder.record(&ids)?)) {
        let benchmark = &mut report.benchmarks[index];
        let of_base = committed.features(&benchmark.target, id).cloned();
        let both = of_base.zip(recorder.features(id).cloned()).filter(|(base, head)| base != head);
        features.extend(both.filter(|both| !features.contains(both)));
        let mut windows = Windows::new(id, &recorded);
        let mut sites = sites_report(benchmark, &mut recorder, &mut windows, &mut committed);
        let whole = sites.explanations.into_iter();
        sites.explanations = whole.map(|explanation| explanation.with_at_most(most)).collect();
        benchmark.sites = Some(Box::new(sites));
        if let (Some(folder), None) = (artifacts, &unwritten) {
            unwritten = write_artifacts(benchmark, &mut recorder, &mut windows, &mut committed, folder).err();
        }
    }
    Ok(Red { count: ids.len(), unwritten, features })
}

fn sites_report(
    benchmark: &BenchmarkReport,
    recorder: &mut Recorder<'_>,
    windows: &mut Windows<'_>,
    committed: &mut CommittedSites<'_>,
) -> SitesReport {
    let mut sites = SitesReport::default();
    for metric in benchmark.red().filter(|metric| !metric.metric.is_kernels()) {
        let window = match windows.get(recorder, window_of(metric.metric)) {
            Ok(window) => window,
            Err(problem) => return SitesReport::failed(problem),
        };
        add_notes(&mut sites.notes, &window.notes);
        let committed = committed.of(&benchmark.target, &benchmark.id);
        let base = committed.as_ref().ok().copied().flatten();
        let found = explanation(metric, base, &window.table, benchmark.threads);
        sites.explanations.extend(match committed {
            Ok(_) => found,
            Err(problem) => {
                add_notes(&mut sites.notes, &[problem]);
                found.map(Explanation::with_unreadable_base)
            }
        });
    }
    sites
}

/// Adds what is not there yet.
pub(crate) fn add_notes(notes: &mut Vec<String>, more: &[String]) {
    for note in more {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
}

/// Which window a metric is of.
pub(crate) fn window_of(key: MetricKey) -> WindowKind {
    match key.phase {
        // What the kernel says is of no window. A command has the one.
        Phase::Steady | Phase::Resident | Phase::Cgroup => WindowKind::Steady,
        Phase::Cold => WindowKind::Cold,
    }
}

/// The sites behind a red metric: what grew; where nothing did, all of them.
fn explanation(
    metric: &MetricReport,
    base: Option<&StoredSites>,
    head: &SiteTable,
    threads: u32,
) -> Option<Explanation> {
    let (key, measured) = (metric.metric, metric.head.as_ref()?);
    let mut explanation = difference(key, metric.base.as_ref(), measured, base, head, threads);
    let has_grown = explanation.changes.iter().any(|change| change.delta > 0);
    if metric.verdict == Verdict::OverBudget && base.is_some() && !has_grown {
        explanation.changes = difference(key, None, measured, None, head, threads).changes;
        explanation.unexplained.push(Unexplained::NothingGrew);
    }
    Some(explanation)
}

/// The difference of one metric from base, by site.
pub(crate) fn difference(
    key: MetricKey,
    base_value: Option<&Observation>,
    head_value: &Observation,
    base: Option<&StoredSites>,
    head: &SiteTable,
    threads: u32,
) -> Explanation {
    // Only sites of steady windows are committed.
    let base = base.filter(|_| key.phase == Phase::Steady);
    let numbers = GatedNumbers { base: base_value.map(Observation::median), head: head_value.median() };
    let mut explanation = explain(base, head, key.metric, numbers).within(base_value, Some(head_value));
    explanation.metric = key;
    if threads > 1 { explanation.with_call_paths_netted() } else { explanation }
}
