//! What can go wrong between memgate and cargo.

use std::path::PathBuf;

/// What can go wrong between memgate and cargo.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// `cargo metadata` failed; its own words are enough.
    #[error("failed to read the workspace: {0}")]
    Metadata(String),
    /// The command line names a package that is not there.
    #[error("no package `{name}` in the workspace{}", hint(.nearest.as_deref()))]
    UnknownPackage {
        /// What was asked for.
        name: String,
        /// What is there.
        nearest: Option<String>,
    },
    /// The configuration excludes a package that is not there.
    #[error("memgate.toml excludes the package `{0}`, which is not in the workspace")]
    UnknownExcluded(String),
    /// The command line names a bench target that is not there.
    #[error("no bench target `{name}` in the selected packages{}", hint(.nearest.as_deref()))]
    UnknownBenchTarget {
        /// What was asked for.
        name: String,
        /// What is there.
        nearest: Option<String>,
    },
    /// The command line names a feature that no selected package has.
    #[error("no selected package has the feature `{0}`")]
    UnknownFeature(String),
    /// The profile to build with is defined nowhere.
    #[error(
        "no profile `{0}` in the workspace's Cargo.toml; `--profile` asks for it, or `build.profile` in memgate.toml"
    )]
    UnknownProfile(String),
    /// A toolchain that the command line names is not there.
    #[error("no toolchain `{name}`: {problem}{advice}")]
    NoToolchain {
        /// What was asked for.
        name: String,
        /// Why there is none.
        problem: String,
        /// What helps.
        advice: String,
    },
    /// Cargo or rustc could not be started.
    #[error("failed to start `{program}`: {problem}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        problem: std::io::Error,
    },
    /// The build failed; cargo has said why.
    #[error(
        "failed to build what is measured of {package} ({status}); cargo's messages are above{}",
        advice.unwrap_or_default()
    )]
    Build {
        /// The package.
        package: String,
        /// How cargo ended.
        status: std::process::ExitStatus,
        /// What helps.
        advice: Option<&'static str>,
    },
    /// Cargo can't say what its settings come to; its own words are enough.
    #[error("cargo failed to say for what it compiles, and how: {0}")]
    Settings(String),
    /// The settings name several targets, and the command line none of them.
    #[error(
        "cargo's settings name {count} targets, and a run is of one: choose with `--target {first}` (or {others})",
        count = .0.len(), first = first(.0), others = .0.get(1..).unwrap_or_default().join(", ")
    )]
    SeveralTargets(Vec<String>),
    /// Something in the tool's target folder can't be written.
    #[error("failed to write {path}: {problem}", path = path.display())]
    TargetFolder {
        /// The file.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
    /// Cargo took for up to date what was not compiled from this tree, again and again.
    #[error(
        "what cargo takes for up to date is not what is here: {artefact} {problem}. If another cargo builds in {folder} at the \
         same time, wait for it, or set CARGO_TARGET_DIR to a folder of this tree's own; if not, remove that folder",
        artefact = artefact.display(), folder = folder.display()
    )]
    Origin {
        /// What was built.
        artefact: PathBuf,
        /// What is wrong with where it comes from.
        problem: String,
        /// The target folder.
        folder: PathBuf,
    },
    /// Cargo or rustc said something that can't be understood.
    #[error("failed to understand what {source_name} said: {problem}")]
    Answer {
        /// Who said it.
        source_name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// An executable that was just built can't be read.
    #[error("failed to read the bench executable {path}: {problem}", path = path.display())]
    Executable {
        /// The executable.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
}

impl CargoError {
    /// Whether the command line is to blame.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::UnknownPackage { .. }
                | Self::UnknownExcluded(_)
                | Self::UnknownBenchTarget { .. }
                | Self::UnknownFeature(_)
                | Self::UnknownProfile(_)
                | Self::SeveralTargets(_)
                | Self::NoToolchain { .. }
        )
    }
}

fn first(targets: &[String]) -> &str {
    targets.first().map(String::as_str).unwrap_or_default()
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}
