//! What decides the numbers, besides the code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CommandEnvironment, EnvironmentDifference, EnvironmentField};

/// What stands for the compiler and the profile of a program that was not built here.
pub const NOT_BUILT: &str = "none";

/// What whole commands allocate with: the C library's `malloc`, or whatever stands in its place.
pub const COMMAND_ALLOCATOR: &str = "malloc";

/// What decides the numbers of a bench target, besides its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The type of the allocator inside `memgate::Alloc`.
    pub allocator: String,
    /// Of whole commands, what decides the numbers of each, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub commands: BTreeMap<String, CommandEnvironment>,
    /// The enabled features of the package, sorted.
    pub features: Vec<String>,
    /// The version of what is counted; see `memgate_protocol::PROBE_VERSION`.
    pub probe: u32,
    /// The profile that the target was built with.
    pub profile: Profile,
    /// The compiler's version, with its commit and date: the standard library comes with it.
    pub rustc: String,
    /// The compiler's flags from `RUSTFLAGS` and the like that decide what code it makes.
    pub rustflags: Vec<String>,
    /// The target triple.
    pub target: String,
}

/// The settings of a cargo profile that decide numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `codegen-units`, or none for the compiler's default.
    pub codegen_units: Option<u32>,
    /// `debug-assertions`.
    pub debug_assertions: bool,
    /// `lto`: `false`, `true`, `thin`, `fat` or `off`.
    pub lto: String,
    /// The profile's name.
    pub name: String,
    /// `opt-level`.
    pub opt_level: String,
    /// `overflow-checks`.
    pub overflow_checks: bool,
    /// What is set otherwise for single dependencies, such as `parser.opt-level=3`, sorted. `*` is all that are not of the
    /// workspace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// `panic`: `unwind` or `abort`.
    pub panic: String,
}

impl Environment {
    /// The environment of a bench target that was measured in parts, each of which has the commands that were measured in it.
    /// None without a part.
    #[must_use]
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let mut whole = parts.next()?.clone();
        parts.for_each(|part| whole.add_commands_of(part));
        Some(whole)
    }

    /// Adds the commands that were measured in another part of the same bench target.
    pub fn add_commands_of(&mut self, part: &Self) {
        self.commands.extend(part.commands.iter().map(|(name, command)| (name.clone(), command.clone())));
    }

    /// In what `head` differs from `self`, field by field; then command by command, of those that both have.
    #[must_use]
    pub fn differences(&self, head: &Self) -> Vec<EnvironmentDifference> {
        let of_all = EnvironmentField::ALL.into_iter().filter_map(|field| {
            let (base, head) = (self.shown(field)?, head.shown(field)?);
            (base != head).then_some(EnvironmentDifference { field, only: None, base, head })
        });
        let of_commands = self.commands.iter().flat_map(|(name, base)| {
            head.commands.get(name).into_iter().flat_map(move |head| base.differences(head, name))
        });
        of_all.chain(of_commands).collect()
    }

    /// The value of a field; none of those that each command has for itself.
    fn shown(&self, field: EnvironmentField) -> Option<String> {
        Some(match field {
            EnvironmentField::Allocator => self.allocator.clone(),
            EnvironmentField::Features => format!("[{}]", self.features.join(", ")),
            EnvironmentField::Probe => self.probe.to_string(),
            EnvironmentField::Profile => self.profile.to_string(),
            EnvironmentField::Rustc => self.rustc.clone(),
            EnvironmentField::Rustflags => format!("[{}]", self.rustflags.join(", ")),
            EnvironmentField::Target => self.target.clone(),
            EnvironmentField::Command
            | EnvironmentField::Libc
            | EnvironmentField::Program
            | EnvironmentField::Variables => return None,
        })
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { codegen_units, debug_assertions, lto, name, opt_level, overflow_checks, packages, panic } =
            self;
        write!(f, "{name} (opt-level={opt_level}, lto={lto}, codegen-units=")?;
        match codegen_units {
            Some(units) => write!(f, "{units}")?,
            None => f.write_str("default")?,
        }
        write!(f, ", panic={panic}")?;
        if *debug_assertions {
            f.write_str(", debug-assertions")?;
        }
        if *overflow_checks {
            f.write_str(", overflow-checks")?;
        }
        if !packages.is_empty() {
            write!(f, "; {}", packages.join(", "))?;
        }
        f.write_str(")")
    }
}
