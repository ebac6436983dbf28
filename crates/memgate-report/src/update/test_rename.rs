//! Renames of tests that hold their numbers: the file is theirs, and no history follows it.

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Style};
use memgate_protocol::snapshots::{SNAPSHOTS_FILE, SnapshotFile, check_id};

use crate::model::{InvalidRename, Named, Snapshots};
use crate::text::{did_you_mean, ranked};

/// More ids like one that is not there are not named.
const MOST_NEAREST: usize = 5;

/// The id of a test that gets another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRename {
    /// Its package.
    pub package: String,
    /// The old id.
    pub from: String,
    /// The new id.
    pub to: String,
}

/// Why the id of a test is not renamed. Nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TestRenameError {
    /// Two ids are no rename.
    #[error(transparent)]
    Invalid(#[from] InvalidRename),
    /// No test has the old id.
    #[error("no test of {package} has numbers with the id `{id}`{}", did_you_mean(.nearest))]
    Unknown {
        /// The package.
        package: String,
        /// The old id.
        id: String,
        /// What is called like it.
        nearest: Vec<String>,
    },
    /// A test has the new id.
    #[error(
        "`{}` has numbers of its own on {target} with the profile `{profile}`, and so has `{}`; `update` removes those of a test that is gone",
        .rename.to, .rename.from
    )]
    Taken {
        /// The old and the new id.
        rename: TestRename,
        /// The target triple.
        target: String,
        /// The profile.
        profile: String,
    },
    /// Tests of a package have the new name.
    #[error(
        "the tests of `{to}` have numbers on {target} already, and so have those of `{from}`; remove one of the files first"
    )]
    TakenPackage {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
        /// The target triple.
        target: String,
    },
    /// What can't stand in a source as it is.
    #[error("`{id}` can't be an id of a test: {problem}")]
    Id {
        /// The new id.
        id: String,
        /// Why.
        problem: String,
    },
}

impl TestRename {
    /// Of what is to be renamed, what is of tests: `package/tests/id`, where the package has committed numbers of tests. And the rest.
    #[must_use]
    pub fn among(wanted: &[(Named, Named)], snapshots: &Snapshots) -> (Vec<Self>, Vec<(Named, Named)>) {
        let (mut tests, mut others) = (Vec::new(), Vec::new());
        for (from, to) in wanted {
            match Self::of(from, to).filter(|test| snapshots.keys().any(|key| key.package == test.package)) {
                Some(test) => tests.push(test),
                None => others.push((from.clone(), to.clone())),
            }
        }
        (tests, others)
    }

    fn of(from: &Named, to: &Named) -> Option<Self> {
        let (Named::Benchmark(from), Named::Benchmark(to)) = (from, to) else { return None };
        let is_of_tests = SNAPSHOTS_FILE.strip_suffix(".json") == Some(&*from.bench_target);
        let stays = (&from.package, &from.bench_target) == (&to.package, &to.bench_target);
        (is_of_tests && stays).then(|| Self {
            package: from.package.clone(),
            from: from.name.clone(),
            to: to.name.clone(),
        })
    }

    /// The target triples on which it has numbers.
    ///
    /// # Errors
    /// When it has none, the new id has some in the same place, or is no other id.
    pub fn targets<'a>(&self, snapshots: &'a Snapshots) -> Result<BTreeSet<&'a str>, TestRenameError> {
        if self.from == self.to {
            return Err(InvalidRename::Same(self.to.clone()).into());
        }
        check_id(&self.to)
            .map_err(|error| TestRenameError::Id { id: self.to.clone(), problem: error.to_string() })?;
        let files = || snapshots.iter().filter(|(key, _)| key.package == self.package);
        let mut targets = BTreeSet::new();
        for (key, file) in files() {
            let with_old = || file.profiles.iter().filter(|(_, ids)| ids.contains_key(&self.from));
            if let Some((profile, _)) = with_old().find(|(_, ids)| ids.contains_key(&self.to)) {
                return Err(TestRenameError::Taken {
                    rename: self.clone(),
                    target: key.target.clone(),
                    profile: profile.clone(),
                });
            }
            targets.extend(with_old().next().map(|_| &*key.target));
        }
        if targets.is_empty() {
            let ids: BTreeSet<&str> =
                files().flat_map(|(_, file)| file.profiles.values()).flatten().map(|(id, _)| &**id).collect();
            let nearest = ranked(&self.from, ids).into_iter().take(MOST_NEAREST).collect();
            return Err(TestRenameError::Unknown {
                package: self.package.clone(),
                id: self.from.clone(),
                nearest,
            });
        }
        Ok(targets)
    }

    /// Moves its numbers in a file, in every profile in which the new id has none.
    pub fn apply(&self, file: &mut SnapshotFile) {
        for ids in file.profiles.values_mut().filter(|ids| !ids.contains_key(&self.to)) {
            if let Some(snapshot) = ids.remove(&self.from) {
                ids.insert(self.to.clone(), snapshot);
            }
        }
    }

    /// Says what moves where.
    #[must_use]
    pub fn render(&self, targets: &BTreeSet<&str>, dry_run: bool, color: bool) -> String {
        let style = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
        let word = if color { format!("{style}renamed{style:#}") } else { "renamed".to_owned() };
        let targets: Vec<&str> = targets.iter().copied().collect();
        let end = if dry_run { "; nothing was written" } else { "" };
        let Self { package, from, to } = self;
        format!("{word} {from} → {to}: a test of {package} on {}{end}\n", targets.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use memgate_protocol::snapshots::Snapshot;

    use super::*;
    use crate::model::SnapshotKey;

    fn snapshots(ids: &[(&str, &str)]) -> Snapshots {
        let mut file = SnapshotFile::default();
        for (profile, id) in ids {
            file.insert(profile, id, Snapshot { values: [1; 5], probe: 1, rustc: "1".to_owned() });
        }
        [(SnapshotKey { target: "x86".to_owned(), package: "app".to_owned() }, file)].into()
    }

    fn wanted(from: &str, to: &str) -> Vec<(Named, Named)> {
        vec![(from.parse().unwrap(), to.parse().unwrap())]
    }

    #[test]
    fn what_is_of_tests_is_told_from_what_is_of_benchmarks() {
        let there = snapshots(&[("dev", "parse/json")]);
        let (tests, others) = TestRename::among(&wanted("app/tests/parse/json", "app/tests/a b"), &there);
        let expected =
            TestRename { package: "app".to_owned(), from: "parse/json".to_owned(), to: "a b".to_owned() };
        assert_eq!((tests, others), (vec![expected], Vec::new()));
        for (from, to) in [
            ("app/memory/parse", "app/memory/other"),
            ("other/tests/parse", "other/tests/other"),
            ("app/tests/parse", "app/memory/parse"),
            ("app/tests", "app/checks"),
            ("app", "core"),
        ] {
            let (tests, others) = TestRename::among(&wanted(from, to), &there);
            assert_eq!((tests, others), (Vec::new(), wanted(from, to)), "{from}");
        }
    }

    #[test]
    fn numbers_move_in_every_profile_and_nothing_is_written_over() {
        let mut there = snapshots(&[("dev", "a"), ("release", "a"), ("dev", "b"), ("fast", "c")]);
        let rename = |from: &str, to: &str| TestRename {
            package: "app".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let problem = |rename: TestRename| rename.targets(&there).unwrap_err().to_string();
        assert_eq!(
            problem(rename("a", "b")),
            "`b` has numbers of its own on x86 with the profile `dev`, and so has `a`; `update` removes those of a test that is gone"
        );
        assert_eq!(
            problem(rename("aa", "d")),
            "no test of app has numbers with the id `aa`; did you mean `a`?"
        );
        assert_eq!(problem(rename("a", "a")), "`a` is both the old and the new name");
        assert!(problem(rename("a", "\"")).starts_with("`\"` can't be an id of a test: "));
        let new = rename("a", "c");
        assert_eq!(new.targets(&there).unwrap(), ["x86"].into());
        there.values_mut().for_each(|file| new.apply(file));
        assert_eq!(there, snapshots(&[("dev", "c"), ("release", "c"), ("dev", "b"), ("fast", "c")]));
    }
}
