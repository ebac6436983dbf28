//! Holds the order of this repository's sources: which room may import which, that files import each other in no circle, how long
//! a file is, and that `mod.rs` and `lib.rs` only list.
//!
//! What is held is in [`house`], once; `tests/workspace.rs` holds it. What is compiled for tests alone is held to none of it: a test
//! may well look at its room from above.

#![forbid(unsafe_code)]

mod check;
mod circles;
pub mod house;
mod module;
mod package;
mod resolve;
#[cfg(test)]
mod tests;
mod tokens;

pub use check::{Problem, check_package, is_too_long};
pub use package::{Package, ParseError};
