//! A run as JSON: what `run` writes, and what `report` and `update --from` read.

use serde::{Deserialize, Serialize};

use super::error::{FormatError, check_envelope, text_of};
use super::numbers::{check_commands, check_metrics};
use super::sites_file::check_features;
use super::{check_benchmark, check_part, visible_json};
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
/// When the file is no run, has a newer schema, or names or numbers that can't be.
pub fn parse_run(bytes: &[u8]) -> Result<Run, FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, RUN_KIND, RUN_SCHEMA)?;
    let RunFile { run, .. } = serde_json::from_str(text)?;
    check_names(&run)?;
    check_numbers(&run)?;
    Ok(run)
}

/// Checks that names are names. A run may come from anywhere, such as the pull request of a stranger, and its names
/// become the folders of baselines and the lines of reports.
fn check_names(run: &Run) -> Result<(), FormatError> {
    let parts = run.bench_targets.iter().flat_map(|part| [&part.package, &part.bench_target]);
    std::iter::once(&run.target).chain(parts).try_for_each(|name| check_part(name))?;
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
        check_benchmark(name)?;
    }
    Ok(())
}

/// Checks that numbers can be, and that commands say what decides theirs: they become baselines and records of a history, which would be
/// refused when they are read.
fn check_numbers(run: &Run) -> Result<(), FormatError> {
    for part in &run.bench_targets {
        let mut measured = Vec::new();
        for (name, result) in &part.results {
            if let BenchmarkResult::Measured(measurement) = result {
                check_metrics(name, &measurement.metrics)?;
                measured.push(name);
            }
        }
        if let Some(environment) = &part.environment {
            check_commands(environment, measured.into_iter())?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Baselines, Interval, MetricKey, Observation};
    use crate::rules::Policy;
    use crate::samples::{run_and_baselines, run_of_commands};
    use crate::update::{UpdateInput, plan_update};

    /// What is wrong with a run file and with the baseline that it would become.
    fn problems(run: &Run) -> (String, String) {
        let read = parse_run(print_run(run).as_bytes()).unwrap_err().to_string();
        let mut run = run.clone();
        for part in &mut run.bench_targets {
            part.results.retain(|_, result| matches!(result, BenchmarkResult::Measured(_)));
            part.failure = None;
        }
        let (policy, baselines) = (Policy::default(), Baselines::new());
        let input = UpdateInput {
            runs: std::slice::from_ref(&run),
            baselines: &baselines,
            policy: &policy,
            all: true,
            prune: false,
        };
        let written = plan_update(input).unwrap().writes;
        let texts = written.values().map(crate::format::print_baseline);
        let mut problems = texts.filter_map(|text| crate::format::parse_baseline(text.as_bytes()).err());
        (read, problems.next().unwrap().to_string())
    }

    #[test]
    fn what_could_not_be_read_as_a_baseline_is_not_read_as_a_run() {
        let with = |value: Observation| {
            let mut run = run_and_baselines().0;
            let mut results = run.bench_targets.iter_mut().flat_map(|part| part.results.iter_mut());
            let (name, metrics) = results
                .find_map(|(name, result)| match result {
                    BenchmarkResult::Measured(measurement) => Some((name.clone(), &mut measurement.metrics)),
                    BenchmarkResult::Failed(_) => None,
                })
                .unwrap();
            metrics.insert(MetricKey::steady(memgate_protocol::Metric::PeakBytes), value);
            (run, name)
        };
        let (run, name) = with(Observation::Exact(-5));
        let problem = format!("`peak_bytes` of `{name}` is negative");
        assert_eq!(problems(&run), (problem.clone(), problem));
        let unordered = Interval { minimum: 9, median: 5, maximum: 7, samples: 3 };
        let (run, name) = with(Observation::Noisy(Box::new(unordered)));
        let problem = format!("`peak_bytes` of `{name}` is no spread of values");
        assert_eq!(problems(&run), (problem.clone(), problem));
        let mut run = run_of_commands();
        run.bench_targets[0].environment.as_mut().unwrap().commands.clear();
        let problem = "nothing says what decides the numbers of the command \"search\"".to_owned();
        assert_eq!(problems(&run), (problem.clone(), problem));
    }
}
