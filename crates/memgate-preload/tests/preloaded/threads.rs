//! What this executable does when it is a program of several threads.

use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::process::ExitCode;
use std::ptr::null_mut;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn pthread_self() -> usize;
    fn pthread_getattr_np(thread: usize, attributes: *mut [u64; 16]) -> c_int;
    fn pthread_create(
        thread: *mut usize,
        attributes: *const c_void,
        start: extern "C" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> c_int;
    fn pthread_join(thread: usize, result: *mut *mut c_void) -> c_int;
    fn dl_iterate_phdr(
        visit: extern "C" fn(*const [usize; 7], usize, *mut usize) -> c_int,
        data: *mut usize,
    ) -> c_int;
}

/// Eight threads at a time, thirty times, that end at once: each a hundred blocks of fifty bytes.
pub(crate) fn many() {
    for _ in 0..30 {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        // SAFETY: any size is allowed, and the block is live.
                        unsafe { free(black_box(malloc(50))) };
                    }
                });
            }
        });
    }
}

/// The C library allocates where it is asked for a thread's stack, with a lock held.
pub(crate) fn first_in_a_thread() {
    extern "C" fn ask(_: *mut c_void) -> *mut c_void {
        let mut attributes = [0_u64; 16];
        // SAFETY: of the calling thread, and there is room for the attributes.
        assert_eq!(unsafe { pthread_getattr_np(pthread_self(), &raw mut attributes) }, 0);
        null_mut()
    }
    run(ask);
}

/// Runs one thread that does nothing, and ends with the number of modules that have thread-locals.
pub(crate) fn counts_modules() -> ExitCode {
    extern "C" fn do_nothing(_: *mut c_void) -> *mut c_void {
        null_mut()
    }
    extern "C" fn visit(module: *const [usize; 7], _: usize, most: *mut usize) -> c_int {
        // SAFETY: what the loader says of a module, the number among its thread-locals last; and our own number.
        unsafe { *most = (*most).max((*module)[6]) };
        0
    }
    run(do_nothing);
    let mut most = 0;
    // SAFETY: the function takes what it is given.
    unsafe { dl_iterate_phdr(visit, &raw mut most) };
    u8::try_from(most).unwrap().into()
}

fn run(start: extern "C" fn(*mut c_void) -> *mut c_void) {
    let mut thread = 0;
    // SAFETY: there is a place for the thread, and the function takes what it is given.
    let created = unsafe { pthread_create(&raw mut thread, std::ptr::null(), start, null_mut()) };
    assert_eq!(created, 0);
    // SAFETY: created, and joined once.
    assert_eq!(unsafe { pthread_join(thread, null_mut()) }, 0);
}
