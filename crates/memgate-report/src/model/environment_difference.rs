//! In what two environments differ, by field.

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

impl EnvironmentDifference {
    /// Whether it is about a benchmark of its bench target.
    #[must_use]
    pub fn is_about(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }
}
