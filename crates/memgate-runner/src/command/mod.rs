//! Whole commands of the user's, with a library in front of their `malloc` that counts; elsewhere than on Linux, those that count by themselves.

mod error;
#[cfg_attr(not(target_os = "linux"), path = "executable_elsewhere.rs")]
mod executable;
mod folder;
#[cfg(target_os = "linux")]
mod libc;
#[cfg(target_os = "linux")]
mod prepared;
mod problems;
#[cfg(target_os = "linux")]
mod program_copies;
mod request;
mod run;

pub(crate) use error::CommandError;
#[cfg(target_os = "linux")]
pub(crate) use executable::find_program;
#[cfg(target_os = "linux")]
pub(crate) use folder::{CommandFolder, has_usual_place};
#[cfg(target_os = "linux")]
pub(crate) use libc::libc_version;
pub(crate) use problems::problems;
#[cfg(target_os = "linux")]
pub(crate) use program_copies::ProgramCopies;
pub(crate) use request::CommandRequest;
#[cfg(target_os = "linux")]
pub(crate) use request::Preparation;
pub(crate) use request::Surroundings;
pub(crate) use run::{RanCommand, run_command};
