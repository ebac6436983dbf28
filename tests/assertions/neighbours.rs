//! What runs beside a test in the same process is not counted.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use memgate::{assert_no_alloc, measure};

use crate::bytes;

/// Allocates in every way until it is told to stop.
fn allocate_wildly(is_done: &AtomicBool) {
    let mut kept = Vec::new();
    let mut random = 1_u64;
    while !is_done.load(Relaxed) {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1) >> 1;
        let size = random as usize;
        kept.push(vec![0_u8; size % 5_000]);
        kept.push(bytes(size % 3_000));
        if let Some(vec) = kept.get_mut(size % 7) {
            vec.reserve(size % 9_000);
        }
        if kept.len() > 100 {
            kept.drain(..size % 100);
        }
    }
}

#[test]
fn wild_neighbours_change_no_number() {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| allocate_wildly(&is_done));
        }
        // Others measure, too, so that what tells the allocator of open scopes changes all the time.
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_done.load(Relaxed) {
                    assert_no_alloc(|| black_box(1));
                }
            });
        }
        let rounds = if cfg!(miri) { 20 } else { 5_000 };
        for round in 1..=rounds {
            let (kept, heap) = measure(|| {
                drop(bytes(round));
                bytes(10)
            });
            assert_eq!((heap.allocs, heap.total_bytes, heap.retained_bytes), (2, round as u64 + 10, 10));
            assert_eq!(heap.peak_bytes, round.max(10) as u64);
            assert_no_alloc(|| kept.len());
        }
        is_done.store(true, Relaxed);
    });
}

#[test]
fn there_may_be_more_threads_than_counters() {
    // libtest starts one for each test.
    for _ in 0..if cfg!(miri) { 3 } else { 1_100 } {
        let measured = thread::spawn(|| measure(|| drop(bytes(10))).1);
        assert_eq!(measured.join().unwrap().total_bytes, 10);
    }
}
