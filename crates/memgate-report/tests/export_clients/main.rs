//! Exported profiles in the tools that they are for.
//!
//! A tool that is not installed is skipped with a line on stderr; with the environment variable
//! `MEMGATE_REQUIRE_CLIENTS` it fails the test.

#[path = "../clients/mod.rs"]
mod clients;
mod dhat;
mod flame_graph;
mod folded;
mod pprof;
mod profile;
mod prometheus;
