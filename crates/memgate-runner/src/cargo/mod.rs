//! Cargo: what the workspace has, how it is built, and what a bench target's process finds around it.

mod bench_target;
mod build;
mod build_advice;
mod configuration;
mod coverage;
mod download;
mod error;
mod mentions;
mod options;
mod process_environment;
mod profiles;
mod program;
mod reach;
mod rustflags;
mod workspace;

pub use bench_target::BenchTarget;
pub use build::{BuildOptions, Built, build};
pub use configuration::Configuration;
pub use coverage::Usage;
pub use download::download;
pub use error::CargoError;
pub use options::CargoOptions;
pub use program::compiler_version;
pub use workspace::{Candidate, Workspace};
