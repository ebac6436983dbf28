//! A set of counters for each thread, in a fixed pool.
//!
//! Only its own thread writes a slot, so an update is a plain load and store; any thread may read it. A slot is never
//! given back: a thread-local with a destructor could tell when its thread ends, but registering one allocates on
//! some platforms. Threads beyond the pool share the first one and pay for read-modify-write operations there; their
//! numbers are as exact.
//!
//! Rejected: counters in the thread-locals themselves, which are gone with the thread before anyone can add them up.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicUsize, Ordering::Relaxed};

const POOL: usize = 1024;

/// The counters of one thread; totals since the process started.
///
/// 128-byte aligned, because the adjacent-line prefetchers of x86-64 and the cache lines of Apple silicon make
/// neighbours within 128 bytes share. In this order, what most calls touch lies in one line of 64 bytes.
#[repr(C, align(128))]
pub(super) struct Slot {
    /// Change of live bytes in this span that the global count does not have yet.
    pub(super) unflushed: AtomicI64,
    /// The highest value of `unflushed` since it was last flushed.
    pub(super) unflushed_high: AtomicI64,
    /// How far `unflushed` may get from zero in the current span.
    pub(super) flush_limit: AtomicI64,
    pub(super) allocs: AtomicI64,
    /// Without the growth of reallocs.
    pub(super) alloc_bytes: AtomicI64,
    pub(super) reallocs: AtomicI64,
    pub(super) realloc_growth_bytes: AtomicI64,
    /// The state word under which this slot was last used.
    pub(super) epoch: AtomicU32,
    pub(super) realloc_new_bytes: AtomicI64,
    /// Change of live bytes in earlier spans that never reached the global count.
    pub(super) settled: AtomicI64,
}

impl Slot {
    const fn new() -> Self {
        Self {
            unflushed: AtomicI64::new(0),
            unflushed_high: AtomicI64::new(0),
            flush_limit: AtomicI64::new(0),
            allocs: AtomicI64::new(0),
            alloc_bytes: AtomicI64::new(0),
            reallocs: AtomicI64::new(0),
            realloc_growth_bytes: AtomicI64::new(0),
            epoch: AtomicU32::new(0),
            realloc_new_bytes: AtomicI64::new(0),
            settled: AtomicI64::new(0),
        }
    }

    /// Outside of the pool, for what one thread counts between two moments of its own: nothing of it is ever flushed.
    #[cfg(any(test, feature = "assertions"))]
    pub(super) const fn of_a_scope() -> Self {
        // Not the highest number, from which adding to it would wrap.
        Self { flush_limit: AtomicI64::new(i64::MAX / 2), ..Self::new() }
    }

    /// Whether several threads write this slot.
    pub(super) fn is_shared(&self) -> bool {
        std::ptr::eq(self, shared())
    }
}

/// Adds to a counter that only this thread writes.
#[inline(always)]
pub(super) fn bump(counter: &AtomicI64, by: i64) {
    counter.store(counter.load(Relaxed).wrapping_add(by), Relaxed);
}

/// The first is shared by the threads that found no other one free. Its epoch stays 0, which no state word has, so that its users take
/// the slow path. It is among the others so that those in use follow each other.
static SLOTS: [Slot; 1 + POOL] = [const { Slot::new() }; 1 + POOL];
static CLAIMED: AtomicUsize = AtomicUsize::new(0);
/// Stands for "no slot yet". Its epoch stays 0 too, so nobody ever counts in it.
static UNCLAIMED: Slot = Slot::new();

thread_local! {
    // Constant and without a destructor: no initialisation, no registration, usable until the thread's last moment. A pointer,
    // because compilers before 1.89 take no constant that has a reference to a static with atomics in it; an `Option` of a
    // reference would be one more branch in each call of the allocator.
    static MINE: Cell<*const Slot> = const { Cell::new(&raw const UNCLAIMED) };
}

/// This thread's slot; [`UNCLAIMED`] until [`claim`] was called.
#[inline(always)]
pub(super) fn mine() -> &'static Slot {
    // SAFETY: it points to `UNCLAIMED` or to what `claim` has stored, which is a reference to a static.
    unsafe { &*MINE.get() }
}

/// This thread's slot, claimed now if it has none.
pub(super) fn claim() -> &'static Slot {
    let slot = mine();
    if !std::ptr::eq(slot, &raw const UNCLAIMED) {
        return slot;
    }
    // Stop counting at the pool's size, so that the counter can't wrap however many threads come.
    let index = CLAIMED.fetch_update(Relaxed, Relaxed, |claimed| (claimed < POOL).then_some(claimed + 1));
    let slot = index.ok().and_then(|index| SLOTS.get(1 + index)).unwrap_or(shared());
    MINE.set(slot);
    slot
}

/// Every slot that has ever been used.
pub(super) fn claimed() -> &'static [Slot] {
    SLOTS.get(..=CLAIMED.load(Relaxed)).unwrap_or(&SLOTS)
}

/// The slot that several threads write.
pub(super) fn shared() -> &'static Slot {
    &SLOTS[0]
}
