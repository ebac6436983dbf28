//! Cargo and the compiler, as programs.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{Error, Metadata, MetadataCommand};

use super::CargoError;
use crate::process::ask;

/// The cargo that runs us, or the one on the path.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What `cargo metadata` says.
///
/// # Errors
/// When cargo can't be started, does not find a workspace or can't resolve its dependencies, or can't be understood.
pub(crate) fn metadata(command: &MetadataCommand) -> Result<Metadata, CargoError> {
    let failed = |problem: &dyn std::fmt::Display| CargoError::Metadata(problem.to_string());
    let start = |problem| CargoError::Start { program: "cargo".to_owned(), problem };
    let output = ask(command.cargo_command()).map_err(start)?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(CargoError::Metadata(words.trim_start_matches("error: ").trim_end().to_owned()));
    }
    // A program in cargo's place may say something of its own before.
    let text = String::from_utf8_lossy(&output.stdout);
    let json = text.lines().find(|line| line.starts_with('{')).ok_or_else(|| failed(&Error::NoJson))?;
    MetadataCommand::parse(json).map_err(|error| failed(&error))
}

pub(super) fn rustc_says(
    rustc: &OsStr,
    folder: &Path,
    arguments: &[impl AsRef<OsStr>],
) -> Result<String, CargoError> {
    let mut command = Command::new(rustc);
    command.args(arguments).current_dir(folder);
    let output = ask(command).map_err(|problem| {
        // Of a folder that is gone, the system says what it would say of a program that is.
        let gone =
            if folder.exists() { String::new() } else { format!(" in {}, which is gone", folder.display()) };
        CargoError::Start { program: format!("{}{gone}", rustc.display()), problem }
    })?;
    if !output.status.success() {
        let problem = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(CargoError::Answer { source_name: "rustc", problem });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
