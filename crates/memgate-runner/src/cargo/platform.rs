//! What is true of the triple that is compiled for.

use std::ffi::OsStr;
use std::path::Path;

use cargo_metadata::cargo_platform::Cfg;

use super::program::rustc_says;
use super::{CargoError, Settings};

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
