//! The shared source, compiled against the facade.

pub(crate) use ::memgate_criterion as criterion;

#[path = "shared_source.rs"]
pub(crate) mod shared_source;
