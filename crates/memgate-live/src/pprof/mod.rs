//! A heap's profile in the formats that pprof reads.

mod binary;
mod comments;
mod kind;
mod no_stack;
mod samples;
mod text;

pub(crate) use binary::{binary, write_profile};
pub(crate) use comments::Taken;
pub(crate) use kind::HeapKind;
pub(crate) use no_stack::without_addresses;
pub(crate) use samples::LocationIds;
pub(crate) use text::text;
