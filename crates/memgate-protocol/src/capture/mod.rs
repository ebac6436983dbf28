//! The file in which a process leaves the call stacks that the engine `sites` recorded.
//!
//! Raw addresses, since symbols are looked up by the tool: a line of JSON that says what follows, then little-endian
//! integers, then a mark by which a file that was cut short is told. docs/FORMAT.md describes every field.

mod body;
mod data;
mod error;
mod file;
mod header;
pub mod node;
#[cfg(test)]
mod tests;

pub use data::{Capture, CapturedRow, CapturedWindow, MappedModule, StackNode, WindowKind};
pub use error::{CAPTURE_SCHEMA, CaptureError};
#[cfg(test)]
pub(crate) use header::Header;
