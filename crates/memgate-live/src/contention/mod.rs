//! Waits for locks, by call stack: who waited, and who let others wait.

mod clock;
mod rows;
mod table;
mod waiters;

pub(crate) use table::{Waiting, charge, released, releases, waits};
pub(crate) use waiters::Waiters;
