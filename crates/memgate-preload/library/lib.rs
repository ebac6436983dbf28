//! The library that is preloaded into the programs of a command, and counts what they do with the heap.
//!
//! It has the C library's functions for memory, and hands each call on to those that come after it. What a call did is added to a
//! slot in a file that all processes of the command and the tool share; see `memgate_protocol::process_table`.
//!
//! ```text
//! exports      malloc, calloc, realloc, … as programs call them
//!   glibc_names  the same by the names that glibc has for them besides
//!   attach     once for each process, fork or program: a slot of the table
//!   real       the functions behind ours
//!   block      how large a block was asked to be
//!   marks      a byte for every block
//!   loader     what the loader allocates for the library itself
//!   count      the counters of the slot
//!   sites      the call stacks, by memgate's engine, where they are wanted
//! programs     exec, posix_spawn, system and popen, which are announced, and the end of a process
//!   listed     those of them whose arguments have no fixed number
//!   signal     what the library must not cause
//! mapping      mmap and munmap, for what a program takes around the allocator
//! ```
//!
//! # What holds everywhere
//! - Nothing fails because it is watched: where there is no table, no slot or no memory, calls are handed on, and the tool says that
//!   the program was not seen.
//! - What the library does itself is not counted.
//! - Nothing is written to the program's files, and no signal of the program's is handled here.
#![expect(
    unsafe_code,
    reason = "stands between a program and the C library's functions, which know nothing of safety"
)]
#![expect(unreachable_pub, reason = "programs reach the functions by their names")]

mod attach;
mod block;
mod bootstrap;
mod c;
mod count;
mod exports;
mod finish;
mod glibc_names;
mod listed;
mod loader;
mod mapping;
mod marks;
mod programs;
mod real;
mod resident;
mod signal;
mod sites;
