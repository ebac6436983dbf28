//! Where the stacks of threads that were interrupted lie, once it has been asked.
//!
//! In a table of a fixed size rather than in variables of the threads: in a library that is loaded later (`dlopen`), glibc allocates those at a
//! thread's first access, and the handler may have interrupted just that allocator.

use std::cell::UnsafeCell;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

use memgate_stacks::Bounds;

/// Of so many threads it is remembered. The further ones are asked at each signal.
const PLACES: usize = 1_024;
/// So many places are looked at for one.
const TRIES: usize = 8;
/// Where the answer is none, as in a coroutine, it may be another one later.
const MOST_ASKED: u8 = 3;
/// In an owner's word: its thread uses the place now. Blocks of threads are aligned further than this.
const IN_USE: u64 = 1;
/// From here on an owner's word has its collection.
const COLLECTION_SHIFT: u32 = 48;

static KNOWN: [Place; PLACES] = [const { Place::new() }; PLACES];

unsafe extern "C" {
    fn pthread_self() -> usize;
}

/// What is known of one thread during one collection. Anybody's whose collection is another may be taken.
struct Place {
    /// The thread's own block and the collection; zero for none.
    owner: AtomicU64,
    known: UnsafeCell<Known>,
}

// SAFETY: what is known is read and written by whoever has set `IN_USE` in `owner`, which one thread does at a time.
unsafe impl Sync for Place {}

#[derive(Clone, Copy)]
struct Known {
    thread: u32,
    asked: u8,
    bounds: Bounds,
}

impl Known {
    const NOTHING: Self = Self { thread: 0, asked: 0, bounds: Bounds::NONE };
}

impl Place {
    const fn new() -> Self {
        Self { owner: AtomicU64::new(0), known: UnsafeCell::new(Known::NOTHING) }
    }

    /// Takes a place from its owner, if that is it and doesn't use it.
    fn take(&self, from: u64, owner: u64) -> bool {
        from & IN_USE == 0 && self.owner.compare_exchange(from, owner | IN_USE, Acquire, Relaxed).is_ok()
    }
}

/// Where frame records of the calling thread can lie, which was interrupted at the stack pointer `top`. Asked once, by system calls alone.
///
/// A thread that comes later and has the block of one that is gone has its stack below it as well: the stack's outer end is that block. So what is
/// known of the former leads nowhere else; whether there is a stack of its own at all is asked anew.
pub(super) fn bounds(thread: u32, top: u64, collection: u32) -> Bounds {
    // SAFETY: has no arguments, and reads a register.
    let block = unsafe { pthread_self() } as u64;
    let Some(place) = place_of(block, collection) else { return ask(top) };
    let owner = place.owner.load(Relaxed);
    // SAFETY: this thread has set `IN_USE`, and nothing interrupts it that would come here: the handler blocks its own signal.
    let known = unsafe { &mut *place.known.get() };
    if known.thread != thread {
        *known = Known { thread, ..Known::NOTHING };
    }
    if known.bounds == Bounds::NONE && known.asked < MOST_ASKED {
        known.asked += 1;
        known.bounds = ask(top);
    }
    let bounds = known.bounds;
    place.owner.store(owner & !IN_USE, Release);
    bounds
}

fn ask(top: u64) -> Bounds {
    Bounds::as_mapped_around(top).unwrap_or(Bounds::NONE)
}

/// The place of the thread with this block, in use by it from now on. None where all that it could be are others'.
fn place_of(block: u64, collection: u32) -> Option<&'static Place> {
    let first = (block >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let places = || (0..TRIES).filter_map(|offset| KNOWN.get((first as usize + offset) % PLACES));
    let collection = u64::from(collection) << COLLECTION_SHIFT;
    let owner = block & ((1 << COLLECTION_SHIFT) - 1) & !IN_USE | collection;
    places().find(|place| place.take(owner, owner)).or_else(|| {
        places().find(|place| {
            let other = place.owner.load(Relaxed);
            let is_free = other == 0 || other >> COLLECTION_SHIFT != collection >> COLLECTION_SHIFT;
            is_free && place.take(other, owner)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_place_and_a_later_collection_takes_those_of_others() {
        let places = |collection: u32| {
            let take = move |block: u64| {
                let place = place_of(block << 12, collection);
                if let Some(place) = place {
                    place.owner.fetch_and(!IN_USE, Release);
                }
                place.map(|place| std::ptr::from_ref(place).addr())
            };
            (1..=u64::from(collection)).map(take).collect::<Vec<_>>()
        };
        // Numbers that no collection of other tests comes to.
        let few = places(300);
        assert!(few.iter().all(Option::is_some));
        assert_eq!(places(300), few);
        let mut apart = few.clone();
        apart.sort_unstable();
        apart.dedup();
        assert_eq!(apart.len(), few.len());
        // More than there are places for, and yet again.
        assert!(places(5_000).iter().flatten().count() > PLACES / 2);
        assert!(places(301).iter().all(Option::is_some));
    }

    #[test]
    fn a_place_in_use_is_nobody_elses() {
        let place = Place::new();
        assert!(place.take(0, 16) && !place.take(0, 32));
        assert!(!place.take(16, 32) && !place.take(16 | IN_USE, 32));
        place.owner.fetch_and(!IN_USE, Release);
        assert!(place.take(16, 32));
    }

    #[test]
    fn this_threads_stack_is_found_and_remembered() {
        let here = 0_u64;
        let top = (&raw const here).addr() as u64 & !15;
        let found = bounds(7, top, 310);
        assert!(!cfg!(target_os = "linux") || found.holds(top), "{found:?}");
        // It is not asked where that would be nowhere.
        assert_eq!(bounds(7, 0, 310), found);
        assert_eq!(bounds(8, 0, 310), Bounds::NONE);
    }
}
