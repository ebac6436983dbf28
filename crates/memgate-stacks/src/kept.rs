//! Whether this build keeps frame pointers, as far as can be told inside an allocator.

use crate::bounds::Bounds;
use crate::frame::{frame_record, read};
use crate::frame_pointers::can_begin_at;

/// How many frames of this package have to lie as they should.
const LEVELS: u32 = 3;

/// Whether the functions of this build keep frame pointers. `bounds` are the calling thread's.
///
/// Neither allocates nor locks, other than [`agrees_with_unwind_tables`](crate::agrees_with_unwind_tables), and sees less: what the
/// standard library was built with is not looked at. It calls itself, and each call looks whether its frame record points to
/// that of the call before. Where none are kept, all of them find in the register what the first one found.
///
/// # Safety
/// The bounds are [`Bounds::NONE`], or of the calling thread's stack.
#[must_use]
#[inline(never)]
pub unsafe fn are_kept(bounds: Bounds) -> bool {
    let outer = frame_record();
    // SAFETY: our caller says so.
    let are_kept = unsafe { descend(bounds, outer, LEVELS) };
    // Not the last thing that is done, so that the call is no jump.
    std::hint::black_box(are_kept)
}

/// # Safety
/// As [`are_kept`].
#[inline(never)]
unsafe fn descend(bounds: Bounds, outer: u64, levels: u32) -> bool {
    let own = frame_record();
    // SAFETY: in the bounds of this thread's stack, which leave room for two words, aligned, and no further in than the stack
    // pointer: looked at just before.
    let leads_on = own < outer && can_begin_at(bounds, own) && unsafe { read(own) }.0 == outer;
    // The innermost calls nothing, and need not keep a frame pointer even where others do.
    let rest = match levels.checked_sub(1) {
        // SAFETY: our caller says so.
        Some(levels) if leads_on => unsafe { descend(bounds, own, levels) },
        Some(_) => false,
        None => return true,
    };
    std::hint::black_box(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_outside_of_the_bounds() {
        // SAFETY: no bounds.
        assert!(!unsafe { are_kept(Bounds::NONE) });
    }

    #[test]
    fn what_is_found_is_what_the_unwind_tables_find() {
        // SAFETY: of this thread's stack.
        let are_kept = unsafe { are_kept(Bounds::of_this_thread()) };
        // The tables see the standard library's own frames as well, which may keep none.
        assert!(are_kept || !crate::agrees_with_unwind_tables());
    }
}
