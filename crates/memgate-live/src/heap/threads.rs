//! The end of threads.
//!
//! By a key of the C library; on Windows by a slot of fiber-local storage, whose callback the system calls for threads, too
//! (<https://learn.microsoft.com/en-us/windows/win32/api/fibersapi/nf-fibersapi-flsalloc>). A thread-local of std's that has a destructor was rejected: std aborts the process when one is
//! registered from within an allocation that std makes to register another.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Something that is to be called when a thread ends.
#[derive(Debug)]
pub(super) struct AtEnd {
    /// One more than the key; zero for none.
    key: AtomicUsize,
}

impl AtEnd {
    pub(super) const fn new() -> Self {
        Self { key: AtomicUsize::new(0) }
    }
}

#[cfg(unix)]
mod platform {
    use std::ffi::{c_int, c_void};

    use super::{AtEnd, Ordering};

    /// The key's type: an unsigned integer of 32 bits on Linux, and of the size of a pointer on Apple's systems.
    #[cfg(not(target_vendor = "apple"))]
    type Key = u32;
    #[cfg(target_vendor = "apple")]
    type Key = usize;

    unsafe extern "C" {
        fn pthread_key_create(key: *mut Key, destructor: Option<extern "system" fn(*mut c_void)>) -> c_int;
        #[cfg(all(target_os = "linux", not(miri)))]
        fn pthread_key_delete(key: Key) -> c_int;
        fn pthread_setspecific(key: Key, value: *const c_void) -> c_int;
    }

    impl AtEnd {
        /// Has `handler` called at the end of every thread that asks for it, with what it asked with.
        ///
        /// # Safety
        /// The handler may do only what is allowed while a thread ends, and must not unwind.
        pub(in super::super) unsafe fn watch(&self, handler: extern "system" fn(*mut c_void)) {
            let mut key = 0;
            // SAFETY: there is a place for the key. The handler is a function of this program or library; when a library is
            // unloaded, `forget` is called before.
            if unsafe { pthread_key_create(&raw mut key, Some(handler)) } == 0 {
                self.key.store(key as usize + 1, Ordering::Release);
            }
        }

        /// Asks for it, for the calling thread. Without a key nobody is told.
        pub(in super::super) fn tell(&self, value: *const c_void) {
            if let Some(key) = self.key.load(Ordering::Acquire).checked_sub(1) {
                // SAFETY: the key was created; when it has been deleted meanwhile, the C library says so by an error. It may
                // allocate for keys beyond the first 32, from its own allocator.
                let _ = unsafe { pthread_setspecific(key as Key, value) };
            }
        }

        #[cfg(all(target_os = "linux", not(miri)))]
        /// Calls no handler any more.
        pub(in super::super) fn forget(&self) {
            if let Some(key) = self.key.swap(0, Ordering::AcqRel).checked_sub(1) {
                // SAFETY: the key was created, and is deleted once.
                let _ = unsafe { pthread_key_delete(key as Key) };
            }
        }
    }
}

#[cfg(windows)]
mod platform {
    use std::ffi::c_void;

    use super::{AtEnd, Ordering};

    const OUT_OF_INDEXES: u32 = u32::MAX;

    unsafe extern "system" {
        fn FlsAlloc(callback: Option<extern "system" fn(*mut c_void)>) -> u32;
        fn FlsSetValue(index: u32, value: *const c_void) -> i32;
    }

    impl AtEnd {
        /// Has `handler` called at the end of every thread that asks for it, with what it asked with.
        ///
        /// # Safety
        /// The handler may do only what is allowed while a thread ends, and must not unwind.
        pub(in super::super) unsafe fn watch(&self, handler: extern "system" fn(*mut c_void)) {
            // SAFETY: the handler is a function of this program, and the system calls it as it is declared.
            let index = unsafe { FlsAlloc(Some(handler)) };
            if index != OUT_OF_INDEXES {
                self.key.store(index as usize + 1, Ordering::Release);
            }
        }

        /// Asks for it, for the calling thread. Without an index nobody is told.
        pub(in super::super) fn tell(&self, value: *const c_void) {
            if let Some(index) = self.key.load(Ordering::Acquire).checked_sub(1) {
                // SAFETY: the index was allocated. The system may take memory for it from the process's heap, and not through us.
                let _ = unsafe { FlsSetValue(index as u32, value) };
            }
        }
    }
}

#[cfg(not(any(unix, windows)))]
mod platform {
    use std::ffi::c_void;

    use super::{AtEnd, Ordering};

    impl AtEnd {
        /// Nobody tells of the end of threads: a slot is used once.
        ///
        /// # Safety
        /// Nothing is asked.
        pub(in super::super) unsafe fn watch(&self, _: extern "system" fn(*mut c_void)) {
            self.key.store(0, Ordering::Release);
        }

        pub(in super::super) fn tell(&self, _: *const c_void) {}
    }
}
