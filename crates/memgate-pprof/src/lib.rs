//! Writes profiles for pprof: `profile.proto`, as it is before compression.
//!
//! The format: <https://github.com/google/pprof/blob/main/proto/profile.proto>. What readers make of it beyond that was read in
//! their source; the places say so.
#![forbid(unsafe_code)]

mod builder;
mod protobuf;
mod strings;

pub use builder::{Line, Mapping, ProfileBuilder, Summary};
