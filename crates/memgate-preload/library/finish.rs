//! The end of a process, or of a program in it.

use std::ffi::{OsStr, c_int};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::Ordering::Relaxed;

use memgate_protocol::process_table::{BECAME_ANOTHER, CAPTURE_EXTENSION, ENDED, word};

use crate::attach::{self, beside_library};
use crate::c;
use crate::real::{self, real};
use crate::resident;
use crate::signal::{self, SIGXFSZ};
use crate::sites;
use memgate_protocol::process_table::Slot;

/// Says that the program has ended, and writes its call sites, unless a signal's handler ends it in the middle of an allocation: that takes
/// locks, and allocates. Does nothing in a child that has its parent's memory, or that has not called anything yet.
pub(crate) fn finish() -> Option<&'static Slot> {
    // SAFETY: always allowed.
    let process = unsafe { c::getpid() } as u64;
    let slot = attach::slot_if_taken().filter(|slot| slot.word(word::PROCESS).load(Relaxed) == process)?;
    if !sites::has_interrupted() {
        c::keeping_errno(|| write_sites(slot));
    }
    if let Some(bytes) = resident::peak_bytes() {
        slot.word(word::RESIDENT_PEAK_BYTES).fetch_max(bytes, Relaxed);
    }
    slot.word(word::FLAGS).fetch_or(ENDED, Relaxed);
    Some(slot)
}

/// Writes the call sites, if there are any. What could not be written is missed by the tool.
fn write_sites(slot: &Slot) -> Option<()> {
    let number = attach::number(slot)?;
    sites::with(|recording| {
        let mut name = [0_u8; 32];
        let mut rest = name.as_mut_slice();
        write!(rest, "{number}.{CAPTURE_EXTENSION}").ok()?;
        let left = rest.len();
        let path = beside_library(name.get(..name.len() - left)?)?;
        let path = path.split(|byte| *byte == 0).next()?;
        signal::without(SIGXFSZ, || recording.write(OsStr::from_bytes(path).as_ref())).ok()
    })?
}

/// The same of a program that is about to become another one.
pub(crate) fn finish_for_another() -> Option<&'static Slot> {
    let slot = finish()?;
    slot.word(word::FLAGS).fetch_or(BECAME_ANOTHER, Relaxed);
    Some(slot)
}

/// Says that the program goes on after all.
pub(crate) fn go_on(slot: Option<&Slot>) {
    if let Some(slot) = slot {
        slot.word(word::FLAGS).fetch_and(!(ENDED | BECAME_ANOTHER), Relaxed);
    }
}

fn end(status: c_int, how: impl FnOnce(&real::Real) -> real::Exit) -> ! {
    finish();
    real::find();
    match real() {
        // SAFETY: any status is allowed, and what is left undone is our caller's business.
        Some(real) => unsafe { how(real)(status) },
        None => std::process::abort(),
    }
}

/// # Safety
/// As _exit(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _exit(status: c_int) -> ! {
    end(status, |real| real.exit)
}

/// # Safety
/// As _Exit(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _Exit(status: c_int) -> ! {
    end(status, |real| real.exit)
}

/// # Safety
/// As quick_exit(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quick_exit(status: c_int) -> ! {
    end(status, |real| real.quick_exit)
}

extern "C" fn at_end() {
    finish();
}

#[used]
#[unsafe(link_section = ".fini_array")]
static AT_END: extern "C" fn() = at_end;
