//! What [memgate](https://docs.rs/memgate)'s tool knows without touching anything: the words, the files as text, the rules, the
//! comparison, the report, and every rendering of it.
//!
//! Data flows one way, and so do types: run → comparison → verdict → report → rendering. What a room imports lies below it. Nothing
//! here starts a process, reads a file, asks a clock, or knows a network: functions take data and return data. `memgate-runner` has
//! what touches the world.
//!
//! # Features
//!
//! - `tool`, on by default: everything but comparing, rendering and the comment, with the rooms that these need.

#![forbid(unsafe_code)]

#[cfg(feature = "tool")]
pub mod acceptance;
pub mod attribution;
#[cfg(feature = "tool")]
pub mod bisect;
#[cfg(all(test, feature = "tool"))]
mod bounds_tests;
pub mod causes;
#[cfg(feature = "tool")]
pub mod command;
pub mod comment;
pub mod compare;
pub mod config;
#[cfg(feature = "tool")]
pub mod explain;
#[cfg(feature = "tool")]
pub mod export;
pub mod format;
#[cfg(feature = "tool")]
pub mod history;
pub mod model;
pub mod renames;
pub mod render;
pub mod report;
pub mod rules;
#[cfg(any(test, feature = "samples"))]
#[doc(hidden)]
pub mod samples;
pub mod scaling;
#[cfg(feature = "tool")]
pub mod selftest;
pub mod sites;
pub mod text;
#[cfg(feature = "tool")]
pub mod update;
#[cfg(feature = "tool")]
pub mod verify;
