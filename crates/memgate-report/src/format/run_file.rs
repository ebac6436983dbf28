//! A run as JSON: what `run` writes, and what `report` and `update --from` read.

use memgate_protocol::check_name;
use serde::{Deserialize, Serialize};

use super::error::{FormatError, check_envelope, text_of};
use super::sites_file::check_features;
use super::{is_file_name, visible_json};
use crate::model::{BenchmarkResult, Run};

/// The newest schema version of run files. One without figures of the kernel's has the one before, so that an older memgate can read it.
///
/// # Changelog
/// - 1: first version.
/// - 2: bench targets have `sites`.
/// - 3: runs have `partition` and `revision`.
/// - 4: a measurement has `starts_processes`; bench targets that were left out may need more than features; profiles have `packages`.
/// - 5: bench targets have `package_features`.
/// - 6: environments have `commands`; an id may be `commands/name`.
/// - 7: commands have `resident.peak_bytes` and `cgroup.peak_bytes`.
pub const RUN_SCHEMA: u32 = 7;

/// What a run file says it is.
pub const RUN_KIND: &str = "memgate run";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunFile {
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(rename = "schema")]
    _schema: u32,
    run: Run,
}

#[derive(Serialize)]
struct WrittenFile<'a> {
    kind: &'a str,
    schema: u32,
    run: &'a Run,
}

/// Reads a run file.
///
/// # Errors
/// When the file is no run, or has a newer schema.
pub fn parse_run(bytes: &[u8]) -> Result<Run, FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, RUN_KIND, RUN_SCHEMA)?;
    let RunFile { run, .. } = serde_json::from_str(text)?;
    check_names(&run)?;
    Ok(run)
}

/// Checks that names are names. A run may come from anywhere, such as the pull request of a stranger, and its names
/// become the folders of baselines and the lines of reports.
fn check_names(run: &Run) -> Result<(), FormatError> {
    let parts = run.bench_targets.iter().flat_map(|part| [&part.package, &part.bench_target]);
    if let Some(name) = std::iter::once(&run.target).chain(parts).find(|name| !is_file_name(name)) {
        return Err(FormatError::Unsound(format!(
            "{name:?} is no name of a target triple, package or bench target"
        )));
    }
    run.bench_targets
        .iter()
        .filter_map(|part| part.package_features.as_ref())
        .try_for_each(check_features)?;
    let benchmarks = run
        .bench_targets
        .iter()
        .flat_map(|part| part.declared.iter().chain(part.results.keys()).chain(part.sites.keys()));
    let environments = run.bench_targets.iter().filter_map(|part| part.environment.as_ref());
    let commands = environments.flat_map(|environment| environment.commands.keys());
    for name in benchmarks.chain(commands) {
        check_name(name)
            .map_err(|error| FormatError::Unsound(format!("{name:?} is no name of a benchmark: {error}")))?;
    }
    Ok(())
}

/// Prints a run file.
#[must_use]
pub fn print_run(run: &Run) -> String {
    let has_kernels = run.results().any(|(_, result)| match result {
        BenchmarkResult::Measured(measurement) => measurement.metrics.has_kernels(),
        BenchmarkResult::Failed(_) => false,
    });
    let schema = if has_kernels { RUN_SCHEMA } else { 6 };
    let file = WrittenFile { kind: RUN_KIND, schema, run };
    let mut text = serde_json::to_string_pretty(&file).expect("a run has string keys and finite numbers");
    text.push('\n');
    visible_json(text)
}
