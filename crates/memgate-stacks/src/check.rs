//! Whether the frame pointers of this process can be trusted.

use std::fmt::Write;

use crate::bounds::Bounds;
use crate::frame::frame_record;
use crate::frame_pointers::take_return_addresses;
use crate::last_stack::MOST_FRAMES;
use crate::unwind;

/// How many frames at the outer end may differ: below `main`, and where a thread starts, run parts of the C library that
/// keep no frame pointers, or have no unwind tables.
const OUTER_FRAMES: usize = 3;
/// The walk below crosses at least so many frames of this package and of the standard library.
const LEAST_FRAMES: usize = 4;

/// Whether frame pointers lead where the unwind tables do.
///
/// Takes one stack both ways, through code of this build and through code that the standard library brings compiled. Not for use
/// inside an allocator: it allocates, and calls the platform's unwinder.
#[must_use]
#[inline(never)]
pub fn agrees_with_unwind_tables() -> bool {
    let mut probe = Probe { agrees: false };
    // `write_fmt` is compiled into the standard library, and calls back.
    let written = write!(probe, "{}", std::hint::black_box(1));
    written.is_ok() && probe.agrees
}

struct Probe {
    agrees: bool,
}

impl Write for Probe {
    #[inline(never)]
    fn write_str(&mut self, _: &str) -> std::fmt::Result {
        let mut by_frame_pointers = [0; MOST_FRAMES];
        #[expect(unsafe_code, reason = "reads the stack")]
        // SAFETY: the bounds are of this thread's stack. Where frame pointers are not kept, the frame is whatever the register
        // held.
        let taken = unsafe {
            take_return_addresses(Bounds::of_this_thread(), frame_record(), &mut by_frame_pointers)
        };
        let mut by_tables = Vec::new();
        unwind::addresses(|address, _| {
            by_tables.push(address);
            true
        });
        self.agrees = agree(by_frame_pointers.get(..taken).unwrap_or(&[]), &by_tables);
        Ok(())
    }
}

/// Whether two ways to the outer end are one. The tables begin further inside, in the functions that walked.
fn agree(by_frame_pointers: &[u64], by_tables: &[u64]) -> bool {
    let Some(first) = by_frame_pointers.first() else { return false };
    let Some(start) = by_tables.iter().position(|address| address == first) else { return false };
    let tables = by_tables.get(start..).unwrap_or(&[]);
    let compared = tables.len().saturating_sub(OUTER_FRAMES);
    compared >= LEAST_FRAMES && by_frame_pointers.get(..compared) == tables.get(..compared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_before_the_outer_end_is_noticed() {
        let tables = [90, 91, 1, 2, 3, 4, 5, 6, 7];
        assert!(agree(&[1, 2, 3, 4, 5, 6, 7], &tables));
        assert!(agree(&[1, 2, 3, 4, 50, 60], &tables));
        assert!(!agree(&[1, 2, 3, 5, 6, 7], &tables), "a frame was lost");
        assert!(!agree(&[2, 3, 4], &tables), "too little to tell");
        assert!(!agree(&[8, 2, 3, 4, 5], &tables));
        assert!(!agree(&[], &tables));
    }

    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    #[test]
    fn unwind_tables_lead_here() {
        let mut addresses = 0;
        unwind::addresses(|_, _| {
            addresses += 1;
            true
        });
        assert!(addresses > LEAST_FRAMES, "{addresses}");
        let local = 0_u8;
        let (low, high) = unwind::stack_bounds().unwrap();
        assert!((low..high).contains(&((&raw const local).addr() as u64)));
    }
}
