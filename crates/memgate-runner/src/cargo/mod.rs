//! Cargo: what the workspace has, how it is built, and what a bench target's process finds around it.

mod artifacts;
mod bench_files;
mod bench_target;
mod build;
mod build_advice;
mod built_file;
#[cfg(target_os = "linux")]
mod built_program;
mod chosen_profile;
mod condition;
mod configuration;
mod coverage;
mod download;
mod enabled;
mod error;
mod imports;
mod list;
mod literal;
mod locked;
#[cfg(test)]
mod manifest_samples;
mod mentions;
mod options;
mod origin;
mod platform;
mod process_environment;
mod profiles;
mod program;
mod reach;
mod rustflags;
mod settings;
mod source;
mod source_texts;
mod sources;
mod target_directory;
mod toolchain;
mod workspace;
mod wrappers;

pub use bench_target::BenchTarget;
pub use build::{BuildOptions, Built, build};
pub use built_file::BuiltFile;
#[cfg(target_os = "linux")]
pub(crate) use built_program::{BuiltProgram, build_programs};
pub(crate) use configuration::deciding_tables;
pub use coverage::Usage;
pub use download::download;
pub use error::CargoError;
pub use options::CargoOptions;
pub(crate) use program::metadata;
pub use settings::Settings;
pub use source_texts::SourceTexts;
pub use toolchain::Toolchain;
pub use workspace::{Candidate, Workspace};

use configuration::Configuration;
