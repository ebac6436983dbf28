//! Probes for profilers outside of the process, as OpenTelemetry's memory profiling names them: `otel_memory:alloc` with the address, the size and
//! what the sample stands for, and `otel_memory:free` with the address.
//!
//! A probe is an instruction that does nothing, and a note in the program's file (`.note.stapsdt`, as SystemTap's `sys/sdt.h` writes it) that says where it
//! is and in which registers its arguments are. Who listens raises the probe's semaphore, so that nobody pays for arguments otherwise.

use std::arch::asm;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

/// How many listen to each probe; tracers write it.
#[used]
// SAFETY: the section is of plain data, and nothing else of this program knows its name.
#[unsafe(link_section = ".probes")]
static ALLOC_SEMAPHORE: AtomicU16 = AtomicU16::new(0);
#[used]
// SAFETY: as above.
#[unsafe(link_section = ".probes")]
static FREE_SEMAPHORE: AtomicU16 = AtomicU16::new(0);

/// The probe's instruction and its note; `$arguments` are sizes and registers, as the note has them.
macro_rules! probe {
    ($name:literal, $semaphore:ident, $arguments:literal, $($operand:ident = $value:expr),+) => {
        asm!(
            "990: nop",
            ".pushsection .note.stapsdt, \"?\", \"note\"",
            ".balign 4",
            ".4byte 992f-991f, 994f-993f, 3",
            "991: .asciz \"stapsdt\"",
            "992: .balign 4",
            "993: .8byte 990b",
            ".8byte _.stapsdt.base",
            ".8byte {semaphore}",
            ".asciz \"otel_memory\"",
            concat!(".asciz \"", $name, "\""),
            concat!(".asciz \"", $arguments, "\""),
            "994: .balign 4",
            ".popsection",
            // By which tools find out how far what the note says was moved when it was loaded; kept, though no code refers to it.
            ".ifndef _.stapsdt.base",
            ".pushsection .stapsdt.base, \"aGR\", \"progbits\", .stapsdt.base, comdat",
            ".weak _.stapsdt.base",
            ".hidden _.stapsdt.base",
            "_.stapsdt.base: .space 1",
            ".size _.stapsdt.base, 1",
            ".popsection",
            ".endif",
            semaphore = sym $semaphore,
            $($operand = in(reg) $value,)+
            options(nostack, preserves_flags)
        )
    };
}

/// A block was sampled, and stands for so many bytes.
#[inline]
pub(super) fn allocated(address: u64, size_bytes: u64, weighted_bytes: u64) {
    if ALLOC_SEMAPHORE.load(Relaxed) == 0 {
        return;
    }
    // SAFETY: an instruction that does nothing; the rest is written to sections that aren't code.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        probe!(
            "alloc",
            ALLOC_SEMAPHORE,
            "8@%{address} 8@%{size} 8@%{weighted}",
            address = address,
            size = size_bytes,
            weighted = weighted_bytes
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        probe!(
            "alloc",
            ALLOC_SEMAPHORE,
            "8@{address} 8@{size} 8@{weighted}",
            address = address,
            size = size_bytes,
            weighted = weighted_bytes
        );
    }
}

/// A block that was sampled is about to be freed.
#[inline]
pub(super) fn freed(address: u64) {
    if FREE_SEMAPHORE.load(Relaxed) == 0 {
        return;
    }
    // SAFETY: as above.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        probe!("free", FREE_SEMAPHORE, "8@%{address}", address = address);
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        probe!("free", FREE_SEMAPHORE, "8@{address}", address = address);
    }
}
