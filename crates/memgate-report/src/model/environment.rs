//! What decides the numbers, besides the code.

use serde::{Deserialize, Serialize};

/// What decides the numbers of a bench target, besides its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The type of the allocator inside `memgate::Alloc`.
    pub allocator: String,
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

/// A field of [`Environment`], by which configuration and reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentField {
    /// [`Environment::allocator`].
    Allocator,
    /// [`Environment::features`].
    Features,
    /// [`Environment::probe`].
    Probe,
    /// [`Environment::profile`].
    Profile,
    /// [`Environment::rustc`].
    Rustc,
    /// [`Environment::rustflags`].
    Rustflags,
    /// [`Environment::target`].
    Target,
}

impl EnvironmentField {
    /// Every field.
    pub const ALL: [Self; 7] = [
        Self::Allocator,
        Self::Features,
        Self::Probe,
        Self::Profile,
        Self::Rustc,
        Self::Rustflags,
        Self::Target,
    ];

    /// The name in files and configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allocator => "allocator",
            Self::Features => "features",
            Self::Probe => "probe",
            Self::Profile => "profile",
            Self::Rustc => "rustc",
            Self::Rustflags => "rustflags",
            Self::Target => "target",
        }
    }
}

/// One way in which two environments differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentDifference {
    /// The field.
    pub field: EnvironmentField,
    /// What the baseline was measured with.
    pub base: String,
    /// What the run was measured with.
    pub head: String,
}

impl std::fmt::Display for EnvironmentDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} was {} and is {}", self.field.name(), self.base, self.head)
    }
}

impl Environment {
    /// In what `head` differs from `self`, field by field.
    #[must_use]
    pub fn differences(&self, head: &Self) -> Vec<EnvironmentDifference> {
        EnvironmentField::ALL
            .into_iter()
            .filter_map(|field| {
                let (base, head) = (self.shown(field), head.shown(field));
                (base != head).then_some(EnvironmentDifference { field, base, head })
            })
            .collect()
    }

    fn shown(&self, field: EnvironmentField) -> String {
        match field {
            EnvironmentField::Allocator => self.allocator.clone(),
            EnvironmentField::Features => format!("[{}]", self.features.join(", ")),
            EnvironmentField::Probe => self.probe.to_string(),
            EnvironmentField::Profile => self.profile.to_string(),
            EnvironmentField::Rustc => self.rustc.clone(),
            EnvironmentField::Rustflags => format!("[{}]", self.rustflags.join(", ")),
            EnvironmentField::Target => self.target.clone(),
        }
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
