//! Memory for the tables.

/// Types of which all bytes zero are a value.
///
/// # Safety
/// Zeroes must be a valid value, and the type must need no destructor.
pub(super) unsafe trait ZeroIsValid: 'static {}

// SAFETY: for an integer, every pattern of bits is a value.
unsafe impl ZeroIsValid for u32 {}
// SAFETY: as above.
unsafe impl ZeroIsValid for u64 {}

/// Maps memory for `length` values, all bytes zero, for as long as the process lives. None when there is none.
///
/// Straight from the system, so that no allocator is called and nothing of it is counted. What is never written to takes no
/// memory.
pub(super) fn map<T: ZeroIsValid>(length: usize) -> Option<&'static mut [T]> {
    /// No page is smaller, so whatever is mapped is aligned so far.
    const LEAST_PAGE: usize = 4_096;
    const {
        assert!(align_of::<T>() <= LEAST_PAGE);
    }
    let size = length.checked_mul(size_of::<T>()).filter(|size| *size > 0)?;
    let start = platform::map(size)?;
    // SAFETY: `size` bytes, zeroed, aligned to a page, are at `start` until the process ends, and nobody else knows of them. All
    // bytes zero are a value of `T` by `ZeroIsValid`.
    Some(unsafe { std::slice::from_raw_parts_mut(start.cast().as_ptr(), length) })
}

#[cfg(unix)]
mod platform {
    use std::ffi::{c_int, c_void};
    use std::ptr::NonNull;

    const READ_AND_WRITE: c_int = 1 | 2;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const PRIVATE_AND_ANONYMOUS: c_int = 0x02 | 0x20;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const PRIVATE_AND_ANONYMOUS: c_int = 0x0002 | 0x1000;

    // Declared here rather than taken from the crate libc, since std links the library anyway. 64-bit platforms alone have
    // this offset.
    unsafe extern "C" {
        fn mmap(
            address: *mut c_void,
            length: usize,
            protection: c_int,
            flags: c_int,
            file: c_int,
            offset: isize,
        ) -> *mut c_void;
    }

    pub(super) fn map(size: usize) -> Option<NonNull<u8>> {
        // SAFETY: a new mapping, of which nothing else is touched.
        let start = unsafe { mmap(std::ptr::null_mut(), size, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0) };
        // `MAP_FAILED` is all bits.
        let start =
            NonNull::new(start.cast()).filter(|start: &NonNull<u8>| start.addr().get() != usize::MAX)?;
        #[cfg(all(target_os = "linux", not(miri)))]
        keep_pages_small(start, size);
        Some(start)
    }

    /// Of a table a few pages are used: huge ones, where the system gives them to everybody (`always`), would be 2 MiB for each.
    #[cfg(all(target_os = "linux", not(miri)))]
    fn keep_pages_small(start: NonNull<u8>, size: usize) {
        const NO_HUGE_PAGES: c_int = 15;

        unsafe extern "C" {
            fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
            fn __errno_location() -> *mut c_int;
        }

        // SAFETY: always allowed.
        let error = unsafe { __errno_location() };
        // A kernel without huge pages refuses it, and the program, which has just called for memory, may look at its own last error.
        // SAFETY: the calling thread's own number, which lives as long as the thread.
        let before = unsafe { error.read() };
        // SAFETY: our own mapping, of which nothing changes but the size of its pages.
        unsafe { madvise(start.cast().as_ptr(), size, NO_HUGE_PAGES) };
        // SAFETY: as above.
        unsafe { error.write(before) };
    }
}

#[cfg(not(unix))]
mod platform {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::ptr::NonNull;

    /// `System` is the system's own heap there, which gives such amounts as untouched pages.
    pub(super) fn map(size: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(size, 4_096).ok()?;
        // SAFETY: the size is above zero: looked at by our caller.
        NonNull::new(unsafe { System.alloc_zeroed(layout) })
    }
}

#[cfg(all(test, target_os = "linux", not(miri)))]
#[path = "../../tests/support/emulated.rs"]
mod emulated;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mapped_is_zeroed_and_apart() {
        let numbers = map::<u64>(1_000).unwrap();
        let others = map::<u32>(3).unwrap();
        assert!(numbers.iter().all(|number| *number == 0) && *others == [0; 3]);
        numbers[999] = 7;
        others[0] = 5;
        assert_eq!((numbers[999], numbers[0], others[0]), (7, 0, 5));
    }

    #[test]
    #[cfg(all(target_os = "linux", not(miri)))]
    fn pages_stay_small_where_the_system_makes_large_ones() {
        // qemu takes no such advice.
        if emulated::is_emulated() || !std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            return;
        }
        let numbers = map::<u64>(1 << 19).unwrap();
        let at = numbers.as_ptr().addr();
        let text = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let holds_it = |line: &str| {
            let (start, rest) = line.split_once('-')?;
            let limit = usize::from_str_radix(rest.split_once(' ')?.0, 16).ok()?;
            Some((usize::from_str_radix(start, 16).ok()?..limit).contains(&at))
        };
        let mut own = text.lines().skip_while(|line| holds_it(line) != Some(true));
        let flags = own.find_map(|line| line.strip_prefix("VmFlags:")).unwrap();
        assert!(flags.split_whitespace().any(|flag| flag == "nh"), "{flags}");
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri maps what it is asked for")]
    fn too_much_and_nothing_are_refused() {
        assert!(map::<u64>(usize::MAX).is_none() && map::<u64>(0).is_none());
        assert!(map::<u64>(usize::MAX / 8 - 8_192).is_none());
    }
}
