use super::*;
use crate::cargo::manifest_samples::{dependency, library, package};

/// What a package `p` of these features and dependencies knows and lacks, among other packages.
fn of(features: &str, dependencies: &[String], others: &[Package], lock: &str) -> (Names, Vec<String>) {
    let package = package("p", features, &format!("[{}]", dependencies.join(",")), &library("p"));
    let reach = Reach::new(others.iter().chain([&package]), &Locked::parse(lock));
    let enabled = BTreeSet::from(["default".to_owned()]);
    let lacking = match reach.reached(&package, &enabled) {
        Reached::No => reach.lacking(&package, &enabled),
        Reached::On(_) | Reached::Yes => Vec::new(),
    };
    (reach.names(&package), lacking)
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn names_are_those_of_the_manifest() {
    let helper = package("test-help", "{}", &format!("[{}]", dependency("memgate", "")), "[]");
    let dependencies = [
        dependency("memgate", r#""rename": "heap-probe", "kind": "dev""#),
        dependency("memgate-criterion", r#""rename": "criterion", "kind": "dev""#),
        dependency("test-help", r#""kind": "dev""#),
        dependency("divan", r#""kind": "dev""#),
        dependency("memgate", r#""rename": "of_the_script", "kind": "build""#),
    ];
    let (names, lacking) = of("{}", &dependencies, &[helper], "");
    assert_eq!(names.runtime, set(&["heap_probe", "criterion"]));
    assert_eq!(names.helpers, set(&["test_help"]));
    assert_eq!(names.foreign, set(&["divan"]));
    assert_eq!((names.own, lacking), (None, vec![]));
}

#[test]
fn a_library_that_leads_to_memgate_hands_it_on() {
    let optional = [dependency("memgate", r#""optional": true"#)];
    let (names, lacking) = of(r#"{"heap": ["dep:memgate"]}"#, &optional, &[], "");
    assert_eq!(names.own.as_deref(), Some("p"));
    assert_eq!(lacking, ["heap"]);
}

#[test]
fn what_leads_to_memgate_under_other_features_is_known() {
    let memgate = format!("[{}]", dependency("memgate", r#""optional": true"#));
    let helper = || package("helper", r#"{"heap": ["dep:memgate"]}"#, &memgate, "[]");
    let (names, lacking) = of(r#"{"heap": ["helper/heap"]}"#, &[dependency("helper", "")], &[helper()], "");
    assert_eq!((names.helpers, lacking), (set(&["helper"]), vec!["heap".to_owned()]));
    // A feature of its own does not lead there.
    let (_, lacking) = of("{}", &[dependency("helper", "")], &[helper()], "");
    assert_eq!(lacking, ["helper/heap"]);
    // It takes two.
    let optional = [dependency("helper", r#""optional": true"#)];
    let features = r#"{"a": ["dep:helper"], "b": ["helper?/heap"], "c": []}"#;
    let (_, lacking) = of(features, &optional, &[helper()], "");
    assert_eq!(lacking, ["helper/heap"]);
    let two = package(
        "helper",
        r#"{"a": ["dep:other"], "b": ["other?/heap"]}"#,
        &format!("[{}]", dependency("other", r#""optional": true"#)),
        "[]",
    );
    let other = package("other", r#"{"heap": ["dep:memgate"]}"#, &memgate, "[]");
    let features = r#"{"x": ["helper/a"], "y": ["helper/b"]}"#;
    let (_, lacking) = of(features, &[dependency("helper", "")], &[two, other], "");
    assert_eq!(lacking, ["x", "y"]);
}

#[test]
fn what_cargo_has_not_resolved_is_known_from_the_lock_file() {
    let lock = "[[package]]\nname = \"helper\"\nversion = \"0.1.0\"\ndependencies = [\"middle 1.0.0\"]\n\
                [[package]]\nname = \"middle\"\nversion = \"1.0.0\"\ndependencies = [\"memgate\"]\n\
                [[package]]\nname = \"criterion\"\nversion = \"1.0.0\"\n";
    let dependencies =
        [dependency("helper", r#""optional": true"#), dependency("criterion", r#""optional": true"#)];
    let (names, lacking) =
        of(r#"{"heap": ["dep:helper"], "times": ["dep:criterion"]}"#, &dependencies, &[], lock);
    assert_eq!((names.helpers, names.foreign), (set(&["helper"]), set(&["criterion"])));
    assert_eq!(lacking, ["heap"]);
}

#[test]
fn the_package_that_depends_on_itself_to_have_features_has_them() {
    let dependencies = [
        dependency("memgate", r#""optional": true"#),
        dependency("p", r#""kind": "dev", "features": ["heap"]"#),
    ];
    let (names, lacking) = of(r#"{"heap": ["dep:memgate"]}"#, &dependencies, &[], "");
    assert_eq!((names.helpers, lacking), (set(&[]), vec![]));
}
