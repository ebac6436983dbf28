//! The tool of [memgate](https://docs.rs/memgate): measures a project's memory benchmarks, compares them with committed baselines, and
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
//! # Features
//!
//! - `github`: the command `comment`, which puts reports on pull requests.
//! - `internals`: what memgate's own measurements need to see of the tool. It may change with any version.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "internals"),
    expect(
        unreachable_pub,
        unused_imports,
        reason = "`internals` shows it, to measurements that use all of it"
    )
)]

mod cargo;
mod ci;
mod cli;
mod clock;
mod command;
mod comment;
mod config;
mod console;
mod error;
pub mod exit;
mod git;
#[cfg(feature = "github")]
mod github;
mod init;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
mod measure;
mod process;
mod revisions;
mod session;
mod store;
mod symbols;
mod times;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the tool as from the command line, and gives the exit code for `main`.
///
/// `command` is how people call it, such as `cargo xtask memgate`: messages that name the next command use it.
/// `arguments` are the words after that.
pub fn run(command: &str, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    cli::run_program(command, arguments).into()
}
