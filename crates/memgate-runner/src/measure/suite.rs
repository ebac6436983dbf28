//! What is built, listed and measured as one: a bench target, or the commands of one program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use memgate_report::command::ExpectedEnd;
use memgate_report::model::Environment;
use memgate_report::sites::PackageFeatures;

use crate::cargo::{BenchTarget, BuiltFile};
use crate::command::CommandRequest;

/// What is built, listed and measured as one.
#[derive(Clone, Debug)]
pub enum Suite {
    /// A bench target, whose process is asked for each benchmark.
    Bench(Box<BenchTarget>),
    /// Whole commands of one program.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "the commands of a project are measured on Linux")
    )]
    Commands(Box<CommandSuite>),
}

/// Whole commands of one program.
#[derive(Clone, Debug)]
pub struct CommandSuite {
    /// The package, or [`COMMANDS`](memgate_report::model::COMMANDS).
    pub(crate) package: String,
    /// What stands for the bench target in the ids.
    pub(crate) name: String,
    /// What decides the numbers.
    pub(crate) environment: Environment,
    /// The features of the packages that are linked into the program.
    pub(crate) package_features: PackageFeatures,
    /// The compiler's folder.
    pub(crate) sysroot: PathBuf,
    /// What must not change while it is measured.
    pub(crate) built_files: Vec<BuiltFile>,
    /// Where the program is a copy.
    #[cfg(target_os = "linux")]
    pub(crate) _copies: Option<std::sync::Arc<crate::command::ProgramCopies>>,
    /// The commands, by name.
    pub(crate) commands: BTreeMap<String, CommandPlan>,
}

/// How a command is measured.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux a command is run"))]
#[derive(Clone, Debug)]
pub(crate) struct CommandPlan {
    /// How it is run; without call sites, and within the time that is its own.
    pub(crate) request: CommandRequest,
    /// How it is to end.
    pub(crate) expected: ExpectedEnd,
}

impl Suite {
    /// The package's name.
    #[must_use]
    pub fn package(&self) -> &str {
        match self {
            Self::Bench(target) => &target.package,
            Self::Commands(suite) => &suite.package,
        }
    }

    /// The bench target's name, or what stands for it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Bench(target) => &target.name,
            Self::Commands(suite) => &suite.name,
        }
    }

    /// The target triple.
    #[must_use]
    pub fn triple(&self) -> &str {
        match self {
            Self::Bench(target) => &target.target,
            Self::Commands(suite) => &suite.environment.target,
        }
    }

    /// The compiler's folder.
    #[must_use]
    pub fn sysroot(&self) -> &Path {
        match self {
            Self::Bench(target) => &target.sysroot,
            Self::Commands(suite) => &suite.sysroot,
        }
    }

    /// The features of what is linked into it.
    #[must_use]
    pub fn package_features(&self) -> &PackageFeatures {
        match self {
            Self::Bench(target) => &target.package_features,
            Self::Commands(suite) => &suite.package_features,
        }
    }

    /// What is not any more what was built.
    #[must_use]
    pub fn replaced_file(&self) -> Option<&Path> {
        match self {
            Self::Bench(target) => target.replaced_file(),
            Self::Commands(suite) => {
                suite.built_files.iter().find(|file| file.is_replaced()).map(BuiltFile::path)
            }
        }
    }

    /// The bench target, if it is one.
    #[must_use]
    pub fn as_bench(&self) -> Option<&BenchTarget> {
        match self {
            Self::Bench(target) => Some(target),
            Self::Commands(_) => None,
        }
    }
}

impl From<BenchTarget> for Suite {
    fn from(target: BenchTarget) -> Self {
        Self::Bench(Box::new(target))
    }
}
