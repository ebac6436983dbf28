//! The call stacks, by memgate's engine `sites`, where they are wanted.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::OnceLock;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

use memgate::__private::CommandRecording;

static RECORDING: OnceLock<CommandRecording> = OnceLock::new();

thread_local! {
    // Constant and without a destructor, so that nothing is allocated for it.
    static IS_BUSY: Cell<bool> = const { Cell::new(false) };
    static IS_ALLOCATING: Cell<bool> = const { Cell::new(false) };
}

/// Says, while it is there, that the calling thread may hold a lock of the recording's or of the allocator's behind ours: a signal's
/// handler, which may end the program by POSIX, then has to do so without either.
pub(crate) struct Allocating {
    was_before: bool,
}

impl Allocating {
    #[inline(always)]
    pub(crate) fn begin() -> Self {
        let was_before = IS_ALLOCATING.replace(true);
        compiler_fence(SeqCst);
        Self { was_before }
    }
}

impl Drop for Allocating {
    #[inline(always)]
    fn drop(&mut self) {
        compiler_fence(SeqCst);
        IS_ALLOCATING.set(self.was_before);
    }
}

/// Whether the calling thread is a handler that has interrupted an allocation, or the recording itself.
pub(crate) fn has_interrupted() -> bool {
    IS_ALLOCATING.get() || is_busy()
}

/// Begins to record, in no more than so many bytes of addresses.
pub(crate) fn begin(most_bytes: usize) {
    if let Some(recording) = CommandRecording::begin(most_bytes) {
        // What is set already goes on.
        let _ = RECORDING.set(recording);
    }
}

/// Begins anew, in the child of a fork.
///
/// # Safety
/// As [`CommandRecording::begin_again_in_fork`].
pub(crate) unsafe fn begin_again_in_fork() {
    if let Some(recording) = RECORDING.get() {
        // SAFETY: our caller says so.
        unsafe { recording.begin_again_in_fork() };
    }
}

/// Whether it is the recording itself that calls.
#[inline(always)]
pub(crate) fn is_busy() -> bool {
    RECORDING.get().is_some() && IS_BUSY.get()
}

/// Does something with the recording, if there is one. What it allocates is not counted.
#[inline(always)]
pub(crate) fn with<R>(does: impl FnOnce(&CommandRecording) -> R) -> Option<R> {
    let recording = RECORDING.get()?;
    IS_BUSY.set(true);
    compiler_fence(SeqCst);
    let result = does(recording);
    compiler_fence(SeqCst);
    IS_BUSY.set(false);
    Some(result)
}

/// A block was allocated by the stack whose innermost frame record is at `frame`.
#[inline(always)]
pub(crate) fn on_alloc(frame: u64, block: *mut c_void, size: usize) {
    with(|recording| recording.on_alloc(frame, block.cast(), size));
}

/// A block is about to be freed.
#[inline(always)]
pub(crate) fn on_dealloc(block: *mut c_void, size: usize) {
    with(|recording| recording.on_dealloc(block.cast(), size));
}
