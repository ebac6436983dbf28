//! The shared source, compiled against criterion.

pub(crate) use ::criterion;

#[path = "shared_source.rs"]
pub(crate) mod shared_source;
