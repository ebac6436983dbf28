//! A last stack for each thread, in a fixed pool.
//!
//! None is ever given back: a thread-local with a destructor could tell when its thread ends, but registering one allocates
//! on some platforms. Threads beyond the pool share one, in turns, and keep the bounds of their stacks.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::memory::{Reserved, ZeroIsValid};
use memgate_stacks::{Bounds, LastStack, SpinLock};

#[expect(unsafe_code, reason = "says that zeroes are a last stack")]
// SAFETY: made of atomic integers alone, and of arrays of them; see there.
unsafe impl ZeroIsValid for LastStack {}

/// The last stacks of all threads.
#[derive(Debug)]
pub(super) struct LastStacks {
    pool: Reserved<LastStack>,
    claimed: AtomicUsize,
    /// The one of the threads that found the pool empty.
    shared: SpinLock<Reserved<LastStack>>,
}

/// What one thread keeps to find its last stack again. Belongs to the thread that made it, and to one [`LastStacks`].
#[derive(Debug)]
pub(super) struct Seat<'t> {
    mine: Cell<Option<&'t LastStack>>,
    /// Without one: for which epoch the bounds of the thread's stack were found, and these. Zero for none.
    bounds: Cell<(u32, Bounds)>,
    /// Neither sent nor shared.
    _is_of_this_thread: PhantomData<*mut ()>,
}

impl Seat<'_> {
    pub(super) const fn new() -> Self {
        Self { mine: Cell::new(None), bounds: Cell::new((0, Bounds::NONE)), _is_of_this_thread: PhantomData }
    }

    /// The bounds of the thread's stack, which `find` finds once in each epoch.
    pub(super) fn bounds(&self, epoch: u32, find: impl FnOnce() -> Bounds) -> Bounds {
        let (of, bounds) = self.bounds.get();
        if of == epoch {
            return bounds;
        }
        let bounds = find();
        self.bounds.set((epoch, bounds));
        bounds
    }
}

/// A last stack that no other thread has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own<'t> {
    last: &'t LastStack,
    _is_of_this_thread: PhantomData<*mut ()>,
}

impl<'t> Own<'t> {
    #[inline(always)]
    fn new(last: &'t LastStack) -> Self {
        Self { last, _is_of_this_thread: PhantomData }
    }

    #[inline(always)]
    pub(super) fn get(self) -> &'t LastStack {
        self.last
    }
}

impl LastStacks {
    /// Reserves one for so many threads, and one more. None when there is no memory.
    pub(super) fn reserve(threads: usize) -> Option<Self> {
        Some(Self {
            pool: Reserved::new(threads)?,
            claimed: AtomicUsize::new(0),
            shared: SpinLock::new(Reserved::new(1)?),
        })
    }

    /// The calling thread's own, claimed now if it has none. None when there are no more.
    #[inline(always)]
    pub(super) fn own<'t>(&'t self, seat: &Seat<'t>) -> Option<Own<'t>> {
        match seat.mine.get() {
            Some(last) => Some(Own::new(last)),
            None => self.claim(seat),
        }
    }

    #[cold]
    #[inline(never)]
    fn claim<'t>(&'t self, seat: &Seat<'t>) -> Option<Own<'t>> {
        // Stop counting at the pool's size, so that the counter can't wrap however many threads come.
        let is_left = |claimed| (claimed < self.pool.len()).then_some(claimed + 1);
        let index = self.claimed.fetch_update(Relaxed, Relaxed, is_left).ok()?;
        let last = self.pool.get(index)?;
        seat.mine.set(Some(last));
        Some(Own::new(last))
    }

    /// Lets `walk` have the shared one, which is ready for nothing: it holds another thread's stack and bounds. The lock is
    /// held meanwhile, so `walk` may not allocate; what the C library does of it for the platform's unwinder does not come
    /// here.
    #[cold]
    #[inline(never)]
    pub(super) fn with_shared<R>(&self, walk: impl FnOnce(&LastStack) -> R) -> Option<R> {
        let shared = self.shared.hold();
        let last = shared.first()?;
        last.unmake_ready();
        Some(walk(last))
    }

    /// As [`SpinLock::release_in_fork`].
    ///
    /// # Safety
    /// As there; what half a walk has left is forgotten by whoever is next.
    #[expect(unsafe_code, reason = "takes a lock from its holder")]
    pub(super) unsafe fn release_in_fork(&self) {
        // SAFETY: our caller says so; a last stack is made of atomics, and made ready anew for each walk.
        unsafe { self.shared.release_in_fork() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_has_one_of_its_own_until_there_are_no_more() {
        let stacks = LastStacks::reserve(2).unwrap();
        let mut seen = Vec::new();
        std::thread::scope(|scope| {
            for number in 0..5 {
                let own = scope.spawn(|| {
                    let seat = Seat::new();
                    let mine = || stacks.own(&seat).map(|own| std::ptr::from_ref(own.get()).addr());
                    (mine(), mine())
                });
                let (first, second) = own.join().unwrap();
                assert_eq!((first, first.is_some()), (second, number < 2));
                if let Some(first) = first {
                    assert!(!seen.contains(&first));
                    seen.push(first);
                }
            }
        });
    }

    #[test]
    fn the_shared_one_is_ready_for_nothing_and_has_one_user_at_a_time() {
        use std::sync::atomic::AtomicBool;

        let stacks = LastStacks::reserve(0).unwrap();
        let is_used = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for number in 1..4 {
                let (stacks, is_used) = (&stacks, &is_used);
                scope.spawn(move || {
                    for _ in 0..if cfg!(miri) { 10 } else { 500 } {
                        let used = stacks.with_shared(|last| {
                            assert!(!is_used.swap(true, Relaxed));
                            assert!((1..4).all(|epoch| !last.is_ready(epoch)));
                            last.make_ready(number, Bounds::NONE);
                            assert!(last.is_ready(number));
                            is_used.store(false, Relaxed);
                        });
                        assert_eq!(used, Some(()));
                    }
                });
            }
        });
    }
}
