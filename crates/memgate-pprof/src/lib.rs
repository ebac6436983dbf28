//! Writes profiles for pprof: `profile.proto`, as it is before compression.
//!
//! The format: <https://github.com/google/pprof/blob/main/proto/profile.proto>. What readers make of it beyond that was read in
//! their source; the places say so.
#![forbid(unsafe_code)]

mod builder;
mod data;
mod messages;
mod protobuf;
mod stream;
mod strings;

pub use builder::ProfileBuilder;
pub use data::{Line, Mapping, Summary};
pub use stream::ProfileStream;
