//! Which metrics there are.

use super::metric::Metric;
use crate::health::Health;
use crate::memory::{LimitSource, MemoryFigures, Pressure};
use crate::profile::Counters;
use crate::snapshots::SnapshotStatus;

/// What the endpoint says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) collections: u64,
    /// Since others were under way.
    pub(crate) refused_collections: u64,
    /// Without the token, or with a foreign host.
    pub(crate) refused_requests: u64,
}

/// All metrics that have values. `counters` is none where the allocator is not installed.
pub(crate) fn list(
    counters: Option<&Counters>,
    sampling_interval_bytes: u64,
    figures: &MemoryFigures,
    health: Health,
    snapshots: Option<&SnapshotStatus>,
    own: Option<&Own>,
) -> Vec<Metric> {
    let mut metrics = Vec::new();
    if let Some(counters) = counters {
        metrics.extend(heap(counters));
        metrics.extend(sampling(counters, sampling_interval_bytes));
    }
    metrics.extend(kernel(figures));
    metrics.push([Health::Ok, Health::High, Health::Critical].into_iter().fold(
        Metric::gauge(
            "memgate_memory_health",
            "Whether there is memory enough: 1 for the state that it is in.",
        ),
        |metric, state| {
            metric.labelled(&[("state", word(state))], Some(f64::from(u8::from(state == health))))
        },
    ));
    if let Some(snapshots) = snapshots {
        metrics.extend(of_snapshots(snapshots));
    }
    if let Some(own) = own {
        metrics.extend([
            Metric::counter("memgate_live_collections_total", "Profiles that were collected.")
                .value(own.collections),
            Metric::counter("memgate_live_refused_requests_total", "Requests that were refused, and why.")
                .labelled(&[("reason", "busy")], Some(own.refused_collections as f64))
                .labelled(&[("reason", "access")], Some(own.refused_requests as f64)),
        ]);
    }
    metrics.retain(|metric| !metric.samples.is_empty());
    metrics
}

fn heap(counters: &Counters) -> [Metric; 6] {
    [
        Metric::gauge("memgate_heap_live_bytes", "Bytes of all blocks that are allocated and not freed.")
            .value(counters.allocated_bytes.saturating_sub(counters.freed_bytes)),
        Metric::gauge("memgate_heap_live_blocks", "Blocks that are allocated and not freed.")
            .value(counters.allocations.saturating_sub(counters.frees)),
        Metric::counter("memgate_heap_allocated_bytes_total", "Bytes of all blocks that were allocated.")
            .value(counters.allocated_bytes),
        Metric::counter("memgate_heap_freed_bytes_total", "Bytes of all blocks that were freed.")
            .value(counters.freed_bytes),
        Metric::counter("memgate_heap_allocations_total", "Blocks that were allocated.")
            .value(counters.allocations),
        Metric::counter("memgate_heap_frees_total", "Blocks that were freed.").value(counters.frees),
    ]
}

fn sampling(counters: &Counters, interval_bytes: u64) -> [Metric; 7] {
    [
        Metric::gauge(
            "memgate_sampling_interval_bytes",
            "The mean gap between two sampled bytes; 0 while stopped.",
        )
        .value(interval_bytes),
        Metric::counter("memgate_samples_total", "Blocks that were sampled.").value(counters.sampled),
        Metric::counter(
            "memgate_dropped_samples_total",
            "Samples that were not put down, since a table was full.",
        )
        .value(counters.dropped),
        Metric::gauge("memgate_stacks", "Call stacks in the table.").value(counters.stacks),
        Metric::gauge("memgate_stacks_capacity", "Call stacks that the table has room for.")
            .value(counters.stacks_capacity),
        Metric::gauge("memgate_live_samples", "Sampled blocks that are live.").value(counters.live_samples),
        Metric::gauge("memgate_live_samples_capacity", "Sampled live blocks that the table has room for.")
            .value(counters.live_samples_capacity),
    ]
}

fn kernel(figures: &MemoryFigures) -> [Metric; 10] {
    let cgroup = figures.cgroup.unwrap_or_default();
    let limit = figures.limit();
    let source = match limit.map(|limit| limit.source) {
        Some(LimitSource::Cgroup) => "cgroup",
        _ => "host",
    };
    [
        Metric::gauge("memgate_process_resident_bytes", "Pages of the process that are in memory.")
            .value(figures.resident_bytes),
        Metric::gauge(
            "memgate_process_anonymous_bytes",
            "Resident pages that are of no file: heap and stacks.",
        )
        .value(figures.anonymous_bytes),
        Metric::gauge("memgate_process_swapped_bytes", "What of the process was swapped out.")
            .value(figures.swapped_bytes),
        Metric::gauge("memgate_cgroup_memory_bytes", "Memory of the control group, page cache included.")
            .value(cgroup.current_bytes),
        Metric::gauge(
            "memgate_cgroup_unreclaimable_bytes",
            "Memory of the control group that can't be taken back.",
        )
        .value(cgroup.unreclaimable_bytes),
        Metric::gauge(
            "memgate_cgroup_limit_bytes",
            "The smallest limit of the control group and its ancestors.",
        )
        .value(cgroup.limit_bytes),
        Metric::gauge("memgate_memory_used_bytes", "What counts against the limit and can't be taken back.")
            .value(figures.used_bytes()),
        Metric::gauge("memgate_memory_limit_bytes", "The limit that applies, and whose it is.")
            .labelled(&[("source", source)], limit.map(|limit| limit.bytes as f64)),
        waited(
            "memgate_memory_pressure_seconds_total",
            "For how long tasks of the machine waited for memory.",
            figures.pressure,
        ),
        waited(
            "memgate_cgroup_pressure_seconds_total",
            "For how long tasks of the control group waited for memory.",
            cgroup.pressure,
        ),
    ]
}

fn waited(name: &'static str, help: &'static str, pressure: Option<Pressure>) -> Metric {
    Metric::counter(name, help)
        .labelled(&[("tasks", "some")], pressure.map(|pressure| pressure.some.as_secs_f64()))
        .labelled(&[("tasks", "full")], pressure.map(|pressure| pressure.full.as_secs_f64()))
}

fn of_snapshots(status: &SnapshotStatus) -> [Metric; 5] {
    let written = Metric::counter("memgate_snapshots_total", "Snapshots that were written, and why.");
    let skipped = Metric::counter(
        "memgate_skipped_snapshots_total",
        "Snapshots for which there was a reason and that were not taken, and why not.",
    );
    [
        status.written.iter().fold(written, |metric, (reason, count)| {
            metric.labelled(&[("reason", reason.word())], Some(*count as f64))
        }),
        status.skipped.iter().fold(skipped, |metric, (skip, count)| {
            metric.labelled(&[("reason", skip.word())], Some(*count as f64))
        }),
        Metric::counter("memgate_failed_snapshots_total", "Snapshots that could not be written.")
            .value(status.failed),
        Metric::gauge(
            "memgate_snapshot_files",
            "Snapshots in the folder, those of other processes included.",
        )
        .value(status.files.len() as u64),
        Metric::gauge("memgate_snapshot_files_bytes", "What the snapshots in the folder take.")
            .value(status.files.iter().map(|file| file.bytes).sum::<u64>()),
    ]
}

const fn word(health: Health) -> &'static str {
    match health {
        Health::Ok => "ok",
        Health::High => "high",
        Health::Critical => "critical",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::samples::profile;

    #[test]
    fn what_is_live_is_a_difference_and_what_is_not_known_is_left_out() {
        let counters = profile(Vec::new()).counters;
        let metrics = list(Some(&counters), 1, &MemoryFigures::default(), Health::High, None, None);
        let of = |name: &str| metrics.iter().find(|metric| metric.name == name);
        assert_eq!(of("memgate_heap_live_bytes").unwrap().samples[0].value, 4_000.0);
        assert_eq!(of("memgate_heap_live_blocks").unwrap().samples[0].value, 40.0);
        assert!(of("memgate_process_resident_bytes").is_none());
        let states = &of("memgate_memory_health").unwrap().samples;
        assert_eq!(states.iter().map(|sample| sample.value).collect::<Vec<_>>(), [0.0, 1.0, 0.0]);
        assert!(list(None, 0, &MemoryFigures::default(), Health::Ok, None, None).len() == 1);
    }
}
