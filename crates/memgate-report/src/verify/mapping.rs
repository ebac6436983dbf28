//! How the numbers of other tools map onto ours.
//!
//! | ours | stats_alloc 0.1 | dhat 0.3 |
//! | --- | --- | --- |
//! | `allocs` | `allocations` | `total_blocks` − `reallocs` |
//! | `reallocs` | `reallocations` | `total_blocks` − `allocs` |
//! | `total_bytes` | `bytes_allocated` | `total_bytes`, which has the whole new size of a realloc instead of its growth |
//! | `retained_bytes` | `bytes_allocated` − `bytes_deallocated` | `curr_bytes`, without blocks that are older than the window |
//! | `peak_bytes` | – | `max_bytes`, without blocks that are older than the window |

use memgate_protocol::{CountWindow, DhatWindow, EngineWindows, Metric, Record, StatsAllocWindow};

use super::Finding;

/// Holds two processes' records against each other.
#[must_use]
pub fn against_second_process(first: &Record, second: &Record) -> Finding {
    let (Some(a), Some(b)) = (uniform_count(first), uniform_count(second)) else { return Finding::Varies };
    let differences = Metric::ALL.into_iter().filter(|metric| a.value(*metric) != b.value(*metric));
    verdict(differences.map(|metric| differs(metric.name(), a.value(metric), b.value(metric))).collect())
}

/// Holds a record of `count` against the sums of one of `sites`.
#[must_use]
pub fn against_sites(count: &Record, second: &Record) -> Finding {
    let (EngineWindows::Count(counted), EngineWindows::Sites(recorded)) = (&count.windows, &second.windows)
    else {
        return other_engine();
    };
    let (Some(ours), Some(theirs)) = (uniform(&counted.steady), uniform(&recorded.steady)) else {
        return Finding::Varies;
    };
    let values = |window: &CountWindow| {
        [
            ("allocs", window.allocs),
            ("reallocs", window.reallocs),
            ("total_bytes", window.total_bytes),
            ("peak_bytes", window.peak_bytes),
            ("retained_bytes", window.retained_bytes),
            // What shrinks is no leak, and has no sites.
            ("leaked_bytes", window.growth_bytes.max(0)),
            ("realloc_growth_bytes", window.realloc_growth_bytes),
            ("realloc_new_bytes", window.realloc_new_bytes),
        ]
    };
    let pairs = values(&ours).into_iter().zip(values(&theirs));
    let pairs: Vec<_> = pairs.map(|((name, ours), (_, theirs))| (name, ours, theirs)).collect();
    same(&pairs)
}

/// Holds a record of `count` against one of `stats_alloc`.
#[must_use]
pub fn against_stats_alloc(count: &Record, second: &Record) -> Finding {
    let EngineWindows::StatsAlloc(windows) = &second.windows else { return other_engine() };
    let (Some(ours), Some(theirs)) = (uniform_count(count), uniform(&windows.steady)) else {
        return Finding::Varies;
    };
    let StatsAllocWindow { allocations, reallocations, bytes_allocated, bytes_deallocated } = theirs;
    same(&[
        ("allocs", ours.allocs, allocations),
        ("reallocs", ours.reallocs, reallocations),
        ("total_bytes", ours.total_bytes, bytes_allocated),
        ("retained_bytes", ours.retained_bytes, bytes_allocated - bytes_deallocated),
    ])
}

/// Holds a record of `count` against one of `dhat`.
///
/// dhat forgets blocks that are older than its profiler, which is opened with the window: when the routine frees one,
/// dhat's live bytes do not fall. What it misses shows in `curr_bytes`, and its peak may be too high by as much.
#[must_use]
pub fn against_dhat(count: &Record, second: &Record) -> Finding {
    let EngineWindows::Dhat(windows) = &second.windows else { return other_engine() };
    let (Some(ours), Some(theirs)) = (uniform_count(count), uniform(&windows.steady)) else {
        return Finding::Varies;
    };
    let DhatWindow { total_blocks, total_bytes, current_bytes, max_bytes } = theirs;
    let mut pairs = vec![
        ("allocs + reallocs", ours.allocs + ours.reallocs, total_blocks),
        ("total_bytes", ours.total_bytes - ours.realloc_growth_bytes + ours.realloc_new_bytes, total_bytes),
    ];
    let older_bytes = current_bytes - ours.retained_bytes;
    if older_bytes <= 0 {
        pairs.push(("retained_bytes", ours.retained_bytes, current_bytes));
        pairs.push(("peak_bytes", ours.peak_bytes, max_bytes));
        return same(&pairs);
    }
    if !(ours.peak_bytes..=ours.peak_bytes + older_bytes).contains(&max_bytes) {
        pairs.push(("peak_bytes", ours.peak_bytes, max_bytes));
    }
    match same(&pairs) {
        Finding::Agrees => Finding::AgreesWithin { older_bytes },
        finding => finding,
    }
}

/// The one window that all steady windows are like; none when they are not alike.
fn uniform<W: Copy + PartialEq>(windows: &[W]) -> Option<W> {
    let first = *windows.first()?;
    windows.iter().all(|window| *window == first).then_some(first)
}

fn uniform_count(record: &Record) -> Option<CountWindow> {
    match &record.windows {
        EngineWindows::Count(windows) => uniform(&windows.steady),
        EngineWindows::Sites(_) | EngineWindows::StatsAlloc(_) | EngineWindows::Dhat(_) => None,
    }
}

fn same(pairs: &[(&str, i64, i64)]) -> Finding {
    verdict(
        pairs
            .iter()
            .filter(|(_, ours, theirs)| ours != theirs)
            .map(|(name, a, b)| differs(name, *a, *b))
            .collect(),
    )
}

fn differs(name: &str, ours: i64, theirs: i64) -> String {
    format!("{name} is {ours} and {theirs}")
}

fn verdict(differences: Vec<String>) -> Finding {
    if differences.is_empty() { Finding::Agrees } else { Finding::Differs(differences) }
}

fn other_engine() -> Finding {
    Finding::Differs(vec!["the process answered with another engine's windows".to_owned()])
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Windows;

    use super::*;

    fn record(windows: EngineWindows) -> Record {
        Record {
            name: "a".into(),
            threads: 1,
            peak_error_bytes: 0,
            is_custom: false,
            long_run: None,
            windows,
        }
    }

    fn count(window: CountWindow) -> Record {
        record(EngineWindows::Count(Windows { cold: window, steady: vec![window; 2] }))
    }

    fn dhat(window: DhatWindow) -> Record {
        record(EngineWindows::Dhat(Windows { cold: window, steady: vec![window] }))
    }

    /// A vector of 1,000 bytes that grows to 2,000: the example of docs/METHODOLOGY.md.
    const GROWN: CountWindow = CountWindow {
        peak_bytes: 2_000,
        total_bytes: 2_000,
        allocs: 1,
        reallocs: 1,
        retained_bytes: 2_000,
        growth_bytes: 0,
        realloc_growth_bytes: 1_000,
        realloc_new_bytes: 2_000,
    };

    #[test]
    fn a_realloc_is_mapped() {
        let theirs =
            DhatWindow { total_blocks: 2, total_bytes: 3_000, current_bytes: 2_000, max_bytes: 2_000 };
        assert_eq!(against_dhat(&count(GROWN), &dhat(theirs)), Finding::Agrees);
        let wrong = DhatWindow { total_bytes: 2_000, ..theirs };
        assert_eq!(
            against_dhat(&count(GROWN), &dhat(wrong)),
            Finding::Differs(vec!["total_bytes is 3000 and 2000".into()])
        );
        let window = StatsAllocWindow {
            allocations: 1,
            reallocations: 1,
            bytes_allocated: 2_000,
            bytes_deallocated: 0,
        };
        let theirs = record(EngineWindows::StatsAlloc(Windows { cold: window, steady: vec![window] }));
        assert_eq!(against_stats_alloc(&count(GROWN), &theirs), Finding::Agrees);
    }

    #[test]
    fn blocks_older_than_the_window_widen_what_dhat_can_tell() {
        let ours = CountWindow { retained_bytes: 1_500, peak_bytes: 1_900, ..GROWN };
        let theirs =
            DhatWindow { total_blocks: 2, total_bytes: 3_000, current_bytes: 2_000, max_bytes: 2_000 };
        assert_eq!(against_dhat(&count(ours), &dhat(theirs)), Finding::AgreesWithin { older_bytes: 500 });
        let too_high = DhatWindow { max_bytes: 2_401, ..theirs };
        assert!(matches!(against_dhat(&count(ours), &dhat(too_high)), Finding::Differs(_)));
    }

    #[test]
    fn values_that_vary_are_not_compared() {
        let varying = record(EngineWindows::Count(Windows {
            cold: GROWN,
            steady: vec![GROWN, CountWindow { allocs: 2, ..GROWN }],
        }));
        assert_eq!(against_second_process(&varying, &count(GROWN)), Finding::Varies);
        let other = count(CountWindow { allocs: 2, ..GROWN });
        assert_eq!(
            against_second_process(&count(GROWN), &other),
            Finding::Differs(vec!["allocs is 1 and 2".into()])
        );
    }
}
