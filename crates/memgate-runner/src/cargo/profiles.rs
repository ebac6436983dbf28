//! The settings of a profile as cargo resolves them: manifests, configuration files, variables, inheritance.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::CargoError;
use crate::model::Profile;

/// The profile of each bench target of a build, by the target's name.
///
/// `build` is the command that builds them. With `--unit-graph` cargo says what it would build instead of building it;
/// the flag is unstable, so `RUSTC_BOOTSTRAP` is set for this one question. Rejected: resolving profiles here, where
/// every later rule of cargo's would make our baselines lie about what they were measured with.
///
/// # Errors
/// When cargo does not answer, or not with a unit graph.
pub(super) fn resolve(mut build: Command) -> Result<BTreeMap<String, Profile>, CargoError> {
    let wrong = |problem: String| CargoError::Answer { source_name: "cargo --unit-graph", problem };
    let output = build
        .args(["-Zunstable-options", "--unit-graph"])
        .env("RUSTC_BOOTSTRAP", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|problem| CargoError::Start { program: "cargo".into(), problem })?;
    if !output.status.success() {
        return Err(wrong(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let graph: UnitGraph =
        serde_json::from_slice(&output.stdout).map_err(|error| wrong(error.to_string()))?;
    Ok(bench_profiles(graph))
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
}

fn bench_profiles(graph: UnitGraph) -> BTreeMap<String, Profile> {
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
            (unit.target.name, profile)
        })
        .collect()
}
