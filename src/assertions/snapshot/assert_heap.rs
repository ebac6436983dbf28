//! Measures a closure, and compares its numbers with what is recorded, or records them.

use super::change::{changes, other_environment};
use super::duplicates;
use super::file;
use super::message::{begin, changed, duplicate, missing, other_numbers};
use super::mode::{Mode, mode};
use super::place::{Place, profile};
use super::seen::{Clash, see};
use super::site::SnapshotSite;
use crate::alloc::ThreadRecording;
use crate::assertions::failure::fail_if;
use crate::assertions::heap::Heap;
use crate::assertions::measure::{cannot_count, try_measure};
use crate::assertions::recording::{call_sites, of_limits};
use memgate_protocol::snapshots::{Snapshot, check_id};
use memgate_protocol::{Metric, PROBE_VERSION};

/// Why an assertion fails.
struct Failure {
    text: String,
    /// Whose call sites are to be shown.
    metrics: Vec<Metric>,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { text, metrics: Vec::new() }
    }
}

/// What [`assert_heap!`](crate::assert_heap!) expands to.
#[track_caller]
pub fn assert_heap<T>(site: &SnapshotSite, routine: impl FnOnce() -> T) -> T {
    let recording = of_limits();
    match try_measure(recording.as_ref(), routine) {
        Ok((output, heap)) => {
            fail_if(|| {
                let failure = judge(site, &snapshot_of(&heap)).err()?;
                Some(message(site, &failure, recording.as_ref()))
            });
            output
        }
        Err(problem) => cannot_count("assert_heap!", problem),
    }
}

fn message(
    site: &SnapshotSite,
    Failure { text, metrics }: &Failure,
    recording: Option<&ThreadRecording>,
) -> String {
    let sites = if metrics.is_empty() { String::new() } else { call_sites(recording, metrics) };
    format!("{}{text}{sites}", begin(site))
}

fn snapshot_of(heap: &Heap) -> Snapshot {
    let values = heap.values().map(|(_, value)| value);
    Snapshot { values, probe: PROBE_VERSION, rustc: memgate_target::RUSTC.to_owned() }
}

fn judge(site: &SnapshotSite, measured: &Snapshot) -> Result<(), Failure> {
    let mode = mode()?;
    check_id(site.id).map_err(|error| format!("this can't be an id: {error}"))?;
    let records = mode != Mode::Compare;
    match see(site, measured, records) {
        Ok(()) => {}
        Err(Clash::OtherSite(place)) => return Err(duplicate(&[place, site.place()]).into()),
        Err(Clash::OtherNumbers(first)) => return Err(other_numbers(&first, measured).into()),
    }
    let place = Place::of(site);
    if records { record(site, &place, measured, mode) } else { compare(site, &place, measured) }
}

fn record(site: &SnapshotSite, place: &Place, measured: &Snapshot, mode: Mode) -> Result<(), Failure> {
    refuse_duplicates(site, place)?;
    let profile = profile(site.has_debug_assertions);
    file::update(&place.path(), |file| {
        let stays = file.get(&profile, site.id).is_some_and(|recorded| match mode {
            Mode::UpdateAll => recorded == measured,
            _ => recorded.probe == measured.probe && changes(recorded, measured).is_empty(),
        });
        if !stays {
            file.insert(&profile, site.id, measured.clone());
        }
        !stays
    })?;
    Ok(())
}

fn compare(site: &SnapshotSite, place: &Place, measured: &Snapshot) -> Result<(), Failure> {
    let profile = profile(site.has_debug_assertions);
    let file = file::load(&place.path())?;
    let Some(recorded) = file.get(&profile, site.id) else {
        return Err(missing(site, place, &profile, &file, measured).into());
    };
    let changes = changes(recorded, measured);
    let rises = changes.iter().filter(|change| change.is_rise());
    let metrics: Vec<Metric> = rises.map(|change| change.metric).collect();
    let environment = other_environment(recorded, measured);
    // What only another compiler's library saves is not there to be recorded for those who have the first.
    let is_fine = changes.is_empty() || (metrics.is_empty() && environment.is_some());
    if is_fine {
        return Ok(());
    }
    refuse_duplicates(site, place)?;
    let text = changed(site, &profile, &changes, measured, environment.as_deref());
    Err(Failure { text, metrics })
}

/// Two programs know nothing of each other, so their sources are asked.
fn refuse_duplicates(site: &SnapshotSite, place: &Place) -> Result<(), Failure> {
    let places = duplicates::places(&place.package, site.id);
    if places.len() > 1 { Err(duplicate(&places).into()) } else { Ok(()) }
}
