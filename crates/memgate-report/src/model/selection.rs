//! Which benchmarks an invocation is about.

use serde::{Deserialize, Serialize};

use super::{BenchmarkId, LeftOut};

/// Which benchmarks an invocation is about. The default selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Packages; empty means all.
    pub packages: Vec<String>,
    /// Bench targets; empty means all.
    pub bench_targets: Vec<String>,
    /// Filters over ids; empty means all. See [`Selection::selects`].
    pub filters: Vec<String>,
    /// Filters that leave out.
    pub skips: Vec<String>,
    /// Whether a filter is a whole id or a whole name.
    pub exact: bool,
}

/// A filter that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the filter `{filter}` is no glob: {problem}")]
pub struct SelectionError {
    filter: String,
    problem: &'static str,
}

impl Selection {
    /// Checks that the filters can be used.
    ///
    /// # Errors
    /// When one is a broken glob.
    pub fn checked(self) -> Result<Self, SelectionError> {
        for filter in self.filters.iter().chain(&self.skips) {
            if is_glob(filter)
                && let Err(error) = glob::Pattern::new(filter)
            {
                return Err(SelectionError { filter: filter.clone(), problem: error.msg });
            }
        }
        Ok(self)
    }

    /// The filters as they would be typed again. Packages and bench targets are cargo's.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let exact = self.exact.then(|| "--exact".to_owned());
        let skips = self.skips.iter().flat_map(|skip| ["--skip".to_owned(), skip.clone()]);
        exact.into_iter().chain(self.filters.iter().cloned()).chain(skips).collect()
    }

    /// Whether a bench target is in scope.
    #[must_use]
    pub fn covers(&self, package: &str, bench_target: &str) -> bool {
        let listed =
            |names: &[String], name: &str| names.is_empty() || names.iter().any(|listed| listed == name);
        listed(&self.packages, package) && listed(&self.bench_targets, bench_target)
    }

    /// Whether a benchmark is selected: its bench target is in scope, some filter matches, and no skip does.
    ///
    /// A filter with `*`, `?` or `[` is a glob over the whole id, in which `*` crosses slashes; any other is a part of
    /// the id. With `exact`, it is the whole id, or the whole name within the bench target.
    #[must_use]
    pub fn selects(&self, id: &BenchmarkId) -> bool {
        if !self.covers(&id.package, &id.bench_target) {
            return false;
        }
        let text = id.to_string();
        let matches = |filter: &String| {
            if self.exact {
                *filter == text || *filter == id.name
            } else if is_glob(filter) {
                glob::Pattern::new(filter).is_ok_and(|pattern| pattern.matches(&text))
            } else {
                text.contains(filter.as_str())
            }
        };
        (self.filters.is_empty() || self.filters.iter().any(matches)) && !self.skips.iter().any(matches)
    }

    /// Whether all of a bench target is selected whose benchmarks nobody knows. With filters, nobody has asked for it.
    #[must_use]
    pub fn covers_all(&self, left: &LeftOut) -> bool {
        let beginning = format!("{}/{}/", left.package, left.bench_target);
        let is_skipped = |skip: &String| {
            beginning.contains(skip.as_str())
                || (is_glob(skip)
                    && glob::Pattern::new(skip).is_ok_and(|pattern| pattern.matches(&beginning)))
        };
        self.covers(&left.package, &left.bench_target)
            && self.filters.is_empty()
            && !self.skips.iter().any(is_skipped)
    }

    /// Whether every benchmark of the repository is selected.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.packages.is_empty() && self.bench_targets.is_empty() && self.is_whole_targets()
    }

    /// Whether every benchmark of each bench target in scope is selected.
    #[must_use]
    pub fn is_whole_targets(&self) -> bool {
        self.filters.is_empty() && self.skips.is_empty()
    }
}

fn is_glob(filter: &str) -> bool {
    filter.contains(['*', '?', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selects(selection: &Selection, id: &str) -> bool {
        selection.selects(&id.parse().unwrap())
    }

    #[test]
    fn filters_are_substrings_or_globs_or_exact() {
        let any = Selection {
            filters: vec!["json".into(), "a/*/x".into()],
            skips: vec!["slow".into()],
            ..Selection::default()
        };
        assert!(selects(&any, "p/t/json"));
        assert!(selects(&any, "a/t/b/x"));
        assert!(!selects(&any, "a/t/b/y"));
        assert!(!selects(&any, "p/t/json slow"));
        let exact = Selection { filters: vec!["json".into()], exact: true, ..Selection::default() };
        assert!(selects(&exact, "p/t/json") && !selects(&exact, "p/t/json/1"));
    }

    #[test]
    fn scope_is_by_package_and_bench_target() {
        let scoped =
            Selection { packages: vec!["p".into()], bench_targets: vec!["t".into()], ..Selection::default() };
        assert!(selects(&scoped, "p/t/x") && !selects(&scoped, "p/u/x") && !selects(&scoped, "q/t/x"));
        assert!(scoped.is_whole_targets() && !scoped.is_everything());
    }

    #[test]
    fn a_broken_glob_is_named() {
        let error = Selection { filters: vec!["a[".into()], ..Selection::default() }.checked().unwrap_err();
        assert_eq!(error.to_string(), "the filter `a[` is no glob: invalid range pattern");
    }
}
