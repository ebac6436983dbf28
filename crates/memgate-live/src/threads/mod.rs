//! What each thread is, and where.

mod ask;
mod collect;
mod status;

pub(crate) use collect::{ThreadsError, collect};
