//! Symbols for recorded addresses: reads executables and their debug information.

mod calls;
mod error;
mod frames;
mod object_file;
mod origin;
mod symbolizer;

pub use error::SymbolError;
pub use origin::{SourceRoots, origin_of, shown_file};
pub use symbolizer::{Symbolized, Symbolizer};
