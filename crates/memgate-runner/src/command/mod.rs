//! Whole commands of the user's, with a library in front of their `malloc` that counts.

mod error;
#[cfg(target_os = "linux")]
mod executable;
#[cfg(target_os = "linux")]
mod folder;
#[cfg(target_os = "linux")]
mod libc;
#[cfg(target_os = "linux")]
mod prepared;
#[cfg(target_os = "linux")]
mod problems;
#[cfg(target_os = "linux")]
mod program_copies;
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux a command is run"))]
mod request;
#[cfg(target_os = "linux")]
mod run;

pub(crate) use error::CommandError;
#[cfg(target_os = "linux")]
pub(crate) use executable::find_program;
#[cfg(target_os = "linux")]
pub(crate) use folder::{CommandFolder, has_usual_place};
#[cfg(target_os = "linux")]
pub(crate) use libc::libc_version;
#[cfg(target_os = "linux")]
pub(crate) use problems::problems;
#[cfg(target_os = "linux")]
pub(crate) use program_copies::ProgramCopies;
pub(crate) use request::CommandRequest;
#[cfg(target_os = "linux")]
pub(crate) use request::Preparation;
pub(crate) use request::Surroundings;
#[cfg(target_os = "linux")]
pub(crate) use run::{RanCommand, run_command};
