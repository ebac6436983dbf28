//! A toolchain that was asked for, in the place of the one that holds here.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::CargoError;
use super::program::{cargo, rustc_says};
use crate::process::ask;

/// A toolchain that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// As it was asked for.
    name: String,
    /// The folder that has `rustc` in it, and mostly `cargo`.
    programs: PathBuf,
}

impl Toolchain {
    /// Finds a toolchain by a name that rustup knows, or by its folder; a `+`, as cargo takes it, may stand before. The version of
    /// the compiler that holds here names that one, whatever rustup calls it.
    ///
    /// # Errors
    /// When there is none, or rustup is not there to be asked.
    pub fn find(name: &str) -> Result<Self, CargoError> {
        let name = name.strip_prefix('+').unwrap_or(name).to_owned();
        let absent = |problem: String| CargoError::NoToolchain {
            name: name.clone(),
            advice: if is_path(&name) { String::new() } else { advice(&name) },
            problem,
        };
        if name.is_empty() {
            return Err(absent("it has no name".to_owned()));
        }
        let programs = if is_path(&name) { of_folder(&name) } else { of_rustup(&name) };
        let programs = programs.or_else(|problem| of_current(&name).ok_or(problem)).map_err(absent)?;
        Ok(Self { name, programs })
    }

    /// As it was asked for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder that has its programs.
    #[must_use]
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// Its cargo; none in a toolchain that was linked without, as one's own build of the compiler often is.
    pub(super) fn cargo(&self) -> Option<PathBuf> {
        Some(program(&self.programs, "cargo")).filter(|cargo| cargo.is_file())
    }

    /// Cargo, as a program to be started, which uses this toolchain.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(self.cargo().map_or_else(cargo, OsString::from));
        command.envs(self.variables());
        command
    }

    /// What has cargo use it, and whatever a build script starts through rustup.
    ///
    /// The compiler is named, too: a `build.rustc` in somebody's settings would win over rustup's variable.
    pub(super) fn variables(&self) -> [(&'static str, OsString); 2] {
        let folder = self.programs.parent().unwrap_or(&self.programs);
        // Rustup takes a path only if it is absolute, and what it gives is one.
        [("RUSTUP_TOOLCHAIN", folder.into()), ("RUSTC", program(&self.programs, "rustc").into())]
    }
}

/// Whether a toolchain is named by its folder. No name of rustup's has a separator in it.
fn is_path(name: &str) -> bool {
    name.contains(std::path::is_separator) || name == "." || name == ".."
}

fn program(programs: &Path, name: &str) -> PathBuf {
    programs.join(format!("{name}{EXE_SUFFIX}"))
}

fn of_folder(name: &str) -> Result<PathBuf, String> {
    let folder = std::path::absolute(name).map_err(|error| error.to_string())?;
    let programs = folder.join("bin");
    if program(&programs, "rustc").is_file() {
        Ok(programs)
    } else {
        Err(format!("{} has no `bin/rustc`", folder.display()))
    }
}

fn of_rustup(name: &str) -> Result<PathBuf, String> {
    let mut command = Command::new("rustup");
    command.args(["which", "--toolchain", name, "rustc"]);
    // Nobody has asked for a download.
    command.env("RUSTUP_AUTO_INSTALL", "0");
    let output = ask(command).map_err(|problem| format!("rustup can't be asked for it: {problem}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rustc = Path::new(text.trim());
    match rustc.parent() {
        Some(programs) if output.status.success() && rustc.is_file() => Ok(programs.to_owned()),
        _ => {
            let words = String::from_utf8_lossy(&output.stderr);
            let error = words.lines().find_map(|line| line.strip_prefix("error: "));
            Err(error.unwrap_or("rustup does not say where its `rustc` is").to_owned())
        }
    }
}

/// The toolchain that holds here, if its compiler is of the named version.
fn of_current(name: &str) -> Option<PathBuf> {
    let says = |argument: &str| rustc_says("rustc".as_ref(), Path::new("."), &[argument]).ok();
    let is_it = says("-V")?.split_whitespace().nth(1) == Some(name);
    let sysroot = says("--print=sysroot").filter(|_| is_it)?;
    let programs = Path::new(sysroot.trim()).join("bin");
    program(&programs, "rustc").is_file().then_some(programs)
}

/// What to do about a toolchain that rustup has not. A name that is none of a release is only linked.
fn advice(name: &str) -> String {
    let begins_like = |channel: &str| name == channel || name.starts_with(&format!("{channel}-"));
    let is_release = name.starts_with(|first: char| first.is_ascii_digit())
        || ["stable", "beta", "nightly"].into_iter().any(begins_like);
    if is_release {
        format!("\n  `rustup toolchain install {name}` installs it")
    } else {
        format!(
            "\n  `rustup toolchain list` shows what there is, `rustup toolchain install {name}` installs a release, and \
             `rustup toolchain link {name} FOLDER` gives one of your own this name"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_toolchain_if_it_has_a_compiler() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().to_str().unwrap();
        let problem = Toolchain::find(name).unwrap_err().to_string();
        assert!(problem.ends_with("has no `bin/rustc`"), "{problem}");
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        std::fs::write(program(&folder.path().join("bin"), "rustc"), "").unwrap();
        let toolchain = Toolchain::find(name).unwrap();
        assert_eq!(toolchain.programs(), folder.path().join("bin"));
        assert_eq!(toolchain.cargo(), None);
        assert_eq!(toolchain.variables()[0].1, folder.path());
    }

    #[test]
    fn only_what_may_be_a_release_is_to_be_installed() {
        assert_eq!(advice("1.60"), "\n  `rustup toolchain install 1.60` installs it");
        assert!(advice("nightly-2025-01-01").ends_with("installs it"));
        assert!(advice("nightlyish").contains("rustup toolchain link nightlyish"));
    }

    #[test]
    fn what_is_not_installed_is_said_with_what_installs_it() {
        let error = Toolchain::find("+1.2.345").unwrap_err();
        assert!(error.is_usage());
        let text = error.to_string();
        assert!(text.starts_with("no toolchain `1.2.345`: "), "{text}");
        assert!(text.contains("`rustup toolchain install 1.2.345`"), "{text}");
    }
}
