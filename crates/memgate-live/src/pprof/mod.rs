//! A heap's profile in the formats that pprof reads.

mod binary;
mod comments;
mod kind;
mod text;

pub(crate) use binary::{binary, without_addresses};
pub(crate) use comments::Taken;
pub(crate) use kind::HeapKind;
pub(crate) use text::text;
