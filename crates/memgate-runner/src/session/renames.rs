//! Which missing benchmarks are new ones under another name, by where they allocate.

use memgate_report::model::BenchmarkId;
use memgate_report::renames::{renames, renames_by_sites, unmatched};
use memgate_report::report::Report;
use memgate_report::sites::StoredSites;

use super::committed_sites::CommittedSites;
use super::recorder::Recorder;
use crate::error::Error;

/// With more of either, whoever renamed them knows, and recording them would take longer than the check.
const MOST: usize = 50;

/// Looks for renames among the missing and new benchmarks that no numbers tell: the new ones are recorded, and compared with the
/// committed call sites of the missing ones. Of what can't be recorded or read, nothing is said: no verdict depends on it.
///
/// # Errors
/// When the user pressed Ctrl-C.
pub(crate) fn find_renames(
    report: &mut Report,
    target: &str,
    recorder: &mut Recorder<'_>,
    committed: &mut CommittedSites<'_>,
) -> Result<(), Error> {
    let (missing, new) = unmatched(&report.benchmarks, &report.renames, target);
    if missing.is_empty() || new.is_empty() || missing.len() > MOST || new.len() > MOST {
        return Ok(());
    }
    let of_missing = |id: &BenchmarkId| Some((id.clone(), committed.of(target, id).ok()??.clone()));
    let old: Vec<(BenchmarkId, StoredSites)> = missing.into_iter().filter_map(of_missing).collect();
    if old.is_empty() {
        return Ok(());
    }
    let new: Vec<BenchmarkId> = new.into_iter().cloned().collect();
    let recorded = recorder.sites_to_store(&new)?.sites;
    let old: Vec<_> = old.iter().map(|(id, sites)| (id, sites)).collect();
    let found = renames_by_sites(target, &old, &recorded.iter().collect::<Vec<_>>());
    let known = std::mem::take(&mut report.renames);
    report.renames = renames(&report.benchmarks, &[known, found].concat());
    Ok(())
}
