//! What the kernel says of this process, and what its executables say of themselves. Read only, and within bounds.

mod bounded;
mod elf;
mod maps;
mod objects;
#[cfg(any(feature = "cpu", feature = "threads"))]
mod tasks;

pub(crate) use bounded::{Bytes, read_bounded};
pub(crate) use elf::{Elf, build_id_of_file};
#[cfg(any(feature = "cpu", feature = "threads"))]
pub(crate) use objects::length_in_code;
pub(crate) use objects::{LoadedObject, find_object, loaded_objects};
#[cfg(any(feature = "cpu", feature = "threads"))]
pub(crate) use tasks::thread_ids;
