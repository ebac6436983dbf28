//! Cargo: what the workspace has, how it is built, and what a bench target's process finds around it.

mod bench_target;
mod build;
mod configuration;
mod download;
mod error;
mod options;
mod process_environment;
mod profiles;
mod program;
mod rustflags;
mod workspace;

pub use bench_target::BenchTarget;
pub use build::{BuildOptions, build};
pub use configuration::Configuration;
pub use download::download;
pub use error::CargoError;
pub use options::CargoOptions;
pub use program::compiler_version;
pub use workspace::{Candidate, Workspace};
