//! The number of a thread's last error, which a program may look at after it has allocated.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
pub(crate) use platform::kept;

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
#[expect(unsafe_code, reason = "reads and writes the C library's number")]
mod platform {
    use std::ffi::c_int;

    unsafe extern "C" {
        fn __errno_location() -> *mut c_int;
    }

    /// Makes calls of the C library, and leaves the calling thread's last error as it was.
    pub(crate) fn kept<R>(calls: impl FnOnce() -> R) -> R {
        // SAFETY: always allowed.
        let place = unsafe { __errno_location() };
        // SAFETY: the calling thread's own number, which lives as long as the thread.
        let before = unsafe { place.read() };
        let result = calls();
        // SAFETY: as above.
        unsafe { place.write(before) };
        result
    }
}

/// Nothing that is asked there has an error.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
pub(crate) fn kept<R>(calls: impl FnOnce() -> R) -> R {
    calls()
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn calls_that_fail_leave_the_last_error() {
        let number = || std::io::Error::last_os_error().raw_os_error();
        assert!(std::fs::File::open("/nonexistent").is_err());
        let before = number();
        let inside = kept(|| {
            assert!(std::fs::read_dir("/dev/null").is_err());
            number()
        });
        assert_eq!(number(), before);
        assert_ne!(inside, before);
    }
}
