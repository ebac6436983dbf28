//! More stacks, and more live samples, than there is room for.

use std::hint::black_box;

use memgate_live::{Counters, Estimate, profile};

use crate::asked::{counters, sample_everything, totals};
use crate::runner::cases;

cases! { what_finds_no_room_is_in_the_sums }

/// Allocates once at each of 2^`depth` stacks.
#[inline(never)]
fn allocate_at_many_stacks(depth: u32, kept: &mut Vec<Vec<u8>>) {
    if depth == 0 {
        kept.push(black_box(vec![1_u8; 64]));
        return;
    }
    allocate_at_many_stacks(black_box(depth - 1), kept);
    // Another return address.
    allocate_at_many_stacks(black_box(depth - 1), kept);
    black_box(depth);
}

fn assert_near_counted(live: &Estimate, counters: &Counters) {
    let counted = (counters.allocated_bytes - counters.freed_bytes) as f64;
    assert!((live.bytes - counted).abs() < f64::from(1 << 20), "{live:?} {counters:?}");
}

fn what_finds_no_room_is_in_the_sums() {
    sample_everything();
    let mut kept = Vec::with_capacity(1 << 18);
    for round in 0..4 {
        for _ in 0..2 {
            allocate_at_many_stacks(15, &mut kept);
        }
        let counters = counters();
        let profile = profile().unwrap();
        let (allocated, live) = totals(&profile);
        // All blocks of 64 bytes are sampled, and stand for themselves.
        assert!(allocated.samples >= 65_536 * (round + 1), "{allocated:?}");
        // But for what was there before everything was sampled, and what the profile itself has allocated since.
        assert_near_counted(&live, &counters);
        assert_eq!(profile.unfollowed_live_bytes > 0.0, counters.live_samples > 110_000);
        assert!(counters.live_samples <= counters.live_samples_capacity);
        if profile.has_frame_pointers {
            assert!(profile.is_table_full && counters.stacks == counters.stacks_capacity);
            let other = profile.stacks.iter().find(|stack| stack.return_addresses.is_empty()).unwrap();
            assert!(other.allocated.samples > 10_000 && counters.dropped + 100 >= other.allocated.samples);
        }
        assert!(allocated.objects >= 65_536.0 * (round + 1) as f64);
    }
    let full = counters();
    assert!(full.live_samples < kept.len() as u64 && full.dropped > 0);
    // Whether or not its end is seen, each block is freed once.
    let before = counters();
    drop(kept);
    let after = counters();
    assert!(after.frees >= before.frees + 4 * 65_536);
    assert!(after.live_samples < 2_000, "{}", after.live_samples);
    assert_near_counted(&totals(&profile().unwrap()).1, &after);
}
