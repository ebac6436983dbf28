//! The file in which the processes of a command say what they did with the heap.
//!
//! The tool makes the file, as long as it can become, of zeroes that take no room on the disk. Each process maps it into its
//! memory, takes the next slot, and counts there. So the numbers are in the file however a process ends, a child that was forked has the
//! mapping already, and nobody has to be asked for anything.
//!
//! It is no format of files that are kept. But what is linked into a program may be older or newer than the tool, and looks at the version
//! before it writes anything.

mod data;
mod error;
mod layout;
mod read;
mod slot;
#[cfg(test)]
mod tests;

pub use data::{Announcement, ProcessEntry, ProcessNumbers, ProcessTable};
pub use error::ProcessTableError;
pub use layout::{
    ALLOCATOR_OF_ITS_OWN, BECAME_ANOTHER, CALL_SITES, CAPTURE_EXTENSION, ENDED, EXECUTABLE_BYTES, FORKED,
    KIND_ANNOUNCED, KIND_NOT_BEGUN, KIND_PROCESS, KIND_WITHDRAWN, LIBRARY_FILE, LINKED, MAGIC, MOST_SLOTS,
    SLOT_BYTES, TABLE_BYTES, TABLE_FILE, TABLE_VARIABLE, TABLE_VERSION, UNCOUNTED_BLOCKS, WORD_BYTES,
    WORDS_BYTES, header, new_header, word,
};
pub use slot::Slot;
