//! What holds around any allocator.

use std::hint::black_box;

use memgate_live::{profile, set_sampling_interval};

/// Allocates, grows and frees in several threads, and looks at what is counted and sampled of it.
pub(crate) fn blocks_are_counted_and_sampled() {
    assert!(memgate_live::is_installed());
    set_sampling_interval(1);
    let before = memgate_live::counters().unwrap();
    let kept: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                scope.spawn(move || {
                    let mut kept = Vec::with_capacity(500);
                    for index in 0..1_000_usize {
                        let mut block = black_box(vec![0_u8; 100 + index * 7 % 3_000]);
                        block.resize(black_box(4_000), thread);
                        // With an alignment that allocators have paths of their own for.
                        drop(black_box(Box::new(Aligned([thread; 4_096]))));
                        if index % 2 == 0 {
                            kept.push(block);
                        }
                    }
                    kept
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(kept.iter().all(|block| block.len() == 4_000));
    let after = memgate_live::counters().unwrap();
    assert!(after.allocations - before.allocations >= 4 * 3_000);
    let live = |counters: memgate_live::Counters| counters.allocated_bytes - counters.freed_bytes;
    assert!(live(after) - live(before) >= 2_000 * 4_000);
    let profile = profile().unwrap();
    let sampled: f64 = profile.stacks.iter().map(|stack| stack.live.bytes).sum();
    // All that lives and is larger than some tens of bytes.
    assert!(sampled >= 2_000.0 * 4_000.0 && sampled <= 1.2 * (live(after) as f64 + 100_000.0), "{sampled}");
    drop(kept);
    let end = memgate_live::counters().unwrap();
    assert!(live(end) < live(before) + 200_000, "{end:?}");
    assert!(end.live_samples < 2_000, "{end:?}");
}

#[repr(align(256))]
struct Aligned(#[expect(dead_code, reason = "it has a size")] [u8; 4_096]);
