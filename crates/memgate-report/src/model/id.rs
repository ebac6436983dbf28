//! The id of a benchmark.

use serde::{Deserialize, Serialize};

/// What stands in the place of a package in the id of a command that is none of a package's.
pub const COMMANDS: &str = "commands";

/// The id of a benchmark: `package/bench-target/name[/argument]`; of a whole command, `package/program/name` or `commands/name`.
///
/// Cargo's package and target names have no slash, so the text has one reading. In `commands/name`, what is before the name's first
/// slash stands for the bench target; where it has none, it stands for both, and once in the text. So an id of a package that is
/// called `commands` is never taken for another.
///
/// # Example
/// ```
/// use memgate_report::model::BenchmarkId;
/// let id: BenchmarkId = "parser/memory/tokens/1000".parse().unwrap();
/// assert_eq!((id.package.as_str(), id.bench_target.as_str(), id.name.as_str()), ("parser", "memory", "tokens/1000"));
/// assert_eq!(id.to_string(), "parser/memory/tokens/1000");
/// assert_eq!(BenchmarkId::of_command("sort/lines").to_string(), "commands/sort/lines");
/// assert_eq!("commands/ls".parse(), Ok(BenchmarkId::of_command("ls")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BenchmarkId {
    /// The package's name.
    pub package: String,
    /// The bench target's name.
    pub bench_target: String,
    /// The benchmark's name within its target, with its argument.
    pub name: String,
}

impl BenchmarkId {
    /// An id of its parts.
    #[must_use]
    pub fn new(package: impl Into<String>, bench_target: impl Into<String>, name: impl Into<String>) -> Self {
        Self { package: package.into(), bench_target: bench_target.into(), name: name.into() }
    }

    /// The id of a command that is none of a package's, by its name.
    #[must_use]
    pub fn of_command(name: &str) -> Self {
        let (first, rest) = name.split_once('/').unwrap_or((name, name));
        Self::new(COMMANDS, first, rest)
    }
}

impl std::fmt::Display for BenchmarkId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.package == COMMANDS && self.bench_target == self.name {
            return write!(f, "{COMMANDS}/{}", self.name);
        }
        write!(f, "{}/{}/{}", self.package, self.bench_target, self.name)
    }
}

/// The error of [`BenchmarkId`]'s `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no benchmark id; ids look like package/bench-target/name")]
pub struct InvalidId(String);

impl std::str::FromStr for BenchmarkId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(package), Some(bench_target), Some(name))
                if !package.is_empty() && !bench_target.is_empty() && !name.is_empty() =>
            {
                Ok(Self::new(package, bench_target, name))
            }
            (Some(COMMANDS), Some(name), None) if !name.is_empty() => Ok(Self::of_command(name)),
            _ => Err(InvalidId(text.to_owned())),
        }
    }
}

impl Serialize for BenchmarkId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BenchmarkId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_reads_back_as_it_prints() {
        let triples = [
            ("parser", "memory", "tokens"),
            ("parser", "memory", "memory"),
            (COMMANDS, "sort", "lines"),
            (COMMANDS, "sort", "sort"),
            (COMMANDS, "sort", "sort/sort"),
        ];
        for (package, bench_target, name) in triples {
            let id = BenchmarkId::new(package, bench_target, name);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert_eq!(BenchmarkId::of_command("sort").to_string(), "commands/sort");
        for broken in ["parser/tokens", "commands/", "commands", "/a/b", "commands//b"] {
            assert!(broken.parse::<BenchmarkId>().is_err(), "{broken}");
        }
    }
}
