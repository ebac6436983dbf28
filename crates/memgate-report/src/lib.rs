//! What [memgate](https://docs.rs/memgate)'s tool knows without touching anything: the words, the files as text, the rules, the
//! comparison, the report, and every rendering of it.
//!
//! Data flows one way, and so do types: run → comparison → verdict → report → rendering. What a room imports lies below it. Nothing
//! here starts a process, reads a file, asks a clock, or knows a network: functions take data and return data. `memgate-runner` has
//! what touches the world.

#![forbid(unsafe_code)]

pub mod acceptance;
pub mod attribution;
pub mod bisect;
#[cfg(test)]
mod bounds_tests;
pub mod causes;
pub mod comment;
pub mod compare;
pub mod config;
pub mod explain;
pub mod export;
pub mod format;
pub mod history;
pub mod model;
pub mod render;
pub mod report;
pub mod rules;
#[cfg(any(test, feature = "samples"))]
#[doc(hidden)]
pub mod samples;
pub mod scaling;
pub mod selftest;
pub mod sites;
pub mod text;
pub mod update;
pub mod verify;
