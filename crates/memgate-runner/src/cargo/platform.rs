//! What is true of the triple that is compiled for.

use std::path::Path;

use cargo_metadata::cargo_platform::Cfg;

use super::program::rustc_says;
use super::{CargoError, Settings};

/// What `cfg(…)` is true of the triple that is compiled for.
///
/// # Errors
/// When the compiler can't be started, or says nothing that can be understood.
pub(super) fn cfg_of(settings: &Settings, folder: &Path) -> Result<Vec<Cfg>, CargoError> {
    let lines = rustc_says(&settings.rustc, folder, &["--print", "cfg", "--target", &settings.target])?;
    let parsed = lines.lines().map(str::parse).collect::<Result<Vec<Cfg>, _>>();
    parsed
        .map_err(|error| CargoError::Answer { source_name: "rustc --print cfg", problem: error.to_string() })
}
