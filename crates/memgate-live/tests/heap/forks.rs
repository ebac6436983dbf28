//! Forks, while other threads allocate.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use memgate_live::{SnapshotError, SnapshotOptions, profile};

use crate::asked::{counters, sample_everything, totals};
use crate::process::in_a_fork;
use crate::runner::cases;

cases! { a_child_has_whole_tables_and_open_locks, a_child_of_a_child_samples_by_itself, a_child_takes_snapshots_of_its_own }

fn a_child_has_whole_tables_and_open_locks() {
    // Every call takes locks.
    sample_everything();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..3_usize {
            let is_done = &is_done;
            scope.spawn(move || {
                let mut kept = Vec::new();
                while !is_done.load(Relaxed) {
                    kept.push(black_box(vec![1_u8; 100 + thread]));
                    if kept.len() > 500 {
                        kept.clear();
                    }
                }
            });
        }
        for _ in 0..200 {
            in_a_fork(|| {
                let before = counters();
                let blocks: Vec<Vec<u8>> = (0..300).map(|_| black_box(vec![1_u8; 100])).collect();
                let after = counters();
                let Ok(profile) = profile() else { return false };
                let (allocated, live) = totals(&profile);
                let is_right = after.allocations == before.allocations + 301
                    && after.sampled >= before.sampled + 301
                    && live.samples <= allocated.samples
                    && after.live_samples >= 300;
                drop(blocks);
                // And a thread of its own.
                is_right
                    && std::thread::spawn(|| black_box(vec![1_u8; 100]).len())
                        .join()
                        .is_ok_and(|length| length == 100)
            });
        }
        is_done.store(true, Relaxed);
    });
}

fn a_child_of_a_child_samples_by_itself() {
    sample_everything();
    in_a_fork(|| {
        in_a_fork(|| {
            let before = counters();
            let blocks: Vec<Vec<u8>> = (0..1_000).map(|_| black_box(vec![1_u8; 100])).collect();
            drop(blocks);
            let after = counters();
            after.sampled >= before.sampled + 1_000 && after.frees == before.frees + 1_001
        });
        true
    });
}

fn a_child_takes_snapshots_of_its_own() {
    let above = tempfile::tempdir().unwrap();
    let start = |folder: &str| SnapshotOptions::new().after_start(None).start(above.path().join(folder));
    let snapshots = start("parent").unwrap();
    snapshots.take().unwrap();
    in_a_fork(|| {
        let is_refused = matches!(snapshots.take(), Err(SnapshotError::Forked));
        let own = start("child").unwrap();
        is_refused && own.take().is_ok_and(|path| path.starts_with(above.path().join("child")))
    });
    // The child's end was not ours.
    snapshots.take().unwrap();
    assert_eq!(std::fs::read_dir(above.path().join("parent")).unwrap().count(), 2);
    assert_eq!(std::fs::read_dir(above.path().join("child")).unwrap().count(), 1);
}
