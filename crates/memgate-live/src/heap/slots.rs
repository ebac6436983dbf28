//! The calling thread's slot.

use std::cell::Cell;
use std::ffi::c_void;

use super::busy::Busy;
use super::pool::{MOST_THREADS, Slot};
use super::process::{self, POOL};
use super::threads::AtEnd;

/// Stands for "no slot yet".
static UNCLAIMED: Slot = Slot::nobodys();
/// Stands for "no slot any more": the thread ends, and what it still allocates is shared.
static GONE: Slot = Slot::nobodys();
static AT_END: AtEnd = AtEnd::new();

thread_local! {
    // Constant and without a destructor: no initialisation, no registration, usable until the thread's last moment. A pointer
    // rather than an `Option` of a reference, which would be one more branch in each call of the allocator.
    static MINE: Cell<*const Slot> = const { Cell::new(&raw const UNCLAIMED) };
}

/// This thread's slot, or nobody's, which counts nothing by itself.
#[inline(always)]
pub(super) fn mine() -> &'static Slot {
    // SAFETY: it points to one of the two statics or to what `claim` has stored, a reference to memory that is never unmapped.
    unsafe { &*MINE.get() }
}

/// This thread's slot, claimed now if it has none. None when it is to use what is shared.
pub(super) fn claim(_: &Busy) -> Option<&'static Slot> {
    let slot = mine();
    if std::ptr::eq(slot, &raw const GONE) {
        return None;
    }
    if !std::ptr::eq(slot, &raw const UNCLAIMED) {
        return Some(slot);
    }
    if !process::is_started() {
        return None;
    }
    let slot = POOL.hold().take()?;
    slot.seed(seed(slot));
    MINE.set(slot);
    AT_END.tell(std::ptr::from_ref(slot).cast());
    Some(slot)
}

/// Numbers that no other thread and no other process begins with: the time, and where things lie.
pub(super) fn seed(slot: &Slot) -> u64 {
    let here = 0_u8;
    let place = (&raw const here).addr() as u64;
    process::nanoseconds() ^ place.rotate_left(32) ^ (std::ptr::from_ref(slot).addr() as u64).rotate_left(16)
}

/// Maps memory for the slots, and has the end of threads told.
pub(super) fn reserve(_: &Busy) {
    POOL.hold().reserve(MOST_THREADS);
    // SAFETY: `leave` takes a spin lock that is held for some instructions, writes a thread-local that needs no destructor, and
    // does not unwind.
    unsafe { AT_END.watch(leave) };
}

/// The calling thread ends: its slot is another's now.
extern "system" fn leave(slot: *mut c_void) {
    let Some(_busy) = Busy::enter() else { return };
    MINE.set(&raw const GONE);
    // SAFETY: what `claim` told, a reference to a slot, whose memory is never unmapped.
    let slot = unsafe { &*slot.cast::<Slot>() };
    POOL.hold().give_back(slot);
}

/// A shared library that is unloaded takes its functions with it, and threads that go on may not call them at their end.
#[cfg(all(target_os = "linux", not(miri)))]
extern "C" fn unload() {
    AT_END.forget();
}

#[cfg(all(target_os = "linux", not(miri)))]
#[used]
// SAFETY: an array of functions without arguments, called when the program ends or the library is unloaded.
#[unsafe(link_section = ".fini_array")]
static UNLOAD: extern "C" fn() = unload;

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;

    #[test]
    fn threads_that_come_and_go_use_the_same_few() {
        process::start_once(|| reserve(&Busy::enter().unwrap()));
        for _ in 0..if cfg!(miri) { 5 } else { 200 } {
            std::thread::spawn(|| {
                let busy = Busy::enter().unwrap();
                let slot = claim(&busy).unwrap();
                slot.count_free(1);
                assert!(std::ptr::eq(claim(&busy).unwrap(), slot));
            })
            .join()
            .unwrap();
        }
        let _busy = Busy::enter().unwrap();
        let used = POOL.hold().used();
        assert!(used.len() < 50, "{}", used.len());
        let frees: u64 = used.iter().map(|slot| slot.frees.load(Relaxed)).sum();
        assert!(frees >= if cfg!(miri) { 5 } else { 200 }, "{frees}");
    }
}
