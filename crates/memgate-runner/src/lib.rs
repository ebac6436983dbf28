//! The tool of [memgate]: measures a project's memory benchmarks, holds them against committed baselines, and
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
//! Data flows one way: bench process → record → run → comparison → verdict → report → surface. [`compare`],
//! [`update`], [`report`], [`comment`], [`model`] and [`format`](mod@format) are pure; only [`cargo`], [`process`],
//! [`measure`], [`store`], `github` (behind the feature of that name), and the command line touch the world.

#![forbid(unsafe_code)]

pub mod acceptance;
pub mod actions;
pub mod attribution;
pub mod bisect;
#[cfg(test)]
mod bounds_tests;
pub mod cargo;
mod cli;
mod clock;
pub mod comment;
pub mod compare;
pub mod config;
mod console;
mod error;
pub mod exit;
pub mod explain;
pub mod export;
pub mod format;
pub mod git;
#[cfg(feature = "github")]
pub mod github;
pub mod history;
pub mod init;
pub mod measure;
pub mod model;
pub mod process;
pub mod render;
pub mod report;
pub mod revisions;
pub mod rules;
pub mod scaling;
pub mod selftest;
pub mod sites;
pub mod store;
pub mod symbols;
mod text;
pub mod times;
pub mod update;
pub mod verify;

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
