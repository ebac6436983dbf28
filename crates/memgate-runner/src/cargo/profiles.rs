//! The settings of a profile as cargo resolves them: manifests, configuration files, variables, inheritance.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use memgate_report::model::Profile;
use memgate_report::sites::PackageFeatures;
use serde::Deserialize;

use super::{CargoError, rustflags};
use crate::process::ask;

/// How each unit of a kind is compiled in a build, by its name.
///
/// `build` is the command that builds them, and `is_member` says whether a package, by its id, is of the workspace. With
/// `--unit-graph` cargo says what it would build instead of building it; the flag is unstable, so `RUSTC_BOOTSTRAP` is set for
/// this one question. Rejected: resolving profiles here, where every later rule of cargo's would make our baselines lie about
/// what they were measured with.
///
/// # Errors
/// When cargo does not answer, or not with a unit graph.
pub(super) fn resolve(
    mut build: Command,
    kind: UnitKind,
    is_member: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, UnitSettings>, CargoError> {
    let wrong = |problem: String| CargoError::Answer { source_name: "cargo --unit-graph", problem };
    build.args(["-Zunstable-options", "--unit-graph"]).env("RUSTC_BOOTSTRAP", "1");
    let output = ask(build).map_err(|problem| CargoError::Start { program: "cargo".into(), problem })?;
    if !output.status.success() {
        return Err(wrong(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let graph: UnitGraph =
        serde_json::from_slice(&output.stdout).map_err(|error| wrong(error.to_string()))?;
    Ok(units_of(&graph, kind, is_member))
}

/// What is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// Bench targets.
    Bench,
    /// Binaries.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux a command is run"))]
    Binary,
}

impl UnitKind {
    fn is_of(self, unit: &Unit) -> bool {
        match self {
            Self::Bench => unit.target.kind == ["bench"] && unit.mode == "test",
            Self::Binary => unit.target.kind == ["bin"] && unit.mode == "build",
        }
    }
}

/// How a bench target or a binary is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnitSettings {
    pub(super) profile: Profile,
    /// The profile's own flags, which come after all others, and whether the standard library is compiled along; both are
    /// unstable settings of cargo's.
    pub(super) rustflags: Vec<String>,
    /// The features of what is linked into it and not of the workspace.
    pub(super) features: PackageFeatures,
}

#[derive(Deserialize)]
struct UnitGraph {
    units: Vec<Unit>,
}

#[derive(Deserialize)]
struct Unit {
    pkg_id: String,
    target: UnitTarget,
    mode: String,
    profile: UnitProfile,
    /// Whether it is of the standard library, which is only compiled where that is asked for (`-Zbuild-std`).
    #[serde(default)]
    is_std: bool,
    dependencies: Vec<UnitDependency>,
    #[serde(default)]
    features: Vec<String>,
}

#[derive(Deserialize)]
struct UnitDependency {
    index: usize,
}

#[derive(Deserialize)]
struct UnitTarget {
    kind: Vec<String>,
    name: String,
}

#[derive(Deserialize)]
struct UnitProfile {
    name: String,
    opt_level: String,
    lto: String,
    codegen_units: Option<u32>,
    debug_assertions: bool,
    overflow_checks: bool,
    panic: String,
    #[serde(default)]
    rustflags: Vec<String>,
}

fn units_of(
    graph: &UnitGraph,
    kind: UnitKind,
    is_member: impl Fn(&str) -> bool,
) -> BTreeMap<String, UnitSettings> {
    let builds_std = graph.units.iter().any(|unit| unit.is_std).then(|| "-Zbuild-std".to_owned());
    let units = graph.units.iter().filter(|unit| kind.is_of(unit));
    units
        .map(|unit| {
            let linked = linked(graph, unit);
            let profile = Profile {
                codegen_units: unit.profile.codegen_units,
                debug_assertions: unit.profile.debug_assertions,
                lto: unit.profile.lto.clone(),
                name: unit.profile.name.clone(),
                opt_level: unit.profile.opt_level.clone(),
                overflow_checks: unit.profile.overflow_checks,
                packages: packages(unit, &linked, &is_member),
                panic: unit.profile.panic.clone(),
            };
            let rustflags = unit.profile.rustflags.iter().cloned().chain(builds_std.clone()).collect();
            (
                unit.target.name.clone(),
                UnitSettings { profile, rustflags, features: features(&linked, &is_member) },
            )
        })
        .collect()
}

/// What is linked into a bench target. What runs while it is built (build scripts, procedural macros, and what they depend on)
/// has settings of its own (`build-override`), and makes the same code with any.
fn linked<'a>(graph: &'a UnitGraph, bench: &'a Unit) -> Vec<&'a Unit> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![bench];
    let mut linked = Vec::new();
    while let Some(unit) = waiting.pop() {
        for UnitDependency { index } in &unit.dependencies {
            let Some(unit) = graph.units.get(*index).filter(|_| seen.insert(*index)) else { continue };
            if unit.mode == "build" && !unit.is_std && unit.target.kind != ["proc-macro"] {
                linked.push(unit);
                waiting.push(unit);
            }
        }
    }
    linked
}

/// memgate's own packages that are linked into bench targets: which of their features are on is no doing of the program's.
const OWN: [&str; 7] = [
    "memgate",
    "memgate-criterion",
    "memgate-divan",
    "memgate-facade-allocator",
    "memgate-protocol",
    "memgate-stacks",
    "memgate-target",
];

/// The features of what is linked and not of the workspace, by package. Two versions of one have theirs together: their versions are
/// in the lock file.
fn features(linked: &[&Unit], is_member: impl Fn(&str) -> bool) -> PackageFeatures {
    let mut features = PackageFeatures::new();
    let is_other = |id: &str| !is_member(id) && !OWN.contains(&package_name(id));
    let others = linked.iter().filter(|unit| is_other(&unit.pkg_id) && !unit.features.is_empty());
    for unit in others {
        let of_package = features.entry(package_name(&unit.pkg_id).to_owned()).or_default();
        of_package.extend(unit.features.iter().cloned());
    }
    features
}

/// What is set for dependencies otherwise than for a bench target, as `[profile.….package]` would say it.
///
/// What is set for all that are not of the workspace (`*`) is read from the one that every bench target has. Rejected: naming
/// each of them, with which a new dependency would be another environment.
fn packages(bench: &Unit, linked: &[&Unit], is_member: impl Fn(&str) -> bool) -> Vec<String> {
    let own = settings(&bench.profile);
    let all =
        linked.iter().find(|unit| package_name(&unit.pkg_id) == ALWAYS_THERE && !is_member(&unit.pkg_id));
    let all = all.map(|unit| settings(&unit.profile)).or_else(|| most_common(linked, &is_member));
    let all = all.unwrap_or_else(|| own.clone());
    let mut entries: BTreeSet<String> = differences("*", &own, &all).collect();
    for unit in linked {
        let usual = if is_member(&unit.pkg_id) { &own } else { &all };
        entries.extend(differences(package_name(&unit.pkg_id), usual, &settings(&unit.profile)));
    }
    entries.into_iter().collect()
}

/// The settings that most of what is not of the workspace has, where there is no package that is always there.
fn most_common(linked: &[&Unit], is_member: impl Fn(&str) -> bool) -> Option<[(&'static str, String); 5]> {
    let mut counts: BTreeMap<[(&'static str, String); 5], usize> = BTreeMap::new();
    for unit in linked.iter().filter(|unit| !is_member(&unit.pkg_id)) {
        *counts.entry(settings(&unit.profile)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(settings, _)| settings)
}

/// A package that every bench target is linked with, and that nobody has a reason to name in a profile.
const ALWAYS_THERE: &str = "memgate-protocol";

/// The settings that a package can have of its own and that decide numbers.
fn settings(profile: &UnitProfile) -> [(&'static str, String); 5] {
    [
        (
            "codegen-units",
            profile.codegen_units.map_or_else(|| "default".to_owned(), |units| units.to_string()),
        ),
        ("debug-assertions", profile.debug_assertions.to_string()),
        ("opt-level", profile.opt_level.clone()),
        ("overflow-checks", profile.overflow_checks.to_string()),
        ("rustflags", rustflags::deciding(&profile.rustflags).join(" ")),
    ]
}

fn differences(
    package: &str,
    usual: &[(&'static str, String)],
    own: &[(&'static str, String)],
) -> impl Iterator<Item = String> {
    let other = usual.iter().zip(own).filter(|(usual, own)| usual != own);
    other.map(move |(_, (name, value))| format!("{package}.{name}={value}"))
}

/// The name in an id: `registry+https://…#name@1.0.0`, `path+file:///…/name#1.0.0`, `path+file:///…/folder#name@1.0.0`.
fn package_name(id: &str) -> &str {
    let (place, rest) = id.rsplit_once('#').unwrap_or((id, ""));
    match rest.split_once('@') {
        Some((name, _)) => name,
        None => place.split('?').next().unwrap_or(place).rsplit('/').next().unwrap_or(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, kind: &str, mode: &str, opt_level: &str, dependencies: &[usize]) -> serde_json::Value {
        let dependencies: Vec<_> =
            dependencies.iter().map(|index| serde_json::json!({"index": index})).collect();
        serde_json::json!({
            "pkg_id": id, "target": {"kind": [kind], "name": "memory"}, "mode": mode, "dependencies": dependencies,
            "profile": {
                "name": "bench", "opt_level": opt_level, "lto": "false", "codegen_units": null, "debug_assertions": false,
                "overflow_checks": false, "panic": "unwind", "rustflags": ["-Ccode-model=small"]
            }
        })
    }

    fn bench(units: &[serde_json::Value]) -> UnitSettings {
        let graph = serde_json::from_value(serde_json::json!({"units": units})).unwrap();
        units_of(&graph, UnitKind::Bench, |id| id.starts_with("path+"))["memory"].clone()
    }

    #[test]
    fn unstable_settings_count_as_flags() {
        let own = unit("path+file:///p#0.1.0", "bench", "test", "3", &[]);
        assert_eq!(bench(std::slice::from_ref(&own)).rustflags, ["-Ccode-model=small"]);
        let mut std = unit("path+file:///std#0.0.0", "lib", "build", "3", &[]);
        std["is_std"] = true.into();
        assert_eq!(bench(&[own, std]).rustflags, ["-Ccode-model=small", "-Zbuild-std"]);
    }

    #[test]
    fn what_is_set_for_single_dependencies_is_recorded() {
        let registry = |package: &str| format!("registry+https://example.org/index#{package}@1.0.0");
        let packages = |protocol: &str, parser: &str, member: &str, for_the_build: &str| {
            let units = [
                unit("path+file:///w/p#0.1.0", "bench", "test", "0", &[1, 2, 3, 4, 5]),
                unit(&registry("memgate-protocol"), "lib", "build", protocol, &[]),
                unit(&registry("parser"), "lib", "build", parser, &[]),
                unit("path+file:///w/inner#member@0.1.0", "lib", "build", member, &[]),
                unit(&registry("derive"), "proc-macro", "build", for_the_build, &[6]),
                unit("path+file:///w/p#0.1.0", "custom-build", "run-custom-build", "0", &[6]),
                unit(&registry("quote"), "lib", "build", for_the_build, &[]),
            ];
            bench(&units).profile.packages
        };
        assert_eq!(packages("0", "0", "0", "3"), [""; 0]);
        assert_eq!(packages("0", "3", "0", "0"), ["parser.opt-level=3"]);
        assert_eq!(packages("0", "0", "2", "0"), ["member.opt-level=2"]);
        // Of all that are not of the workspace, only those that are set otherwise once more are named.
        assert_eq!(packages("3", "3", "0", "0"), ["*.opt-level=3"]);
        assert_eq!(
            packages("3", "1", "3", "0"),
            ["*.opt-level=3", "member.opt-level=3", "parser.opt-level=1"]
        );
    }

    #[test]
    fn packages_have_the_names_of_their_ids() {
        assert_eq!(package_name("registry+https://example.org/i#a-b@1.0.0"), "a-b");
        assert_eq!(package_name("path+file:///x/a_b#0.1.0"), "a_b");
        assert_eq!(package_name("git+https://example.org/x/name?branch=a/b#1.0.0"), "name");
        assert_eq!(package_name("path+file:///x/y#name@0.1.0"), "name");
    }

    #[test]
    fn features_are_those_of_what_is_linked() {
        let with = |mut unit: serde_json::Value, features: &[&str]| {
            unit["features"] = serde_json::json!(features);
            unit
        };
        let registry = |package: &str| format!("registry+https://example.org/index#{package}");
        let units = [
            with(unit("path+file:///w/p#0.1.0", "bench", "test", "0", &[1, 2, 3, 4, 7]), &["own"]),
            with(unit(&registry("map@1.0.0"), "lib", "build", "0", &[5]), &["std", "alloc"]),
            with(unit("path+file:///w/p#0.1.0", "lib", "build", "0", &[]), &["own"]),
            with(unit(&registry("derive@1.0.0"), "proc-macro", "build", "0", &[6]), &["std"]),
            unit(&registry("plain@1.0.0"), "lib", "build", "0", &[]),
            with(unit(&registry("map@2.0.0"), "lib", "build", "0", &[]), &["nightly"]),
            with(unit(&registry("quote@1.0.0"), "lib", "build", "0", &[]), &["std"]),
            with(unit(&registry("memgate@0.1.0"), "lib", "build", "0", &[]), &["suites"]),
        ];
        let features = ["alloc", "nightly", "std"].map(str::to_owned).into();
        assert_eq!(bench(&units).features, PackageFeatures::from([("map".to_owned(), features)]));
    }
}
