//! In what two environments differ, by field.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// A field of an environment, by which configuration and reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentField {
    /// The allocator.
    Allocator,
    /// What a command does.
    Command,
    /// The enabled features.
    Features,
    /// The C library.
    Libc,
    /// What is counted.
    Probe,
    /// The settings of the profile.
    Profile,
    /// The file of a program.
    Program,
    /// The compiler.
    Rustc,
    /// The flags for the compiler.
    Rustflags,
    /// The target triple.
    Target,
    /// The variables of a command.
    Variables,
}

impl EnvironmentField {
    /// Every field.
    pub const ALL: [Self; 11] = [
        Self::Allocator,
        Self::Command,
        Self::Features,
        Self::Libc,
        Self::Probe,
        Self::Profile,
        Self::Program,
        Self::Rustc,
        Self::Rustflags,
        Self::Target,
        Self::Variables,
    ];

    /// The name in files and configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allocator => "allocator",
            Self::Command => "command",
            Self::Features => "features",
            Self::Libc => "libc",
            Self::Probe => "probe",
            Self::Profile => "profile",
            Self::Program => "program",
            Self::Rustc => "rustc",
            Self::Rustflags => "rustflags",
            Self::Target => "target",
            Self::Variables => "variables",
        }
    }
}

/// One way in which two environments differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentDifference {
    /// The field.
    pub field: EnvironmentField,
    /// The only command that it is about, by its name; none where it is about all of a bench target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// What the baseline was measured with.
    pub base: String,
    /// What the run was measured with.
    pub head: String,
}

impl std::fmt::Display for EnvironmentDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} was {} and is {}", self.field.name(), self.base, self.head)?;
        match &self.only {
            Some(name) => write!(f, " (`{name}`)"),
            None => Ok(()),
        }
    }
}

/// The benchmarks of a bench target that differences are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differing<'a> {
    are_all: bool,
    /// Single commands. A C library's new version is about each of them.
    only: HashSet<&'a str>,
}

impl<'a> Differing<'a> {
    /// Those that some differences are about.
    #[must_use]
    pub fn of(differences: impl IntoIterator<Item = &'a EnvironmentDifference>) -> Self {
        let mut differing = Self::default();
        for difference in differences {
            match &difference.only {
                Some(name) => _ = differing.only.insert(name),
                None => differing.are_all = true,
            }
        }
        differing
    }

    /// Whether a benchmark is one of them.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.are_all || self.only.contains(name)
    }
}
