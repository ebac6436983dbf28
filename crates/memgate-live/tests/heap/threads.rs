//! Threads that come and go.

use std::cell::RefCell;
use std::hint::black_box;

use crate::asked::{counters, sample_everything};
use crate::runner::cases;

cases! { ten_thousand_threads_are_counted_to_the_byte, the_last_moments_of_a_thread_are_counted }

/// On musl, the first thread makes std allocate a block for the process.
fn start_one_thread() {
    std::thread::spawn(|| ()).join().unwrap();
}

fn ten_thousand_threads_are_counted_to_the_byte() {
    const BLOCKS: u64 = 20;
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0)
    };
    let mut early = 0;
    start_one_thread();
    let before = counters();
    let mut own_bytes = 0;
    for round in 0..100_u64 {
        let threads: Vec<_> = (0..100)
            .map(|_| {
                std::thread::spawn(|| {
                    for _ in 0..BLOCKS {
                        drop(black_box(vec![1_u8; 700]));
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        own_bytes += 100 * BLOCKS * 700;
        if round == 10 {
            early = resident();
        }
    }
    let after = counters();
    let allocated = after.allocated_bytes - before.allocated_bytes;
    // And what a thread itself needs.
    assert!(allocated >= own_bytes && allocated - own_bytes < 10_000 * 2_000, "{allocated} {own_bytes}");
    assert_eq!(after.allocations - after.frees, before.allocations - before.frees, "all has been freed");
    assert_eq!(after.allocated_bytes - after.freed_bytes, before.allocated_bytes - before.freed_bytes);
    // Slots are used again: 10,000 would be 1.2 MiB. Not under an emulator, which has memory of its own for each thread in there.
    if std::env::var_os("QEMU_LD_PREFIX").is_none() {
        assert!(resident() < early + 256, "{early} {}", resident());
    }
}

fn the_last_moments_of_a_thread_are_counted() {
    /// Frees and allocates while the thread ends, before the C library's keys and after.
    struct AtEnd(Vec<u8>);

    impl Drop for AtEnd {
        fn drop(&mut self) {
            self.0 = black_box(vec![1; 3_000]);
        }
    }

    thread_local! {
        static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    }

    sample_everything();
    start_one_thread();
    for _ in 0..500 {
        let before = counters();
        std::thread::spawn(|| AT_END.set(Some(AtEnd(vec![1; 1_000])))).join().unwrap();
        let after = counters();
        assert_eq!(after.allocations - before.allocations, after.frees - before.frees);
        assert_eq!(after.allocated_bytes - before.allocated_bytes, after.freed_bytes - before.freed_bytes);
        assert!(after.allocated_bytes - before.allocated_bytes >= 4_000);
    }
}
