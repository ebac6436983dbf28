//! A heap's profile in the formats that pprof reads.

mod binary;
mod comments;
mod kind;
mod no_stack;
mod text;

pub(crate) use binary::binary;
pub(crate) use comments::Taken;
pub(crate) use kind::HeapKind;
pub(crate) use no_stack::without_addresses;
pub(crate) use text::text;
