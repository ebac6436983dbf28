//! Packages that base and head were built with in other versions, or with other features.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::sites::PackageFeatures;

/// A package that `Cargo.lock` has in another version than it had, or that has other features.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyChange {
    /// The package's name.
    pub package: String,
    /// The versions in base, each with the shortened revision where it is from a repository; none when it is new.
    pub base: Vec<String>,
    /// The versions in head; none when it is gone. Where both have none, its features alone have changed.
    pub head: Vec<String>,
    /// The features that it has now and had not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gained_features: Vec<String>,
    /// The features that it had and has no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost_features: Vec<String>,
}

impl DependencyChange {
    /// The name of its library as functions have it, unless the package gives it another one.
    #[must_use]
    pub fn crate_name(&self) -> String {
        self.package.replace('-', "_")
    }
}

impl std::fmt::Display for DependencyChange {
    /// Such as `hashbrown 0.15.2 → 0.16.0`, `winnow 0.5.40 is new`, or `hashbrown gained feature nightly`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let versions = |list: &[String]| list.join(" and ");
        let mut parts = Vec::new();
        match (&*self.base, &*self.head) {
            (base, head) if base == head => {}
            ([], head) => parts.push(format!("{} is new", versions(head))),
            (base, []) => parts.push(format!("{} is gone", versions(base))),
            (base, head) => parts.push(format!("{} → {}", versions(base), versions(head))),
        }
        for (verb, features) in [("gained", &self.gained_features), ("lost", &self.lost_features)] {
            match features.as_slice() {
                [] => {}
                [one] => parts.push(format!("{verb} feature {one}")),
                several => parts.push(format!("{verb} features {}", several.join(" and "))),
            }
        }
        write!(f, "{} {}", self.package, parts.join(", "))
    }
}

/// Adds which features the packages of base and head differ in. Of a package that is new or gone, which `Cargo.lock` says, features
/// say no more. What is there already is not added again.
pub fn add_feature_changes(
    dependencies: &mut Vec<DependencyChange>,
    base: &PackageFeatures,
    head: &PackageFeatures,
) {
    let names: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let nothing = BTreeSet::new();
    for package in names {
        let [base, head] = [base, head].map(|side| side.get(package).unwrap_or(&nothing));
        if base == head {
            continue;
        }
        let known = dependencies.iter().position(|change| change.package == *package);
        let index = known.unwrap_or_else(|| {
            dependencies.push(DependencyChange { package: package.clone(), ..DependencyChange::default() });
            dependencies.len() - 1
        });
        let Some(change) = dependencies.get_mut(index) else { continue };
        if known.is_some() && change.base.is_empty() != change.head.is_empty() {
            continue;
        }
        for (features, of, other) in
            [(&mut change.gained_features, head, base), (&mut change.lost_features, base, head)]
        {
            let more: Vec<String> =
                of.difference(other).filter(|feature| !features.contains(feature)).cloned().collect();
            features.extend(more);
            features.sort();
        }
    }
    dependencies.sort_by(|one, other| one.package.cmp(&other.package));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_told_where_the_lock_file_does_not() {
        let of = |packages: &[(&str, &[&str])]| -> PackageFeatures {
            let set = |features: &[&str]| features.iter().map(|&feature| feature.to_owned()).collect();
            packages.iter().map(|(package, features)| ((*package).to_owned(), set(features))).collect()
        };
        let base =
            of(&[("hashbrown", &["std"]), ("gone", &["std"]), ("same", &["std"]), ("serde", &["std", "rc"])]);
        let head = of(&[
            ("hashbrown", &["nightly", "std"]),
            ("same", &["std"]),
            ("serde", &["alloc"]),
            ("new", &["x"]),
        ]);
        let version = |package: &str, base: &[&str], head: &[&str]| DependencyChange {
            package: package.to_owned(),
            base: base.iter().map(|&version| version.to_owned()).collect(),
            head: head.iter().map(|&version| version.to_owned()).collect(),
            ..DependencyChange::default()
        };
        let mut dependencies = vec![
            version("gone", &["1.0.0"], &[]),
            version("new", &[], &["1.0.0"]),
            version("serde", &["1.0.1"], &["1.0.2"]),
        ];
        let expected = [
            "gone 1.0.0 is gone",
            "hashbrown gained feature nightly",
            "new 1.0.0 is new",
            "serde 1.0.1 → 1.0.2, gained feature alloc, lost features rc and std",
        ];
        // Bench targets of one package differ in the same features.
        for _ in 0..2 {
            add_feature_changes(&mut dependencies, &base, &head);
            assert_eq!(dependencies.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
        }
    }
}
