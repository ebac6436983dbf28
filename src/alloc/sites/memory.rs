//! Memory for the tables.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU32, AtomicU64};

/// Types of which all bytes zero are a value.
///
/// # Safety
/// Zeroes must be a valid value, and the type must need no destructor.
pub(super) unsafe trait ZeroIsValid: Sync + 'static {}

// SAFETY: an atomic integer has the layout of the integer, for which every pattern of bits is a value.
unsafe impl ZeroIsValid for AtomicU32 {}
// SAFETY: as above.
unsafe impl ZeroIsValid for AtomicU64 {}
// SAFETY: made of atomic integers alone.
unsafe impl ZeroIsValid for super::tree::Node {}
// SAFETY: made of atomic integers alone.
unsafe impl ZeroIsValid for super::rows::Row {}
// SAFETY: made of atomic integers alone.
unsafe impl ZeroIsValid for super::rows::Growth {}
// SAFETY: made of atomic integers alone.
unsafe impl ZeroIsValid for super::blocks::Entry {}
// SAFETY: made of atomic integers alone.
unsafe impl ZeroIsValid for super::last_stack::LastStack {}

/// Reserves zeroed memory for `length` values, for the rest of the process. None when there is none.
///
/// Straight from `System`, so that nothing of it is counted. The platforms give such amounts as untouched pages: what
/// is never written to takes no memory.
pub(super) fn reserve<T: ZeroIsValid>(length: usize) -> Option<&'static [T]> {
    // `System` asks for plain zeroed memory only with small alignments, and otherwise writes the zeroes itself, which
    // would touch every page. So the alignment is made here.
    const PLAIN_ALIGNMENT: usize = 16;
    let size = length.checked_mul(size_of::<T>())?.checked_add(align_of::<T>())?;
    let layout = Layout::from_size_align(size, PLAIN_ALIGNMENT).ok()?;
    // SAFETY: the layout's size is above zero, since an alignment is.
    let memory = unsafe { System.alloc_zeroed(layout) };
    if memory.is_null() {
        return None;
    }
    let offset = memory.align_offset(align_of::<T>());
    if offset >= align_of::<T>() {
        return None;
    }
    // SAFETY: `offset` is below the alignment, which was added to the size.
    let start = unsafe { memory.add(offset) };
    // SAFETY: `start` is aligned for `T` and has room for `length` values, all bytes of which are zero, a valid value
    // by `ZeroIsValid`. The memory is never freed or handed out again, so it lives for 'static, and nobody has another
    // reference to it. `T: Sync`, and the slice is only ever shared.
    Some(unsafe { std::slice::from_raw_parts(start.cast::<T>(), length) })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;

    #[test]
    fn what_is_reserved_is_zeroed_aligned_and_apart() {
        let numbers = reserve::<AtomicU64>(1_000).unwrap();
        let rows = reserve::<super::super::rows::Row>(3).unwrap();
        assert!(numbers.iter().all(|number| number.load(Relaxed) == 0));
        assert_eq!(rows.as_ptr() as usize % 128, 0);
        numbers[999].store(7, Relaxed);
        assert_eq!((numbers[999].load(Relaxed), numbers[998].load(Relaxed)), (7, 0));
    }

    #[test]
    fn too_much_is_refused() {
        assert!(reserve::<AtomicU64>(usize::MAX).is_none());
        assert!(reserve::<AtomicU64>(usize::MAX / 8 - 8).is_none());
    }
}
