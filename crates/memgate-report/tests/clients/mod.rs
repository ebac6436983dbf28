//! The tools that read what is exported: how they are found, and how they are run.
//!
//! A tool that is not installed is skipped with a line on stderr; with the environment variable
//! `MEMGATE_REQUIRE_CLIENTS` it fails the test.

pub(crate) mod dhat_viewer;
mod programs;

pub(crate) use programs::*;
