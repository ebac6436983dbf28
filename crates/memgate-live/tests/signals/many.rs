//! Signals without end, into threads that allocate, end and begin, fork and start programs.

use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use crate::asked::{get, text};
use crate::emulated::is_emulated;
use crate::process::in_a_fork;
use crate::runner::cases;

cases! {
    threads_go_on_whatever_the_signal_lands_in,
    the_child_of_a_fork_collects_its_own,
    programs_that_are_started_meanwhile_get_no_signal,
}

/// How many times threads are asked. A hundred thousand by hand: `MEMGATE_LIVE_SIGNALS=100000 cargo test -p memgate-live --all-features
/// --test signals`.
fn signals() -> u64 {
    std::env::var("MEMGATE_LIVE_SIGNALS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

static IS_OVER: AtomicBool = AtomicBool::new(false);

/// Allocates, and looks whether the number of the last error is its own.
fn allocates() -> u64 {
    // What mimalloc maps it gives a name, by a call that not all kernels know.
    const OF_MIMALLOC: Option<i32> = Some(22);
    let last_error = || std::io::Error::last_os_error().raw_os_error();
    let mut rounds = 0;
    while !IS_OVER.load(Relaxed) {
        assert!(std::fs::File::open("/nonexistent").is_err());
        let error = last_error();
        for number in 0..20_000 {
            black_box(number);
        }
        assert_eq!(last_error(), error);
        for size in 0..200 {
            drop(black_box(vec![1_u8; size * 13 % 3_000]));
        }
        let after = last_error();
        assert!(after == error || after == OF_MIMALLOC, "{after:?}");
        rounds += 1;
    }
    rounds
}

/// Begins threads that end at once.
fn begins_and_ends() {
    while !IS_OVER.load(Relaxed) {
        let threads: Vec<_> =
            (0..4).map(|size| std::thread::spawn(move || black_box(vec![1_u8; size]).len())).collect();
        for (size, thread) in threads.into_iter().enumerate() {
            assert_eq!(thread.join().unwrap(), size);
        }
    }
}

fn threads_go_on_whatever_the_signal_lands_in() {
    // So that much of what is interrupted is a sample, and none waits for long for another.
    memgate_live::set_sampling_interval(2_048);
    let collected = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let allocating: Vec<_> = (0..3).map(|_| scope.spawn(allocates)).collect();
        scope.spawn(begins_and_ends);
        scope.spawn(|| {
            while !IS_OVER.load(Relaxed) {
                collected.fetch_add(u64::from(get("/debug/pprof/profile?seconds=1").status == 200), Relaxed);
            }
        });
        // Some five threads answer each time.
        let mut answered = 0;
        while answered < signals() || collected.load(Relaxed) < 2 {
            let threads = get("/debug/pprof/threads?debug=2");
            assert_eq!(threads.status, 200);
            let threads = text(&threads);
            answered += threads.matches("s of processor time]:\n").count() as u64
                - threads.matches("[no stack").count() as u64;
        }
        IS_OVER.store(true, Relaxed);
        for thread in allocating {
            assert!(thread.join().unwrap() > 0);
        }
    });
    let counters = memgate_live::counters().unwrap();
    let live = counters.allocated_bytes.wrapping_sub(counters.freed_bytes);
    assert!(live < 64 << 20, "{counters:?}");
}

fn the_child_of_a_fork_collects_its_own() {
    std::thread::scope(|scope| {
        let profile = scope.spawn(|| get("/debug/pprof/profile?seconds=2"));
        std::thread::sleep(std::time::Duration::from_millis(500));
        in_a_fork(|| {
            // None of the parent's timers, and one thread, but for what an emulator has of its own.
            let threads = text(&get("/debug/pprof/threads?debug=2"));
            let is_alone = threads.matches("s of processor time]:\n").count() == 1 || is_emulated();
            is_alone && get("/debug/pprof/profile?seconds=1").status == 200
        });
        assert_eq!(profile.join().unwrap().status, 200);
    });
}

fn programs_that_are_started_meanwhile_get_no_signal() {
    std::thread::scope(|scope| {
        let profile = scope.spawn(|| get("/debug/pprof/profile?seconds=2"));
        while !profile.is_finished() {
            // Longer than an interval.
            let counts = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
            assert!(Command::new("sh").args(["-c", counts]).status().unwrap().success());
        }
        assert_eq!(profile.join().unwrap().status, 200);
    });
}
