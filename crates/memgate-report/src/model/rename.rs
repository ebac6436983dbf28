//! New names: of a benchmark, of a bench target with all it has, of a package with all it has.

use serde::{Deserialize, Serialize};

use super::{BenchmarkId, COMMANDS};

/// What has a name of its own: a package, a bench target, or a benchmark. Its text is an id, or the beginning of one:
/// `package`, `package/bench-target`, `package/bench-target/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A package, and all its benchmarks.
    Package(String),
    /// A bench target, and all its benchmarks.
    BenchTarget {
        /// The package's name.
        package: String,
        /// The bench target's name.
        bench_target: String,
    },
    /// One benchmark.
    Benchmark(BenchmarkId),
}

/// That something has a new name.
///
/// # Example
/// ```
/// use memgate_report::model::Rename;
/// let rename = Rename::new("parser/memory".parse()?, "parser/heap".parse()?)?;
/// let id = "parser/memory/tokens/10".parse()?;
/// assert_eq!(rename.new_id(&id).unwrap().to_string(), "parser/heap/tokens/10");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// What it was called.
    pub from: Named,
    /// What it is called.
    pub to: Named,
}

/// Why two names are no rename.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRename {
    /// A text is no name.
    #[error("`{0}` is no name; it is `package/bench-target/name`, or `package/bench-target`, or `package`")]
    Name(String),
    /// Both are the same.
    #[error("`{0}` is both the old and the new name")]
    Same(String),
    /// One is a benchmark, and the other a package, or the like.
    #[error("{from} can't become {to}")]
    Kinds {
        /// What the old name is of, with the name.
        from: String,
        /// What the new name is of, with the name.
        to: String,
    },
}

impl Named {
    /// What it is, with its article.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Package(_) => "the package",
            Self::BenchTarget { .. } => "the bench target",
            Self::Benchmark(_) => "the benchmark",
        }
    }

    /// Whether a benchmark is it, or one of its benchmarks.
    #[must_use]
    pub fn has(&self, id: &BenchmarkId) -> bool {
        match self {
            Self::Package(package) => *package == id.package,
            Self::BenchTarget { package, bench_target } => {
                *package == id.package && *bench_target == id.bench_target
            }
            Self::Benchmark(benchmark) => benchmark == id,
        }
    }

    /// Whether a bench target is it, or one of its bench targets.
    #[must_use]
    pub fn has_bench_target(&self, package: &str, bench_target: &str) -> bool {
        match self {
            Self::Package(own) => own == package,
            Self::BenchTarget { package: own, bench_target: own_target } => {
                own == package && own_target == bench_target
            }
            Self::Benchmark(_) => false,
        }
    }
}

impl Rename {
    /// A rename of one thing to another of its kind.
    ///
    /// # Errors
    /// When it is the same name, or the name of another kind of thing.
    pub fn new(from: Named, to: Named) -> Result<Self, InvalidRename> {
        if from == to {
            return Err(InvalidRename::Same(from.to_string()));
        }
        if std::mem::discriminant(&from) != std::mem::discriminant(&to) {
            let named = |named: &Named| format!("{} `{named}`", named.kind());
            return Err(InvalidRename::Kinds { from: named(&from), to: named(&to) });
        }
        Ok(Self { from, to })
    }

    /// What a benchmark is called after the rename; none when it is about others.
    #[must_use]
    pub fn new_id(&self, id: &BenchmarkId) -> Option<BenchmarkId> {
        if !self.from.has(id) {
            return None;
        }
        Some(match &self.to {
            Named::Package(package) => BenchmarkId::new(&**package, &*id.bench_target, &*id.name),
            Named::BenchTarget { package, bench_target } => {
                BenchmarkId::new(&**package, &**bench_target, &*id.name)
            }
            Named::Benchmark(new) => new.clone(),
        })
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Package(package) => f.write_str(package),
            Self::BenchTarget { package, bench_target } => write!(f, "{package}/{bench_target}"),
            Self::Benchmark(id) => id.fmt(f),
        }
    }
}

impl std::str::FromStr for Named {
    type Err = InvalidRename;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '/');
        let parts = (parts.next(), parts.next(), parts.next());
        let named = match parts {
            (Some(package), None, None) => Self::Package(package.to_owned()),
            (Some(COMMANDS), Some(name), None) => Self::Benchmark(BenchmarkId::of_command(name)),
            (Some(package), Some(bench_target), None) => {
                Self::BenchTarget { package: package.to_owned(), bench_target: bench_target.to_owned() }
            }
            (Some(package), Some(bench_target), Some(name)) => {
                Self::Benchmark(BenchmarkId::new(package, bench_target, name))
            }
            _ => return Err(InvalidRename::Name(text.to_owned())),
        };
        let has_empty = matches!(parts, (Some(""), ..) | (_, Some(""), _) | (.., Some("")));
        if has_empty { Err(InvalidRename::Name(text.to_owned())) } else { Ok(named) }
    }
}

impl Serialize for Named {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(from: &str, to: &str) -> String {
        let rename = from.parse().and_then(|from| Rename::new(from, to.parse()?));
        rename.unwrap_err().to_string()
    }

    #[test]
    fn only_two_things_of_one_kind_are_a_rename() {
        assert_eq!(problem("a/b", "a/b"), "`a/b` is both the old and the new name");
        assert_eq!(problem("a/b/c", "a/b"), "the benchmark `a/b/c` can't become the bench target `a/b`");
        for text in ["", "/", "a/", "a/b/", "//c"] {
            assert!(problem(text, "x").starts_with(&format!("`{text}` is no name")), "{text}");
        }
    }

    #[test]
    fn a_whole_has_its_parts_and_no_neighbours() {
        let id: BenchmarkId = "ab/mem/x/1".parse().unwrap();
        for (named, has) in
            [("ab", true), ("a", false), ("ab/mem", true), ("ab/m", false), ("ab/mem/x", false)]
        {
            assert_eq!(named.parse::<Named>().unwrap().has(&id), has, "{named}");
        }
        let rename = Rename::new("ab".parse().unwrap(), "cd".parse().unwrap()).unwrap();
        assert_eq!(rename.new_id(&id).unwrap().to_string(), "cd/mem/x/1");
    }
}
