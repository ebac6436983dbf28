//! What sampling costs around `System`, by turns in one process:
//! `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-live-benches --bench turns [-- TURNS]`.

use std::alloc::System;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use memgate_live::{DEFAULT_INTERVAL_BYTES, Heap, set_sampling_interval};
use memgate_live_benches::{Either, Settings};

#[global_allocator]
#[expect(unsafe_code, reason = "says that the two fit together")]
// SAFETY: `Heap::system` hands out the blocks of `System`.
static ALLOCATOR: Either<System, Heap> = unsafe { Either::new(System, Heap::system()) };

/// What lives all the while.
static KEPT: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// Has so many samples live, and goes on to sample at the interval.
fn prepare(live_samples: usize, interval_bytes: u64) {
    ALLOCATOR.switch(true);
    set_sampling_interval(1);
    let blocks = (0..live_samples).map(|_| Vec::with_capacity(100)).collect();
    drop(std::mem::replace(&mut *KEPT.lock().unwrap_or_else(PoisonError::into_inner), blocks));
    set_sampling_interval(interval_bytes);
    ALLOCATOR.switch(false);
}

const SETTINGS: &Settings = &[
    ("live", || prepare(0, DEFAULT_INTERVAL_BYTES)),
    // As many as a heap of 2 GiB has.
    ("live, beside 4,000 samples", || prepare(4_000, DEFAULT_INTERVAL_BYTES)),
    ("live, every 64 KiB", || prepare(0, 64 * 1024)),
    ("live, stopped", || prepare(0, 0)),
];

fn main() -> ExitCode {
    memgate_live_benches::run(SETTINGS, |is_other| ALLOCATOR.switch(is_other))
}
