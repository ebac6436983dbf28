//! Whole commands of the user's, with a library in front of their `malloc` that counts.

mod error;
#[cfg(target_os = "linux")]
mod executable;
#[cfg(target_os = "linux")]
mod folder;
#[cfg(target_os = "linux")]
mod recorded;
mod request;
#[cfg(target_os = "linux")]
mod run;

pub(crate) use error::CommandError;
#[cfg(not(target_os = "linux"))]
pub(crate) use request::measure_command;
pub(crate) use request::{CommandRequest, MeasuredCommand};
#[cfg(target_os = "linux")]
pub(crate) use run::measure_command;
