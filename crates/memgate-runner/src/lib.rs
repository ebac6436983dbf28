//! The tool of [memgate](https://docs.rs/memgate): measures a project's memory benchmarks, holds them against committed baselines, and
//! says what rose.
//!
//! It is a library so that a project can call it from its own xtask:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     // `cargo xtask memgate …`, with the first word taken off
//!     memgate_runner::run("cargo xtask memgate", std::env::args_os().skip(2))
//! }
//! ```
//!
//! What it knows without touching anything is in `memgate-report`. Here is what touches the world: cargo, processes, git, GitHub, the
//! file system, the command line.
//!
//! What is public besides [`run`] and [`exit`] is so for this repository's own measurements, and may change with any version.

#![forbid(unsafe_code)]

#[doc(hidden)]
pub mod cargo;
mod ci;
mod cli;
mod clock;
#[doc(hidden)]
pub mod comment;
mod config;
mod console;
mod error;
pub mod exit;
mod git;
#[cfg(feature = "github")]
mod github;
mod init;
#[doc(hidden)]
pub mod measure;
#[doc(hidden)]
pub mod process;
mod revisions;
mod session;
mod store;
#[doc(hidden)]
pub mod symbols;
mod times;

use std::ffi::OsString;
use std::process::ExitCode;

pub use error::Error;

/// Runs the tool as from the command line, and gives the exit code for `main`.
///
/// `command` is how people call it, such as `cargo xtask memgate`: messages that name the next command use it.
/// `arguments` are the words after that.
pub fn run(command: &str, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    cli::run_program(command, arguments).into()
}
