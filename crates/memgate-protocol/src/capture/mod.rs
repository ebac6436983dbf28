//! The file in which a process leaves the call stacks that the engine `sites` recorded.
//!
//! Raw addresses, since symbols are looked up by the tool: a line of JSON that says what follows, then little-endian
//! integers, then a mark by which a file that was cut short is told. docs/FORMAT.md describes every field.

#[cfg(any(feature = "asking", test))]
mod body;
mod data;
#[cfg(any(feature = "asking", test))]
mod error;
mod file;
mod header;
pub mod node;
#[cfg(any(feature = "asking", test))]
mod read;
#[cfg(test)]
mod tests;

pub use data::{Capture, CapturedRow, CapturedWindow, MappedModule, StackNode, WindowKind};
#[cfg(any(feature = "asking", test))]
pub use error::CaptureError;
pub use header::CAPTURE_SCHEMA;
#[cfg(test)]
pub(crate) use header::Header;
