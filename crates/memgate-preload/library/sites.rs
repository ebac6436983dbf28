//! The call stacks, by memgate's engine `sites`, where they are wanted.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::OnceLock;

use memgate::__private::CommandRecording;

static RECORDING: OnceLock<CommandRecording> = OnceLock::new();

thread_local! {
    // Constant and without a destructor, so that nothing is allocated for it.
    static IS_BUSY: Cell<bool> = const { Cell::new(false) };
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
    let result = does(recording);
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
