//! Which cargo and which rustc.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::cargo_platform::Cfg;

use super::{CargoError, Configuration};

/// The cargo that runs us, or the one on the path.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The compiler that cargo uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Compiler {
    /// Its release with commit and date: `1.95.0 (59807616e 2026-04-14)`.
    pub(super) version: String,
    /// The triple that it runs on.
    pub(super) host: String,
    /// Its installation, for the libraries that come with it.
    pub(super) sysroot: String,
}

impl Compiler {
    /// Asks the compiler that cargo would use.
    ///
    /// # Errors
    /// When it can't be started, or says nothing that can be understood.
    pub(super) fn ask(configuration: &Configuration, folder: &Path) -> Result<Self, CargoError> {
        let say = |arguments: &[&str]| rustc_says(configuration, folder, arguments);
        let verbose = say(&["-vV"])?;
        let field = |name: &str| {
            let line = verbose.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.map(str::to_owned).ok_or_else(|| CargoError::Answer {
                source_name: "rustc -vV",
                problem: format!("there is no line `{name}:`"),
            })
        };
        let version = verbose.lines().next().unwrap_or_default().trim_start_matches("rustc ").to_owned();
        Ok(Self { version, host: field("host")?, sysroot: say(&["--print", "sysroot"])?.trim().to_owned() })
    }
}

/// The version of the compiler that cargo would use in a folder, with its commit and date.
///
/// # Errors
/// When the compiler can't be started, or says nothing that can be understood.
pub fn compiler_version(folder: &Path) -> Result<String, CargoError> {
    Ok(Compiler::ask(&Configuration::load(folder), folder)?.version)
}

/// What `cfg(…)` is true of a triple.
///
/// # Errors
/// When the compiler can't be started, or says nothing that can be understood.
pub(super) fn cfg_of(
    target: &str,
    configuration: &Configuration,
    folder: &Path,
) -> Result<Vec<Cfg>, CargoError> {
    let lines = rustc_says(configuration, folder, &["--print", "cfg", "--target", target])?;
    let parsed = lines.lines().map(str::parse).collect::<Result<Vec<Cfg>, _>>();
    parsed
        .map_err(|error| CargoError::Answer { source_name: "rustc --print cfg", problem: error.to_string() })
}

fn rustc_says(
    configuration: &Configuration,
    folder: &Path,
    arguments: &[&str],
) -> Result<String, CargoError> {
    let program = std::env::var_os("RUSTC")
        .or_else(|| configuration.build_rustc().map(OsString::from))
        .unwrap_or_else(|| "rustc".into());
    let output =
        Command::new(&program).args(arguments).current_dir(folder).stdin(Stdio::null()).output().map_err(
            |problem| {
                // Of a folder that is gone, the system says what it would say of a program that is.
                let gone = if folder.exists() {
                    String::new()
                } else {
                    format!(" in {}, which is gone", folder.display())
                };
                CargoError::Start { program: format!("{}{gone}", program.display()), problem }
            },
        )?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
