//! Trends and findings as JSON.

use serde::Serialize;

use super::rules::{ChangePointRule, change_points};
use super::{Drift, DriftReport, Finding, ShownCommit, Timeline, former_names};
use crate::format::visible_json;
use crate::rules::Limit;

/// The newest schema version of trends, which have the oldest that can say what they say. They are written for other programs, and
/// never read here.
///
/// # Changelog
/// - 1: first version.
/// - 2: series of trends have `former_names`.
pub const TRENDS_SCHEMA: u32 = 2;

/// The schema version of drift, which is written for other programs, and never read here.
///
/// # Changelog
/// - 1: first version.
pub const DRIFT_SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Trends<'a> {
    kind: &'static str,
    schema: u32,
    commits: &'a [ShownCommit],
    series: Vec<Trend<'a>>,
}

#[derive(Serialize)]
struct Trend<'a> {
    target: &'a str,
    id: String,
    metric: String,
    /// Each with the position of its commit among `commits`.
    points: Vec<(usize, i64)>,
    /// What it was called before, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    former_names: Vec<FormerName>,
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct FormerName {
    id: String,
    /// The position of the first commit with the next name.
    until: usize,
}

#[derive(Serialize)]
struct Change {
    commit: usize,
    before: i64,
    after: i64,
}

#[derive(Serialize)]
struct DriftFile<'a> {
    kind: &'static str,
    schema: u32,
    anchor: &'a str,
    series: usize,
    not_judged: usize,
    not_anchored: usize,
    gone: usize,
    findings: Vec<FindingFile<'a>>,
}

#[derive(Serialize)]
struct FindingFile<'a> {
    rule: &'static str,
    target: &'a str,
    id: String,
    metric: String,
    before: i64,
    after: i64,
    since: Option<&'a ShownCommit>,
}

/// Every series with its changes of level, as JSON.
#[must_use]
pub fn print_trends(timeline: &Timeline, commits: &[ShownCommit]) -> String {
    let series = timeline.series.iter().map(|(key, series)| {
        let rule = ChangePointRule::new(Limit::floor_of(key.metric.metric));
        let changes = change_points(&series.points, &rule).into_iter().map(|change| Change {
            commit: change.position,
            before: change.before,
            after: change.after,
        });
        Trend {
            target: &key.target,
            id: key.id.to_string(),
            metric: key.metric.to_string(),
            points: series.points.iter().map(|point| (point.position, point.value)).collect(),
            former_names: former_names(&key.id, &timeline.renames)
                .into_iter()
                .map(|(id, until)| FormerName { id: id.to_string(), until })
                .collect(),
            changes: changes.collect(),
        }
    });
    let series: Vec<Trend<'_>> = series.collect();
    let is_old = series.iter().all(|trend| trend.former_names.is_empty());
    printed(&Trends {
        kind: "memgate trends",
        schema: if is_old { 1 } else { TRENDS_SCHEMA },
        commits,
        series,
    })
}

/// What a check found, as JSON. `commits` are those of the timeline.
#[must_use]
pub fn print_drift(report: &DriftReport, commits: &[ShownCommit], anchor: &str) -> String {
    let findings = report.findings.iter().map(|Drift { key, finding }| {
        let (rule, before, after, since) = match finding {
            Finding::Rise(alarm) => ("rise", alarm.before, alarm.after, alarm.since),
            Finding::Creep(crept) => ("creep", crept.anchor.value, crept.newest.value, crept.since.position),
        };
        FindingFile {
            rule,
            target: &key.target,
            id: key.id.to_string(),
            metric: key.metric.to_string(),
            before,
            after,
            since: commits.get(since),
        }
    });
    printed(&DriftFile {
        kind: "memgate drift",
        schema: DRIFT_SCHEMA,
        anchor,
        series: report.series,
        not_judged: report.not_judged,
        not_anchored: report.not_anchored,
        gone: report.gone,
        findings: findings.collect(),
    })
}

fn printed(file: &impl Serialize) -> String {
    visible_json(serde_json::to_string_pretty(file).expect("names are strings and numbers are whole") + "\n")
}
