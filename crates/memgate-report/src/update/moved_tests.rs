//! Renames of packages whose tests hold their numbers: the file goes with the package.

use crate::model::{Named, SnapshotKey, Snapshots};

use super::test_rename::TestRenameError;

/// The numbers of a package's tests on a target triple, which get another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTests {
    /// Whose they are.
    pub from: SnapshotKey,
    /// Whose they will be.
    pub to: SnapshotKey,
}

impl MovedTests {
    /// What moves with the packages that are renamed.
    ///
    /// # Errors
    /// When a package has numbers of tests under its new name, too.
    pub fn among(wanted: &[(Named, Named)], snapshots: &Snapshots) -> Result<Vec<Self>, TestRenameError> {
        let mut moved = Vec::new();
        for (from, to) in wanted {
            let (Named::Package(old), Named::Package(new)) = (from, to) else { continue };
            for key in snapshots.keys().filter(|key| key.package == *old) {
                let to = SnapshotKey { target: key.target.clone(), package: new.clone() };
                if snapshots.contains_key(&to) {
                    let (from, to, target) = (old.clone(), new.clone(), key.target.clone());
                    return Err(TestRenameError::TakenPackage { from, to, target });
                }
                moved.push(Self { from: key.clone(), to });
            }
        }
        Ok(moved)
    }

    /// Says what moves where.
    #[must_use]
    pub fn render(&self, dry_run: bool) -> String {
        let end = if dry_run { "; nothing was written" } else { "" };
        let (from, to, target) = (&self.from.package, &self.to.package, &self.from.target);
        format!("renamed {from} → {to}: the numbers of its tests on {target}{end}\n")
    }
}

#[cfg(test)]
mod tests {
    use memgate_protocol::snapshots::SnapshotFile;

    use super::*;

    #[test]
    fn the_file_of_tests_goes_with_its_package_and_over_no_other() {
        let key = |package: &str| SnapshotKey { target: "x86".to_owned(), package: package.to_owned() };
        let there: Snapshots = ["app", "other"].map(|package| (key(package), SnapshotFile::default())).into();
        let among =
            |from: &str, to: &str| MovedTests::among(&[(from.parse().unwrap(), to.parse().unwrap())], &there);
        assert_eq!(among("app", "core"), Ok(vec![MovedTests { from: key("app"), to: key("core") }]));
        assert_eq!(among("app/memory", "app/heap"), Ok(Vec::new()));
        assert_eq!(among("gone", "core"), Ok(Vec::new()));
        let problem = among("app", "other").unwrap_err().to_string();
        assert_eq!(
            problem,
            "the tests of `other` have numbers on x86 already, and so have those of `app`; remove one of the files first"
        );
    }
}
