//! Profiles in the formats that pprof reads.

mod binary;
mod comments;
mod kind;
mod no_stack;
mod samples;
mod stack_kind;
mod stacks;
mod text;
mod threads;

pub(crate) use binary::{binary, write_profile};
pub(crate) use comments::Taken;
pub(crate) use kind::HeapKind;
pub(crate) use no_stack::without_addresses;
pub(crate) use samples::LocationIds;
pub(crate) use stack_kind::StackKind;
pub(crate) use stacks::{stacks_binary, stacks_text};
pub(crate) use text::text;
pub(crate) use threads::threads_text;
