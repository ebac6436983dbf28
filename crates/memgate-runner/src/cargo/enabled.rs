//! Which features of a package are enabled.

use std::collections::BTreeSet;

use cargo_metadata::Package;

use super::CargoOptions;

/// The features that are enabled by the package itself, and those of its dependencies (`dependency/feature`): what is asked for
/// and the defaults, and what these enable in turn. Its dependencies' own may be more.
pub(super) fn enabled_features(
    package: &Package,
    asked: &[String],
    options: &CargoOptions,
) -> BTreeSet<String> {
    // `package/feature` asks for the package's own as well.
    let own = |feature: &String| match feature.split_once('/') {
        Some((name, feature)) if *package.name == *name => feature.to_owned(),
        _ => feature.clone(),
    };
    let mut waiting: Vec<String> = asked.iter().map(own).collect();
    if options.all_features {
        waiting.extend(package.features.keys().cloned());
    } else if !options.no_default_features {
        waiting.push("default".to_owned());
    }
    let mut enabled = BTreeSet::new();
    while let Some(feature) = waiting.pop() {
        if let Some((dependency, of_dependency)) = feature.split_once('/') {
            let name = dependency.trim_end_matches('?');
            if name == dependency {
                // The feature that an optional dependency is, where it is one.
                waiting.push(name.to_owned());
            }
            enabled.insert(format!("{name}/{of_dependency}"));
        } else if let Some(implied) = package.features.get(&feature)
            && enabled.insert(feature)
        {
            waiting.extend(implied.iter().cloned());
        }
    }
    enabled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::manifest_samples::package;

    fn enabled(asked: &[&str], options: &CargoOptions) -> Vec<String> {
        let package = package(
            "p",
            r#"{"default": ["x"], "x": ["d/extra"], "d": ["dep:d"], "weak": ["e?/f"], "other": [], "e": ["dep:e"]}"#,
            "[]",
            "[]",
        );
        let asked: Vec<String> = asked.iter().map(|feature| (*feature).to_owned()).collect();
        enabled_features(&package, &asked, options).into_iter().collect()
    }

    #[test]
    fn a_feature_of_an_optional_dependency_enables_that_too() {
        let defaults = CargoOptions::default();
        assert_eq!(enabled(&[], &defaults), ["d", "d/extra", "default", "x"]);
        assert_eq!(enabled(&["p/other"], &defaults), ["d", "d/extra", "default", "other", "x"]);
        let none = CargoOptions { no_default_features: true, ..CargoOptions::default() };
        assert_eq!(enabled(&["weak", "gone"], &none), ["e/f", "weak"]);
        let all = CargoOptions { all_features: true, ..CargoOptions::default() };
        assert_eq!(enabled(&[], &all).len(), 8);
    }
}
