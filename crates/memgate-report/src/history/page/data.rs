//! What the page shows, as JSON.

use memgate_protocol::Unit;
use serde::Serialize;

use super::runs::runs;
use crate::format::visible;
use crate::history::rules::{ChangePointRule, change_points};
use crate::history::{Timeline, former_names};
use crate::rules::Limit;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct PageInput<'a> {
    /// The series.
    pub timeline: &'a Timeline,
    /// The commits, oldest first.
    pub commits: &'a [PageCommit],
    /// What a commit's id is put behind to be a link; none for no links. Only `https` links are made.
    pub commit_url: Option<&'a str>,
}

/// A commit, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageCommit {
    /// Its whole id.
    pub id: String,
    /// The first line of its message.
    pub subject: String,
    /// The day on which its author says it was written: `2026-11-23`.
    pub author_date: String,
}

#[derive(Serialize)]
struct Data<'a> {
    commit_url: Option<&'a str>,
    commits: Vec<PageCommit>,
    series: Vec<SeriesData>,
}

#[derive(Serialize)]
struct SeriesData {
    id: String,
    target: String,
    metric: &'static str,
    is_bytes: bool,
    definition: &'static str,
    first: i64,
    newest: i64,
    runs: String,
    /// Position, level before, level after.
    changes: Vec<(usize, i64, i64)>,
    /// The position of the first commit that does not have the name any more, and the name; the latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    formerly: Vec<(usize, String)>,
}

/// What the page shows, as JSON.
#[must_use]
pub fn page_data(input: &PageInput<'_>) -> String {
    let series = input.timeline.series.iter().filter_map(|(key, series)| {
        let rule = ChangePointRule::new(Limit::floor_of(key.metric.metric));
        let changes = change_points(&series.points, &rule);
        let formerly = former_names(&key.id, &input.timeline.renames).into_iter();
        Some(SeriesData {
            id: visible(&key.id.to_string(), false).into_owned(),
            target: visible(&key.target, false).into_owned(),
            metric: key.metric.name(),
            is_bytes: key.metric.unit() == Unit::Bytes,
            definition: key.metric.metric.definition(),
            first: series.points.first()?.value,
            newest: series.points.last()?.value,
            runs: runs(&series.points),
            changes: changes.iter().map(|change| (change.position, change.before, change.after)).collect(),
            formerly: formerly
                .map(|(id, until)| (until, visible(&id.to_string(), false).into_owned()))
                .collect(),
        })
    });
    let commit_url = input.commit_url.filter(|url| url.starts_with("https://"));
    let commits = input
        .commits
        .iter()
        .cloned()
        .map(|commit| PageCommit { subject: visible(&commit.subject, false).into_owned(), ..commit });
    let data = Data { commit_url, commits: commits.collect(), series: series.collect() };
    serde_json::to_string(&data).expect("the data has string keys and whole numbers")
}
