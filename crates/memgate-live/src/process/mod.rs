//! What the kernel says of this process, and what its executables say of themselves. Read only, and within bounds.

mod bounded;
mod elf;
mod maps;
mod objects;
#[cfg(all(
    any(feature = "cpu", feature = "threads"),
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod tasks;

pub(crate) use bounded::{Bytes, read_bounded};
pub(crate) use elf::{Elf, build_id_of_file};
#[cfg(all(
    any(feature = "cpu", feature = "threads"),
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(crate) use objects::length_in_code;
pub(crate) use objects::{LoadedObject, find_object, loaded_objects};
#[cfg(all(
    any(feature = "cpu", feature = "threads"),
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(crate) use tasks::thread_ids;
