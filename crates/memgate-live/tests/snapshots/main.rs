//! Snapshots of real processes: until they are killed, with every fault on the way, and with a full disk.

#![cfg(unix)]

#[path = "../support/built.rs"]
mod built;
#[path = "../endpoint/decode.rs"]
mod decode;
#[path = "../support/emulated.rs"]
mod emulated;
mod faults;
mod files;
mod killed;
// It is about many stacks.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod memory;
#[path = "../../../memgate-report/tests/clients/programs.rs"]
#[expect(dead_code, reason = "other packages' tests need the rest")]
mod programs;
mod service;
mod this_process;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();
