//! Memory for the tables.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64};

/// Types of which all bytes zero are a value.
///
/// # Safety
/// Zeroes must be a valid value, and the type must need no destructor.
pub(super) unsafe trait ZeroIsValid: 'static {}

// SAFETY: an atomic integer has the layout of the integer, for which every pattern of bits is a value.
unsafe impl ZeroIsValid for AtomicU32 {}
// SAFETY: as above.
unsafe impl ZeroIsValid for AtomicU64 {}

/// Values in memory of their own, all bytes zero at first. Given back when this is dropped.
///
/// Straight from `System`, so that nothing of it is counted. The platforms give such amounts as untouched pages: what
/// is never written to takes no memory.
pub(super) struct Reserved<T> {
    start: NonNull<T>,
    length: usize,
    block: NonNull<u8>,
    layout: Layout,
}

// SAFETY: owns its values, as a `Vec` does, and nothing else.
unsafe impl<T: Send> Send for Reserved<T> {}
// SAFETY: as above; shared, it only lends them out shared.
unsafe impl<T: Sync> Sync for Reserved<T> {}

impl<T: ZeroIsValid> Reserved<T> {
    /// Reserves memory for `length` values. None when there is none.
    pub(super) fn new(length: usize) -> Option<Self> {
        let (block, layout, start) = reserve(length, size_of::<T>(), align_of::<T>())?;
        Some(Self { start: start.cast(), length, block, layout })
    }
}

/// A zeroed block for `length` values of a size and an alignment, its layout, and where the values begin in it.
fn reserve(length: usize, size: usize, alignment: usize) -> Option<(NonNull<u8>, Layout, NonNull<u8>)> {
    // `System` asks for plain zeroed memory only with small alignments, and otherwise writes the zeroes itself, which
    // would touch every page. So the alignment is made here.
    const PLAIN_ALIGNMENT: usize = 16;
    let size = length.checked_mul(size)?.checked_add(alignment)?;
    let layout = Layout::from_size_align(size, PLAIN_ALIGNMENT).ok()?;
    #[cfg(test)]
    tests_support::take(size)?;
    // SAFETY: the layout's size is above zero, since an alignment is.
    let block = NonNull::new(unsafe { System.alloc_zeroed(layout) })?;
    #[cfg(test)]
    tests_support::note(1);
    // Fewer than the alignment, which was added to the size.
    let offset = block.addr().get().wrapping_neg() % alignment;
    // SAFETY: within the block.
    Some((block, layout, unsafe { block.add(offset) }))
}

impl<T> Deref for Reserved<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `start` is aligned for `T` and has room for `length` values, of which all bytes were zero, a valid value by
        // `ZeroIsValid`, without which none is made. The memory is given back when `self` is dropped, and nobody else has it.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl<T> DerefMut for Reserved<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and lent out alone.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl<T> Drop for Reserved<T> {
    fn drop(&mut self) {
        // SAFETY: the block came from `System` with this layout, and nothing lends its values out any more. They need no
        // destructor, by `ZeroIsValid`.
        unsafe { System.dealloc(self.block.as_ptr(), self.layout) };
        #[cfg(test)]
        tests_support::note(-1);
    }
}

impl<T> std::fmt::Debug for Reserved<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the values, which may be many millions.
        f.debug_struct("Reserved").field("length", &self.length).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) mod tests_support {
    use std::cell::Cell;

    thread_local! {
        static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
        static LARGEST: Cell<usize> = const { Cell::new(usize::MAX) };
        static HELD: Cell<i64> = const { Cell::new(0) };
    }

    /// How many reservations this thread holds.
    pub(crate) fn held() -> i64 {
        HELD.get()
    }

    /// Runs `with_few` while only so many more reservations of this thread succeed.
    pub(crate) fn with_room_for<R>(reservations: u32, with_few: impl FnOnce() -> R) -> R {
        LEFT.set(Some(reservations));
        let result = with_few();
        LEFT.set(None);
        result
    }

    /// Runs `with_little` while no reservation of this thread succeeds that is larger.
    pub(crate) fn with_room_for_bytes<R>(bytes: usize, with_little: impl FnOnce() -> R) -> R {
        LARGEST.set(bytes);
        let result = with_little();
        LARGEST.set(usize::MAX);
        result
    }

    pub(super) fn take(bytes: usize) -> Option<()> {
        if let Some(left) = LEFT.get() {
            LEFT.set(Some(left.checked_sub(1)?));
        }
        (bytes <= LARGEST.get()).then_some(())
    }

    pub(super) fn note(change: i64) {
        HELD.set(HELD.get() + change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(align(128))]
    struct Wide([u64; 3]);
    // SAFETY: made of integers alone.
    unsafe impl ZeroIsValid for Wide {}
    // SAFETY: an integer.
    unsafe impl ZeroIsValid for u64 {}

    #[test]
    fn what_is_reserved_is_zeroed_aligned_and_apart() {
        let mut numbers = Reserved::<u64>::new(1_000).unwrap();
        let wide = Reserved::<Wide>::new(3).unwrap();
        assert!(numbers.iter().all(|number| *number == 0));
        assert!(wide.len() == 3 && wide.iter().all(|wide| wide.0 == [0; 3]));
        assert_eq!(wide.as_ptr().addr() % 128, 0);
        numbers[999] = 7;
        assert_eq!((numbers[999], numbers[998]), (7, 0));
    }

    #[test]
    fn what_is_dropped_is_given_back() {
        let before = tests_support::held();
        let numbers = [10, 20, 0].map(|length| Reserved::<u64>::new(length).unwrap());
        assert_eq!(tests_support::held(), before + 3);
        drop(numbers);
        assert_eq!(tests_support::held(), before);
    }

    #[test]
    fn too_much_is_refused() {
        assert!(Reserved::<u64>::new(usize::MAX).is_none());
        assert!(Reserved::<u64>::new(usize::MAX / 8 - 8).is_none());
    }
}
