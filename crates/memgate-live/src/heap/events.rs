//! What a call of the allocator does beyond its thread's counters.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use memgate_stacks::{Bounds, are_kept, take_return_addresses};

use super::busy::Busy;
use super::filter::hash;
use super::live_samples::LiveSample;
use super::process::{self, FILTER, SHARED, TABLES};
use super::slots;
use super::stack_table::MOST_FRAMES;
use super::weight::weight;

thread_local! {
    /// Where frame records of this thread can lie, once it is known. Constant and without a destructor.
    static BOUNDS: Cell<Option<Bounds>> = const { Cell::new(None) };
    /// How often this thread has looked for them in vain.
    static LOOKS: Cell<u8> = const { Cell::new(0) };
}

/// A thread that is on another stack at each sample, as one that only runs coroutines, looks no more after this: it takes longer than a sample.
const MOST_LOOKS: u8 = 16;

/// Whether this program keeps frame pointers.
static FRAME_POINTERS: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const KEPT: u8 = 1;
const NOT_KEPT: u8 = 2;

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
    match Busy::enter() {
        Some(busy) => TABLES.remove(&busy, &FILTER, address),
        None => TABLES.try_remove(&FILTER, address),
    }
}

/// A block that was [`taken_out`] is where it was: it could not be moved.
pub(super) fn put_back(sample: LiveSample) {
    if let Some(busy) = Busy::enter() {
        TABLES.put_back(&busy, &FILTER, sample);
    }
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
    let bounds = if has_frame_pointers(busy) { bounds() } else { Bounds::NONE };
    // SAFETY: the bounds are of this thread's stack, or none.
    let taken = unsafe { take_return_addresses(bounds, frame, &mut frames) };
    let frames = frames.get(..taken).unwrap_or(&[]);
    TABLES.add(busy, &FILTER, frames, block.addr() as u64, size as u64, weight(size as u64, interval));
}

/// Where frame records of the calling thread can lie.
fn bounds() -> Bounds {
    BOUNDS.get().unwrap_or_else(|| {
        // Not from the C library, which takes a lock and allocates: this may be a signal handler that has interrupted just that. Where the
        // system does not say, it is asked all the same, since there would be no stacks at all otherwise.
        let bounds = Bounds::as_mapped().unwrap_or_else(Bounds::of_this_thread);
        let looks = LOOKS.get().saturating_add(1);
        LOOKS.set(looks);
        // On a stack that is not the thread's own, the next sample may find it.
        if bounds != Bounds::NONE || looks >= MOST_LOOKS {
            BOUNDS.set(Some(bounds));
        }
        bounds
    })
}

/// Whether this program keeps frame pointers, as it was found out when it was asked first. Without them, samples have no stack:
/// whatever lies where a frame pointer should be would lead to wrong ones.
pub(super) fn has_frame_pointers(_: &Busy) -> bool {
    match FRAME_POINTERS.load(Relaxed) {
        UNKNOWN => {
            let bounds = bounds();
            // SAFETY: the bounds are of this thread's stack, or none.
            let are_kept = unsafe { are_kept(bounds) };
            // Of a stack whose bounds are unknown, nothing is known.
            if bounds != Bounds::NONE {
                FRAME_POINTERS.store(if are_kept { KEPT } else { NOT_KEPT }, Relaxed);
            }
            are_kept
        }
        found => found == KEPT,
    }
}
