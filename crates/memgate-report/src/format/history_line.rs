//! A record of the history as one line of JSON, so that notes merge as sets of lines.

use std::collections::{BTreeMap, BTreeSet};

use memgate_protocol::check_name;
use serde::{Deserialize, Serialize};

use super::error::{FormatError, check_envelope, text_of};
use super::numbers::check_metrics;
use super::{Bounds, check_benchmark, check_bounds, check_part, unique_map};
use crate::model::{Environment, HistoryRecord, Interval, MetricKey, MetricMap, Observation, RecordedTarget};

/// The schema version of the records that this memgate writes.
///
/// # Changelog
/// - 1: first version.
/// - 2: `packages` of a profile; a record without is still of version 1, so that equal numbers are equal bytes.
/// - 3: `commands` of an environment; a record without is of an older version, as above.
pub const HISTORY_SCHEMA: u32 = 3;

/// What a record says it is.
pub const HISTORY_KIND: &str = "memgate history";

/// Whoever may push can write a record, so it is read within bounds: about fifty thousand benchmarks.
const BOUNDS: Bounds =
    Bounds { depth: 8, values: 2_000_000, texts: 2_000_000, items: 100_000, text_bytes: 1 << 20 };
/// A longer line is not looked at.
const LONGEST_LINE_BYTES: usize = 1 << 25;

// The fields of these are in the order of their names, so that the keys of a line are.

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    bench_targets: Vec<TargetLine>,
    kind: String,
    metrics: Vec<MetricKey>,
    schema: u32,
    target: String,
    tool: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetLine {
    bench_target: String,
    #[serde(deserialize_with = "unique_map::deserialize")]
    benchmarks: BTreeMap<String, Vec<Option<Value>>>,
    environment: Environment,
    failed: BTreeSet<String>,
    package: String,
}

/// A number, or minimum, median, maximum and samples.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Exact(i64),
    Noisy(i64, i64, i64, u32),
}

/// Reads a record.
///
/// # Errors
/// When the line is no record, has a newer schema, or names or numbers that can't be.
pub fn parse_history_line(line: &[u8]) -> Result<HistoryRecord, FormatError> {
    if line.len() > LONGEST_LINE_BYTES {
        return Err(FormatError::Unsound(format!("it is longer than {LONGEST_LINE_BYTES} bytes")));
    }
    let text = text_of(line)?;
    check_bounds(text, BOUNDS)?;
    check_envelope(text, HISTORY_KIND, HISTORY_SCHEMA)?;
    let Line { bench_targets, metrics, target, tool, kind: _, schema: _ } = serde_json::from_str(text)?;
    let keys: BTreeSet<MetricKey> = metrics.iter().copied().collect();
    if keys.len() != metrics.len() {
        return Err(FormatError::Unsound("a metric stands twice".to_owned()));
    }
    check_part(&target)?;
    check_name(&tool).map_err(|error| FormatError::Unsound(format!("{tool:?} is no version: {error}")))?;
    let bench_targets: Vec<RecordedTarget> =
        bench_targets.into_iter().map(|part| recorded(part, &metrics)).collect::<Result<_, _>>()?;
    let places: BTreeSet<(&str, &str)> =
        bench_targets.iter().map(|part| (part.package.as_str(), part.bench_target.as_str())).collect();
    if places.len() != bench_targets.len() {
        return Err(FormatError::Unsound("a bench target stands twice".to_owned()));
    }
    Ok(HistoryRecord { target, tool, bench_targets })
}

fn recorded(part: TargetLine, metrics: &[MetricKey]) -> Result<RecordedTarget, FormatError> {
    let TargetLine { bench_target, benchmarks, environment, failed, package } = part;
    check_part(&package)?;
    check_part(&bench_target)?;
    let mut read = BTreeMap::new();
    for (name, values) in benchmarks {
        check_benchmark(&name)?;
        if values.len() != metrics.len() {
            return Err(FormatError::Unsound(format!(
                "`{name}` has {} values for {} metrics",
                values.len(),
                metrics.len()
            )));
        }
        let pairs = metrics.iter().zip(values).filter_map(|(key, value)| Some((*key, observation(value?))));
        let values: MetricMap = pairs.collect();
        check_metrics(&name, &values)?;
        read.insert(name, values);
    }
    for name in &failed {
        check_benchmark(name)?;
    }
    Ok(RecordedTarget { package, bench_target, environment, benchmarks: read, failed })
}

fn observation(value: Value) -> Observation {
    match value {
        Value::Exact(value) => Observation::Exact(value),
        Value::Noisy(minimum, median, maximum, samples) => {
            Observation::Noisy(Box::new(Interval { minimum, median, maximum, samples }))
        }
    }
}

/// Prints a record: one line without its end, keys sorted, no time; the same data always gives the same bytes.
#[must_use]
pub fn print_history_line(record: &HistoryRecord) -> String {
    let all = record.bench_targets.iter().flat_map(|part| part.benchmarks.values());
    let metrics: BTreeSet<MetricKey> = all.flat_map(|values| values.iter().map(|(key, _)| key)).collect();
    let metrics: Vec<MetricKey> = metrics.into_iter().collect();
    let mut bench_targets: Vec<TargetLine> =
        record.bench_targets.iter().map(|part| target_line(part, &metrics)).collect();
    bench_targets.sort_by(|a, b| (&a.package, &a.bench_target).cmp(&(&b.package, &b.bench_target)));
    let schema_of = |part: &TargetLine| match &part.environment {
        environment if !environment.commands.is_empty() => HISTORY_SCHEMA,
        environment if !environment.profile.packages.is_empty() => 2,
        _ => 1,
    };
    let line = Line {
        schema: bench_targets.iter().map(schema_of).max().unwrap_or(1),
        bench_targets,
        kind: HISTORY_KIND.to_owned(),
        metrics,
        target: record.target.clone(),
        tool: record.tool.clone(),
    };
    serde_json::to_string(&line).expect("a record has string keys and whole numbers")
}

fn target_line(part: &RecordedTarget, metrics: &[MetricKey]) -> TargetLine {
    let value = |value: &Observation| match value {
        Observation::Exact(value) => Value::Exact(*value),
        Observation::Noisy(noisy) => Value::Noisy(noisy.minimum, noisy.median, noisy.maximum, noisy.samples),
    };
    let row = |values: &MetricMap| metrics.iter().map(|key| values.get(*key).map(value)).collect();
    TargetLine {
        bench_target: part.bench_target.clone(),
        benchmarks: part.benchmarks.iter().map(|(name, values)| (name.clone(), row(values))).collect(),
        environment: part.environment.clone(),
        failed: part.failed.clone(),
        package: part.package.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::run_and_baselines;

    /// Never changed: a new version gets a new one.
    const HISTORY_1: &str = include_str!("../../tests/fixtures/history.v1.jsonl");

    fn sample() -> HistoryRecord {
        HistoryRecord::of_run(&run_and_baselines().0)
    }

    #[test]
    fn history_1_is_read_and_written_as_it_was() {
        assert_eq!(parse_history_line(HISTORY_1.trim_end().as_bytes()).unwrap(), sample());
        assert_eq!(print_history_line(&sample()) + "\n", HISTORY_1);
    }

    #[test]
    fn only_a_record_that_says_more_has_a_newer_schema() {
        let mut record = sample();
        record.bench_targets[0].environment.profile.packages = vec!["parser.opt-level=3".into()];
        let line = print_history_line(&record);
        assert!(line.contains("\"schema\":2,"), "{line}");
        assert_eq!(parse_history_line(line.as_bytes()).unwrap(), record);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let good = print_history_line(&sample());
        let problem = |text: &str| parse_history_line(text.as_bytes()).unwrap_err().to_string();
        assert!(
            problem(&good.replace("\"schema\":1", "\"schema\":4")).contains("written by a newer memgate")
        );
        assert_eq!(problem(&good.replace("memgate history", "memgate run")), "it is not a memgate history");
        assert!(problem(&good[..good.len() / 2]).starts_with("it is cut short: "));
        assert!(problem("hello").starts_with("expected value"), "{}", problem("hello"));
        assert_eq!(parse_history_line(b"\xFF").unwrap_err().to_string(), "line 1 is not UTF-8");
        assert!(problem(&good.replacen("\"allocs\"", "\"aloccs\"", 1)).contains("the nearest is `allocs`"));
        assert!(problem(&good.replacen("\"allocs\"", "\"peak_bytes\"", 1)).contains("a metric stands twice"));
        assert!(problem(&good.replace("\"parser\"", "\"../parser\"")).contains("is no name of a target"));
        assert!(
            problem(&good.replacen("\"metrics\":[", "\"metrics\":[\"cold.allocs\",", 1))
                .contains("for 7 metrics")
        );
    }
}
