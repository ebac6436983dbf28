//! The platform's own means: unwind tables, and the bounds of a thread's stack.

pub(crate) use platform::{addresses, stack_bounds};

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
#[expect(unsafe_code, reason = "calls the platform's unwinder and asks for the bounds of a thread's stack")]
mod platform {
    use std::ffi::{c_int, c_void};

    /// The state of an unwinding; only ever handed back to the unwinder.
    #[repr(C)]
    struct Context {
        _private: [u8; 0],
    }

    type Trace = extern "C" fn(context: *mut Context, argument: *mut c_void) -> c_int;

    /// "Go on", and any other answer that ends the walk; from the Itanium C++ ABI, level I.
    const GO_ON: c_int = 0;
    const STOP: c_int = 4;

    /// At least as large and aligned as `pthread_attr_t` of glibc and musl on 64-bit platforms (56 and 64 bytes).
    #[repr(C, align(16))]
    struct ThreadAttributes([u64; 16]);

    // Declared here rather than taken from the crate libc, since std links both libraries anyway.
    unsafe extern "C" {
        fn _Unwind_Backtrace(trace: Trace, argument: *mut c_void) -> c_int;
        fn _Unwind_GetIP(context: *mut Context) -> usize;
        fn _Unwind_GetCFA(context: *mut Context) -> usize;
        fn pthread_self() -> usize;
        fn pthread_getattr_np(thread: usize, attributes: *mut ThreadAttributes) -> c_int;
        fn pthread_attr_getstack(
            attributes: *const ThreadAttributes,
            start: *mut *mut c_void,
            size: *mut usize,
        ) -> c_int;
        fn pthread_attr_destroy(attributes: *mut ThreadAttributes) -> c_int;
    }

    /// Hands the return addresses of the calling thread's stack to `each`, from the inner end, with the frame's address as the
    /// tables have it, until it says no.
    pub(crate) fn addresses(each: impl FnMut(u64, u64) -> bool) {
        struct Walk<F> {
            each: F,
        }

        extern "C" fn step<F: FnMut(u64, u64) -> bool>(
            context: *mut Context,
            argument: *mut c_void,
        ) -> c_int {
            // SAFETY: the unwinder hands on the argument that `_Unwind_Backtrace` was called with below: a `Walk<F>` that
            // lives until that call returns, and to which nobody else has a reference meanwhile.
            let walk = unsafe { &mut *argument.cast::<Walk<F>>() };
            // SAFETY: `context` is the one that the unwinder has just handed to us.
            let address = unsafe { _Unwind_GetIP(context) };
            // SAFETY: as above.
            let frame = unsafe { _Unwind_GetCFA(context) };
            if address != 0 && (walk.each)(address as u64, frame as u64) { GO_ON } else { STOP }
        }

        fn step_of<F: FnMut(u64, u64) -> bool>(_: &Walk<F>) -> Trace {
            step::<F>
        }

        let mut walk = Walk { each };
        let trace = step_of(&walk);
        // SAFETY: `trace` is made for the type of `walk`, which outlives the call, and does not unwind.
        unsafe { _Unwind_Backtrace(trace, (&raw mut walk).cast()) };
    }

    /// The lowest address of the calling thread's stack, and the one after the highest.
    pub(crate) fn stack_bounds() -> Option<(u64, u64)> {
        let mut attributes = ThreadAttributes([0; 16]);
        // SAFETY: always allowed.
        let thread = unsafe { pthread_self() };
        // SAFETY: the thread is the one that runs, and there is room for the attributes, which the call initialises.
        if unsafe { pthread_getattr_np(thread, &raw mut attributes) } != 0 {
            return None;
        }
        let (mut start, mut size) = (std::ptr::null_mut(), 0_usize);
        // SAFETY: the attributes have been initialised, and both results have a place.
        let result = unsafe { pthread_attr_getstack(&raw const attributes, &raw mut start, &raw mut size) };
        // SAFETY: initialised, and not used after this.
        unsafe { pthread_attr_destroy(&raw mut attributes) };
        let low = start.addr() as u64;
        (result == 0 && size > 0).then(|| (low, low.saturating_add(size as u64)))
    }
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
mod platform {
    pub(crate) fn addresses(_: impl FnMut(u64, u64) -> bool) {}

    pub(crate) fn stack_bounds() -> Option<(u64, u64)> {
        None
    }
}
