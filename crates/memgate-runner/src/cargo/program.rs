//! Cargo and the compiler, as programs.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::cargo_platform::Cfg;

use super::{CargoError, Settings};

/// The cargo that runs us, or the one on the path.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What `cfg(…)` is true of the triple that is compiled for, with the user's flags, as cargo asks for it.
///
/// # Errors
/// When the compiler can't be started, or says nothing that can be understood.
pub(super) fn cfg_of(settings: &Settings, folder: &Path) -> Result<Vec<Cfg>, CargoError> {
    let wrappers = settings.wrappers.iter().map(|wrapper| OsStr::new(&wrapper.program));
    let mut words =
        wrappers.chain([settings.rustc.as_os_str()]).chain(settings.rustflags.iter().map(OsStr::new));
    let program = words.next().unwrap_or(&settings.rustc);
    let ask = ["--print", "cfg", "--target", &settings.target].map(OsStr::new);
    let lines = rustc_says(program, folder, &words.chain(ask).collect::<Vec<_>>())?;
    let parsed = lines.lines().map(str::parse).collect::<Result<Vec<Cfg>, _>>();
    parsed
        .map_err(|error| CargoError::Answer { source_name: "rustc --print cfg", problem: error.to_string() })
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
