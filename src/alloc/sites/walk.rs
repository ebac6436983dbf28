//! Takes the call stack.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64};

use super::last_stack::{self, LastStack, MOST_FRAMES};
use super::tables::Tables;
use super::unwind;
use memgate_protocol::Unwinder;
use memgate_protocol::capture::node;

static UNWINDER: AtomicU8 = AtomicU8::new(FRAME_POINTERS);
const FRAME_POINTERS: u8 = 0;
const UNWIND_TABLES: u8 = 1;

/// The frame record of the harness, in the thread that opened the window; frames from there outwards are not taken.
static WINDOW_FRAME: AtomicU64 = AtomicU64::new(0);
/// The thread that opened the window, as the bounds of its stack.
static WINDOW_LOW: AtomicU64 = AtomicU64::new(0);
static WINDOW_HIGH: AtomicU64 = AtomicU64::new(0);
/// Counts the windows, from one.
static WINDOW: AtomicU32 = AtomicU32::new(0);

/// Chooses how stacks are taken.
pub(super) fn use_unwinder(unwinder: Unwinder) {
    UNWINDER.store(
        match unwinder {
            Unwinder::FramePointers => FRAME_POINTERS,
            Unwinder::UnwindTables => UNWIND_TABLES,
        },
        Relaxed,
    );
}

/// Says that a window is opened by the calling thread, in the function whose frame record is at `frame`.
pub(super) fn open_window(frame: u64) {
    let (low, high) = unwind::stack_bounds().unwrap_or((0, 0));
    WINDOW_LOW.store(low, Relaxed);
    WINDOW_HIGH.store(high, Relaxed);
    WINDOW_FRAME.store(if (low..high).contains(&frame) { frame } else { 0 }, Relaxed);
    WINDOW.fetch_add(1, Relaxed);
}

/// The address of the caller's frame record: the frame pointer and the return address of a function that keeps one.
#[inline(always)]
pub(super) fn frame_record() -> u64 {
    let frame: u64;
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: reads a register, and touches neither memory nor flags.
    unsafe {
        std::arch::asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: reads a register, and touches neither memory nor flags.
    unsafe {
        std::arch::asm!("mov {}, x29", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    #[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
    {
        frame = 0;
    }
    frame
}

/// The node of the calling thread's stack, from the frame record at `frame` outwards.
#[inline(always)]
pub(super) fn stack(tables: &Tables, frame: u64) -> u32 {
    let Some((last, held)) = last_stack::mine(tables) else { return node::BEYOND_LIMIT };
    let window = WINDOW.load(Relaxed);
    if last.window.load(Relaxed) != window {
        find_bounds(last, window);
    }
    let node = if UNWINDER.load(Relaxed) == FRAME_POINTERS
        && (last.low.load(Relaxed)..last.high.load(Relaxed)).contains(&frame)
    {
        by_frame_pointers(tables, last, frame)
    } else {
        by_unwind_tables(tables, last)
    };
    drop(held);
    node
}

/// Finds out between which addresses frame records can lie in this thread.
#[cold]
#[inline(never)]
fn find_bounds(last: &LastStack, window: u32) {
    // Without bounds nothing may be read; the range that holds nothing leads to the unwind tables.
    let (low, high) = unwind::stack_bounds().unwrap_or((0, 0));
    let opened = WINDOW_FRAME.load(Relaxed);
    let is_window = opened != 0 && (low, high) == (WINDOW_LOW.load(Relaxed), WINDOW_HIGH.load(Relaxed));
    last.low.store(low, Relaxed);
    last.high.store(if is_window { opened } else { frame_limit(high) }, Relaxed);
    // What is known may reach further out than the new bounds.
    last.length.store(0, Relaxed);
    last.window.store(window, Relaxed);
}

/// The first address at which no frame record can begin, in a stack that ends before `high`: a record is two words.
fn frame_limit(high: u64) -> u64 {
    high.saturating_sub(8)
}

/// Follows the frame records. What they hold is compared with the last stack as long as they lie where they lay then.
#[inline(always)]
fn by_frame_pointers(tables: &Tables, last: &LastStack, innermost: u64) -> u32 {
    let high = last.high.load(Relaxed);
    let mut frame = innermost;
    // How many frames have been put down; and the known frames, of which those from `matched` down to `next` were found
    // unchanged, and are not put down yet.
    let mut met = 0;
    let mut next = last.length.load(Relaxed);
    let mut matched = next;
    loop {
        while let Some(known) = next.checked_sub(1).and_then(|index| last.known.get(index))
            && known.frame.load(Relaxed) < frame
        {
            // Skipped frames are gone. Nothing was matched yet, or all that was has been put down.
            next -= 1;
            matched = next;
        }
        // SAFETY: `frame` lies in the bounds of this thread's stack, as our caller or `is_frame` found; it is above the
        // frames of the functions that run now, so the memory is mapped, and has room for two words below `high`.
        let (outer, address) = unsafe { read(frame) };
        let known = next.checked_sub(1).and_then(|index| last.known.get(index));
        let is_known = known.is_some_and(|known| {
            known.frame.load(Relaxed) == frame && known.address.load(Relaxed) == address
        });
        let expected = match next.checked_sub(2) {
            Some(index) => last.known.get(index).map_or(0, |known| known.frame.load(Relaxed)),
            None => last.end.load(Relaxed),
        };
        if is_known && outer == expected {
            // From here on the known frames say where to read, and reading only confirms it.
            next -= 1;
            if next == 0 {
                if matched + met > MOST_FRAMES {
                    return cut_known(tables, last, matched, met);
                }
                return last.become_known(tables, node::ROOT, matched, met);
            }
            frame = expected;
            continue;
        }
        // What was found unchanged so far has another outer end now.
        for index in (next..matched).rev() {
            let Some(known) = last.known.get(index) else { break };
            if !last.meet(met, known.frame.load(Relaxed), known.address.load(Relaxed)) {
                return cut(tables, last, met);
            }
            met += 1;
        }
        if !last.meet(met, frame, address) {
            return cut(tables, last, met);
        }
        met += 1;
        if known.is_some_and(|known| known.frame.load(Relaxed) == frame) {
            next -= 1;
        }
        matched = next;
        if !is_frame(outer, frame, high) {
            last.end.store(outer, Relaxed);
            return last.become_known(tables, node::ROOT, 0, met);
        }
        frame = outer;
    }
}

/// Whether a frame record that `frame` points to can be one: further out, aligned, and within the stack. `high` is the
/// first address at which none can begin.
#[inline(always)]
fn is_frame(outer: u64, frame: u64, high: u64) -> bool {
    outer > frame && outer < high && outer.is_multiple_of(8)
}

/// What a frame record holds: the address of the next one, and the return address.
///
/// # Safety
/// Two words must be readable at `frame`.
#[inline(always)]
unsafe fn read(frame: u64) -> (u64, u64) {
    let record = std::ptr::with_exposed_provenance::<u64>(frame as usize);
    // SAFETY: our caller says so. Read as volatile, because the compiler knows nothing of frame records.
    let outer = unsafe { record.read_volatile() };
    // SAFETY: within the two words.
    let address = unsafe { record.add(1) };
    // SAFETY: as above.
    (outer, unsafe { address.read_volatile() })
}

/// The return addresses from the frame record at `frame` outwards, by frame pointers alone; for the check at start-up.
#[inline(never)]
pub(super) fn return_addresses(frame: u64) -> Vec<u64> {
    let Some((low, high)) = unwind::stack_bounds() else { return Vec::new() };
    let high = frame_limit(high);
    // Where frame pointers are not kept, `frame` is whatever the register held, and further in than this function's own
    // variables the stack may not be mapped.
    let here = 0_u8;
    let inner = low.max((&raw const here).addr() as u64);
    let mut addresses = Vec::new();
    let mut next = Some(frame).filter(|frame| (inner..high).contains(frame) && frame.is_multiple_of(8));
    while let Some(frame) = next.filter(|_| addresses.len() < MOST_FRAMES) {
        // SAFETY: `frame` lies in the bounds of this thread's stack, further out than a variable of this function, so the
        // memory is mapped; and has room for two words, since it is below the limit.
        let (outer, address) = unsafe { read(frame) };
        addresses.push(address);
        next = is_frame(outer, frame, high).then_some(outer);
    }
    addresses
}

/// The stack is deeper than the limit: the frames that were met, without what is outside of them. Nothing is kept for
/// the next time, since known frames begin at the outer end.
#[cold]
#[inline(never)]
fn cut(tables: &Tables, last: &LastStack, met: usize) -> u32 {
    let node = last.become_known(tables, node::CUT, 0, met.min(MOST_FRAMES));
    last.length.store(0, Relaxed);
    node
}

/// As [`cut`], for a stack whose outer frames are the `matched` known ones. They are put down as far as there is room.
#[cold]
#[inline(never)]
fn cut_known(tables: &Tables, last: &LastStack, matched: usize, mut met: usize) -> u32 {
    for index in (0..matched).rev() {
        let Some(known) = last.known.get(index) else { break };
        if !last.meet(met, known.frame.load(Relaxed), known.address.load(Relaxed)) {
            break;
        }
        met += 1;
    }
    cut(tables, last, met)
}

#[cold]
#[inline(never)]
fn by_unwind_tables(tables: &Tables, last: &LastStack) -> u32 {
    let mut is_cut = false;
    let met = unwind::addresses(|index, address| {
        is_cut = !last.meet(index, 0, address);
        !is_cut
    });
    if is_cut {
        return cut(tables, last, met);
    }
    // Compared from the outer end, by return addresses alone.
    let length = last.length.load(Relaxed);
    let shared = (0..length.min(met))
        .take_while(|&depth| {
            let known = last.known.get(depth).map(|known| known.address.load(Relaxed));
            let now = last.met.get(met - 1 - depth).map(|met| met.address.load(Relaxed));
            known == now
        })
        .count();
    last.become_known(tables, node::ROOT, shared, met - shared)
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_frame_record_is_not_read() {
        let (low, high) = unwind::stack_bounds().unwrap();
        let local = 0_u64;
        let here = (&raw const local).addr() as u64;
        // The last has room for one word of the two, and the second word may not be mapped.
        for frame in [0, 8, low, here - 0x1000, here + 1, high, high + 8, u64::MAX - 7, high - 8] {
            assert_eq!(return_addresses(frame), [0_u64; 0], "{frame:#x}");
        }
        assert!(!is_frame(high - 8, here, frame_limit(high)));
        assert!(is_frame(high - 16, here, frame_limit(high)));
        assert!(!is_frame(here, here, frame_limit(high)) && !is_frame(here + 4, here, frame_limit(high)));
    }
}
