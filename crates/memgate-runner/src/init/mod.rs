//! What setting a project up would write: the project and some choices to a plan of file changes.
//!
//! [`plan`] is pure. [`discover`] reads the project, and `write_plan` is alone in changing it.

mod alias;
mod bench_target;
mod checkout;
mod choices;
mod dependency;
mod diff;
mod discover;
mod draft;
mod error;
mod facade;
mod file_plan;
mod first_call;
mod found;
mod line_ends;
mod manifest;
mod members;
mod ownership;
mod plan;
mod relative;
mod render;
mod stand_in;
mod workflows;
mod write;
mod xtask;

#[cfg(test)]
mod tests;

pub(crate) use choices::{Choices, Source};
pub(crate) use discover::{DiscoverOptions, discover};
pub(crate) use error::InitError;
pub(crate) use error::WriteError;
pub(crate) use file_plan::Action;

pub(crate) use plan::plan;
pub(crate) use render::{next_steps, render_plan};

pub(crate) use checkout::checkout;
pub(crate) use write::write_plan;
