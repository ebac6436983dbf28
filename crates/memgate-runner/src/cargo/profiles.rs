//! The settings of a profile as cargo resolves them: manifests, configuration files, variables, inheritance.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;

use super::CargoError;
use crate::model::Profile;
use crate::process::ask;

/// How each bench target of a build is compiled, by the target's name.
///
/// `build` is the command that builds them. With `--unit-graph` cargo says what it would build instead of building it;
/// the flag is unstable, so `RUSTC_BOOTSTRAP` is set for this one question. Rejected: resolving profiles here, where
/// every later rule of cargo's would make our baselines lie about what they were measured with.
///
/// # Errors
/// When cargo does not answer, or not with a unit graph.
pub(super) fn resolve(mut build: Command) -> Result<BTreeMap<String, BenchUnit>, CargoError> {
    let wrong = |problem: String| CargoError::Answer { source_name: "cargo --unit-graph", problem };
    build.args(["-Zunstable-options", "--unit-graph"]).env("RUSTC_BOOTSTRAP", "1");
    let output = ask(build).map_err(|problem| CargoError::Start { program: "cargo".into(), problem })?;
    if !output.status.success() {
        return Err(wrong(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let graph: UnitGraph =
        serde_json::from_slice(&output.stdout).map_err(|error| wrong(error.to_string()))?;
    Ok(bench_units(graph))
}

/// How a bench target is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BenchUnit {
    pub(super) profile: Profile,
    /// The profile's own flags, which come after all others, and whether the standard library is compiled along; both are
    /// unstable settings of cargo's.
    pub(super) rustflags: Vec<String>,
}

#[derive(Deserialize)]
struct UnitGraph {
    units: Vec<Unit>,
}

#[derive(Deserialize)]
struct Unit {
    target: UnitTarget,
    mode: String,
    profile: UnitProfile,
    /// Whether it is of the standard library, which is only compiled where that is asked for (`-Zbuild-std`).
    #[serde(default)]
    is_std: bool,
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

fn bench_units(graph: UnitGraph) -> BTreeMap<String, BenchUnit> {
    let builds_std = graph.units.iter().any(|unit| unit.is_std).then(|| "-Zbuild-std".to_owned());
    let benches = graph.units.into_iter().filter(|unit| unit.target.kind == ["bench"] && unit.mode == "test");
    benches
        .map(|unit| {
            let profile = Profile {
                codegen_units: unit.profile.codegen_units,
                debug_assertions: unit.profile.debug_assertions,
                lto: unit.profile.lto,
                name: unit.profile.name,
                opt_level: unit.profile.opt_level,
                overflow_checks: unit.profile.overflow_checks,
                panic: unit.profile.panic,
            };
            let rustflags = unit.profile.rustflags.into_iter().chain(builds_std.clone()).collect();
            (unit.target.name, BenchUnit { profile, rustflags })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unstable_settings_count_as_flags() {
        let unit = |kind: &str, is_std: bool| {
            serde_json::json!({
                "target": {"kind": [kind], "name": "memory"}, "mode": "test", "is_std": is_std,
                "profile": {
                    "name": "bench", "opt_level": "3", "lto": "false", "codegen_units": null, "debug_assertions": false,
                    "overflow_checks": false, "panic": "unwind", "rustflags": ["-Ccode-model=small"]
                }
            })
        };
        let flags = |units: serde_json::Value| {
            let graph = serde_json::from_value(serde_json::json!({"units": units})).unwrap();
            bench_units(graph)["memory"].rustflags.clone()
        };
        assert_eq!(flags(serde_json::json!([unit("bench", false)])), ["-Ccode-model=small"]);
        let with_std = serde_json::json!([unit("bench", false), unit("lib", true)]);
        assert_eq!(flags(with_std), ["-Ccode-model=small", "-Zbuild-std"]);
    }
}
