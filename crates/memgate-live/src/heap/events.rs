//! What a call of the allocator does beyond its thread's counters.

use super::busy::Busy;
use super::filter::hash;
use super::live_samples::LiveSample;
use super::process::{self, FILTER, SHARED, TABLES};
use super::slots;
#[cfg(all(feature = "usdt", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
use super::usdt;
use super::weight::weight;
use crate::stack::{MOST_FRAMES, take};

/// A block was allocated; nobody has its address yet. `frame` is where the frame record lies of a function within the call.
pub(super) fn allocated(block: *mut u8, size: usize, frame: u64) {
    let Some(busy) = Busy::enter() else {
        // A signal handler, in the midst of what follows.
        SHARED.count_allocation(size);
        return;
    };
    start(&busy);
    let sampled = match slots::claim(&busy) {
        Some(slot) => {
            slot.look_through(&FILTER);
            slot.count_or_sample(size)
        }
        None => {
            SHARED.count_allocation(size);
            SHARED.sampled(size)
        }
    };
    if let Some(interval) = sampled {
        sample(&busy, block, size, interval, frame);
    }
}

/// A block is about to be freed, or moved; before that, since another thread could get its memory.
pub(super) fn taken_out(block: *mut u8) -> Option<LiveSample> {
    let address = block.addr() as u64;
    if !FILTER.may_hold(hash(address)) {
        return None;
    }
    let sample = match Busy::enter() {
        Some(busy) => TABLES.remove(&busy, &FILTER, address),
        None => TABLES.try_remove(&FILTER, address),
    };
    #[cfg(all(feature = "usdt", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if sample.is_some() {
        usdt::freed(address);
    }
    sample
}

/// A block that was [`taken_out`] is where it was: it could not be moved.
pub(super) fn put_back(sample: LiveSample) {
    if let Some(busy) = Busy::enter() {
        TABLES.put_back(&busy, &FILTER, sample);
    }
    #[cfg(all(feature = "usdt", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    usdt::allocated(
        sample.address,
        sample.size_bytes,
        (sample.size_bytes as f64 * sample.weight).round() as u64,
    );
}

/// Counts a block that is freed, and is no sample any more.
pub(super) fn freed(size: usize) {
    let slot = Busy::enter().and_then(|busy| {
        start(&busy);
        slots::claim(&busy)
    });
    match slot {
        Some(slot) => {
            slot.look_through(&FILTER);
            slot.count_free(size);
        }
        None => SHARED.count_free(size),
    }
}

/// At the process's first call: maps the tables, and has the ends of threads and forks told.
#[inline]
fn start(busy: &Busy) {
    if !process::is_started() {
        process::start_once(|| {
            // First of all, so that it is called last; see there.
            #[cfg(unix)]
            super::fork::watch();
            TABLES.reserve(busy);
            slots::reserve(busy);
            SHARED.seed(process::nanoseconds());
        });
    }
}

#[inline(never)]
fn sample(busy: &Busy, block: *mut u8, size: usize, interval: u64, frame: u64) {
    let mut frames = [0; MOST_FRAMES];
    let taken = take(frame, &mut frames);
    let frames = frames.get(..taken).unwrap_or(&[]);
    let weight = weight(size as u64, interval);
    TABLES.add(busy, &FILTER, frames, block.addr() as u64, size as u64, weight);
    #[cfg(all(feature = "usdt", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    usdt::allocated(block.addr() as u64, size as u64, (size as f64 * weight).round() as u64);
}
