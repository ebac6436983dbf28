//! Whole commands of the user's, with a library in front of their `malloc` that counts.

#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux a command is run"))]
mod error;
#[cfg(target_os = "linux")]
mod executable;
#[cfg(target_os = "linux")]
mod folder;
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux a command is run"))]
mod request;
#[cfg(target_os = "linux")]
mod run;

pub(crate) use error::CommandError;
#[cfg(target_os = "linux")]
pub(crate) use executable::look_at_program;
#[cfg(target_os = "linux")]
pub(crate) use folder::CommandFolder;
pub(crate) use request::CommandRequest;
#[cfg(target_os = "linux")]
pub(crate) use run::{RanCommand, run_command};
