//! The stack of a thread that a signal has interrupted, taken by the signal's handler.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::bounds::Bounds;
use crate::frame::{read, without_signature};

/// Where a thread was when a signal interrupted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// The instruction that would have been next.
    pub instruction: u64,
    /// The inner end of the stack.
    pub stack_pointer: u64,
    /// What is in the register for the frame pointer.
    pub frame: u64,
}

/// Where the registers are that a handler is given, in bytes from the start of its `ucontext_t`: instruction, stack pointer, frame pointer.
/// The kernel's own layout, which is that of every C library.
#[cfg(target_arch = "x86_64")]
const REGISTERS: [usize; 3] = [168, 160, 120];
#[cfg(target_arch = "aarch64")]
const REGISTERS: [usize; 3] = [440, 432, 416];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const REGISTERS: [usize; 3] = [0, 0, 0];

impl Interrupted {
    /// Reads it from what a signal handler was given.
    ///
    /// # Safety
    /// `context` is the third argument of a signal handler that was installed with `SA_SIGINFO`, and that handler is running.
    pub unsafe fn of(context: *const c_void) -> Self {
        let register = |offset: usize| {
            // SAFETY: a `ucontext_t`, our caller says, which has the register there.
            let place = unsafe { context.byte_add(offset) }.cast::<u64>();
            // SAFETY: as above.
            unsafe { place.read_unaligned() }
        };
        let [instruction, stack_pointer, frame] = REGISTERS.map(register);
        Self { instruction, stack_pointer, frame }
    }
}

/// Puts down where a thread was interrupted and the return addresses from there outwards, as many as there is room for; gives how many.
///
/// The first is one more than the instruction, so that one less than each of them is within the call that it belongs to, or the instruction
/// itself. Where the stack pointer isn't within the bounds, as in a coroutine, it is the only one; with [`Bounds::NONE`], too. A function that
/// was interrupted before it had a frame record of its own hides its caller.
///
/// # Safety
/// The bounds are [`Bounds::NONE`] or of the calling thread's stack, and the thread was interrupted at `at` by the signal whose handler is
/// running.
pub unsafe fn take_interrupted(bounds: Bounds, at: Interrupted, addresses: &[AtomicU64]) -> usize {
    let Some(place) = addresses.first() else { return 0 };
    place.store(at.instruction.wrapping_add(1), Relaxed);
    let mut taken = 1;
    let is_on_stack = (bounds.low..bounds.limit).contains(&at.stack_pointer);
    let mut next =
        Some(at.frame).filter(|frame| is_on_stack && bounds.holds(*frame) && *frame >= at.stack_pointer);
    while let (Some(frame), Some(place)) = (next, addresses.get(taken)) {
        // SAFETY: `frame` is in the bounds of this thread's stack, which leave room for two words, and aligned: looked at above or by
        // `leads_on`. It is not further in than where the stack pointer was, so the memory is mapped, and stays so: the thread is in the
        // handler.
        let (outer, address) = unsafe { read(frame) };
        if address == 0 {
            break;
        }
        place.store(without_signature(address), Relaxed);
        taken += 1;
        next = bounds.leads_on(frame, outer).then_some(outer);
    }
    taken
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod tests {
    use super::*;

    fn taken(bounds: Bounds, at: Interrupted, room: usize) -> Vec<u64> {
        let addresses: Vec<AtomicU64> = (0..room).map(|_| AtomicU64::new(0)).collect();
        // SAFETY: the bounds are of this thread's stack, on which all that is read lies.
        let taken = unsafe { take_interrupted(bounds, at, &addresses) };
        addresses[..taken].iter().map(|address| address.load(Relaxed)).collect()
    }

    #[test]
    fn the_instruction_comes_first_and_then_the_callers() {
        let mut records = [[0_u64; 2]; 3];
        let start = (&raw const records).expose_provenance() as u64;
        records[0] = [start + 16, 0x21];
        records[1] = [start + 32, 0x31];
        records[2] = [0, 0x41];
        std::hint::black_box(&mut records);
        let bounds = Bounds::of_this_thread();
        let at = Interrupted { instruction: 0x10, stack_pointer: start, frame: start };
        assert_eq!(taken(bounds, at, 9), [0x11, 0x21, 0x31, 0x41]);
        assert_eq!(taken(bounds, at, 2), [0x11, 0x21]);
        assert_eq!(taken(bounds, at, 0), [0; 0]);
        assert_eq!(taken(Bounds::NONE, at, 9), [0x11]);
        // Another stack, a frame that would be further in, and a register that holds something else.
        for at in [
            Interrupted { stack_pointer: 0x1000, ..at },
            Interrupted { stack_pointer: start + 8, ..at },
            Interrupted { frame: 7, ..at },
            Interrupted { frame: start + 4, ..at },
        ] {
            assert_eq!(taken(bounds, at, 9), [0x11], "{at:x?}");
        }
    }
}
