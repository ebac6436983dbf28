//! Files for other tools about what is red: a folder for each benchmark.

use std::path::Path;

use memgate_protocol::Metric;
use memgate_protocol::capture::WindowKind;
use memgate_report::export::{
    Moment, dhat_json, difference_flame_graph, flame_graph, folded, named_stacks, pprof,
};
use memgate_report::model::{Phase, folder_name};
use memgate_report::report::BenchmarkReport;
use memgate_report::sites::{InnerEnd, Profile, StoredSites, profile_of_sites};

use super::committed_sites::CommittedSites;
use super::destinations::{check_output, write_output};
use super::recorder::{NamedWindow, Recorder, Windows};
use crate::error::Error;

/// Looks whether files can be made in the folder, while it has cost nothing yet.
pub(crate) fn check_artifacts(folder: Option<&Path>) -> Result<(), Error> {
    folder.map_or(Ok(()), |folder| check_output(&folder.join("head.pb.gz")))
}

/// Writes what was recorded of head, what is committed of base, and the difference.
///
/// `head.…` has every stack with its lines. `base.sites.…` and `head.sites.…` have both sides by call site, with the same
/// names, so that tools can subtract the one from the other.
///
/// # Errors
/// When a file can't be written.
pub(crate) fn write_artifacts(
    benchmark: &BenchmarkReport,
    recorder: &mut Recorder<'_>,
    windows: &mut Windows<'_>,
    committed: &mut CommittedSites<'_>,
    folder: &Path,
) -> Result<(), Error> {
    // What could not be recorded is said in the report.
    let Ok(NamedWindow { profile: head, table, .. }) = windows.get(recorder, WindowKind::Steady) else {
        return Ok(());
    };
    let folder = folder.join(folder_name(&benchmark.id));
    let metrics: Vec<Metric> = benchmark
        .red()
        .filter(|metric| metric.metric.phase == Phase::Steady)
        .map(|metric| metric.metric.metric)
        .collect();
    let id = benchmark.id.to_string();
    write_profile(&folder, "head", head, &id)?;
    for metric in &metrics {
        write_flame_graph(&folder.join(format!("head.{metric}.svg")), head, *metric, &id)?;
    }
    let head_sites = profile_of_sites(&StoredSites::of(table, &Metric::ALL));
    write_profile(&folder, "head.sites", &head_sites, &id)?;
    let Ok(Some(base)) = committed.of(&benchmark.target, &benchmark.id) else { return Ok(()) };
    let base_sites = profile_of_sites(base);
    write_profile(&folder, "base.sites", &base_sites, &id)?;
    for metric in metrics {
        for (side, profile) in [("base", &base_sites), ("head", &head_sites)] {
            let path = folder.join(format!("{side}.sites.{metric}.folded"));
            write_folded(&path, profile, metric)?;
        }
        let path = folder.join(format!("base.sites.{metric}.svg"));
        write_flame_graph(&path, &base_sites, metric, &id)?;
        let path = folder.join(format!("difference.{metric}.svg"));
        write_difference(&path, &base_sites, &head_sites, metric, &id)?;
    }
    Ok(())
}

fn write_profile(folder: &Path, side: &str, profile: &Profile, id: &str) -> Result<(), Error> {
    write_pprof(&folder.join(format!("{side}.pb.gz")), profile, id)?;
    write_dhat(&folder.join(format!("{side}.dhat.json")), profile, id)
}

pub(crate) fn write_dhat(path: &Path, profile: &Profile, id: &str) -> Result<(), Error> {
    write_output(path, dhat_json(&profile.without_plumbing(InnerEnd::Operation), id))
}

pub(crate) fn write_folded(path: &Path, profile: &Profile, metric: Metric) -> Result<(), Error> {
    write_output(path, folded(&profile.without_plumbing(InnerEnd::Operation), metric))
}

/// Writes two files: one with what was live at the end, and beside it `….peak.pb.gz` with what was live at the peak.
pub(crate) fn write_pprof(path: &Path, profile: &Profile, id: &str) -> Result<(), Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = name.split_once(".pb").map_or((&*name, ""), |(stem, rest)| (stem, rest));
    let ending = if name.contains(".pb") { format!(".pb{ending}") } else { String::new() };
    let peak = path.with_file_name(format!("{stem}.peak{ending}"));
    let profile = &profile.without_plumbing(InnerEnd::User);
    write_output(path, pprof(profile, Moment::End, id))?;
    write_output(&peak, pprof(profile, Moment::Peak, id))
}

pub(crate) fn write_flame_graph(
    path: &Path,
    profile: &Profile,
    metric: Metric,
    id: &str,
) -> Result<(), Error> {
    let graph = flame_graph(&profile.without_plumbing(InnerEnd::Operation), metric, id);
    write_output(path, graph.map_err(|error| Error::Export(error.to_string()))?)
}

pub(crate) fn write_difference(
    path: &Path,
    base: &Profile,
    head: &Profile,
    metric: Metric,
    id: &str,
) -> Result<(), Error> {
    let (base, head) = (named_stacks(base, metric), named_stacks(head, metric));
    let graph = difference_flame_graph(&base, &head, metric, id);
    write_output(path, graph.map_err(|error| Error::Export(error.to_string()))?)
}
