//! Cargo: what the workspace has, how it is built, and what a bench target's process finds around it.

mod artifacts;
mod bench_target;
mod build;
mod build_advice;
mod built_file;
mod configuration;
mod coverage;
mod download;
mod error;
mod mentions;
mod options;
mod origin;
mod process_environment;
mod profiles;
mod program;
mod reach;
mod rustflags;
mod settings;
mod sources;
mod workspace;

pub use bench_target::BenchTarget;
pub use build::{BuildOptions, Built, build};
pub use built_file::BuiltFile;
pub use coverage::Usage;
pub use download::download;
pub use error::CargoError;
pub use options::{CargoOptions, DEFAULT_PROFILE};
pub(crate) use program::metadata;
pub use settings::Settings;
pub use workspace::{Candidate, Workspace};

use configuration::Configuration;
