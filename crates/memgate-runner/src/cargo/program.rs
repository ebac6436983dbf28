//! Cargo and the compiler, as programs.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use super::CargoError;

/// The cargo that runs us, or the one on the path.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

pub(super) fn rustc_says(
    rustc: &OsStr,
    folder: &Path,
    arguments: &[impl AsRef<OsStr>],
) -> Result<String, CargoError> {
    let output =
        Command::new(rustc).args(arguments).current_dir(folder).stdin(Stdio::null()).output().map_err(
            |problem| {
                // Of a folder that is gone, the system says what it would say of a program that is.
                let gone = if folder.exists() {
                    String::new()
                } else {
                    format!(" in {}, which is gone", folder.display())
                };
                CargoError::Start { program: format!("{}{gone}", rustc.display()), problem }
            },
        )?;
    if !output.status.success() {
        let problem = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(CargoError::Answer { source_name: "rustc", problem });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
