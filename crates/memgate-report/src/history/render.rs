//! Trends and findings for people at a terminal.

use std::fmt::Write;

use anstyle::AnsiColor;
use memgate_protocol::units::human;

use super::rules::{ChangePointRule, change_points};
use super::{Drift, DriftReport, Finding, SeriesKey, Timeline, former_names, sparkline};
use crate::format::brief;
use crate::rules::Limit;
use crate::text::{BOLD, COMMITS, Paint, RED, colored};

/// A commit, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ShownCommit {
    /// Its id: shortened for people, whole for programs.
    pub id: String,
    /// The first line of its message, which may be anything.
    pub subject: String,
}

/// How to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShowOptions {
    /// Every series, not only those that changed.
    pub verbose: bool,
    /// With colours.
    pub color: bool,
}

const SPARKLINE_WIDTH: usize = 40;
const NAME_WIDTH: usize = 14;

/// The trends of every series, with their changes of level.
#[must_use]
pub fn render_trends(
    timeline: &Timeline,
    commits: &[ShownCommit],
    recorded: usize,
    options: ShowOptions,
) -> String {
    let paint = Paint::new(options.color);
    let mut text = String::new();
    let mut last: Option<&SeriesKey> = None;
    let mut unchanged = 0;
    for (key, series) in &timeline.series {
        let (Some(first), Some(newest)) = (series.points.first(), series.points.last()) else { continue };
        if !options.verbose && series.points.iter().all(|point| point.value == first.value) {
            unchanged += 1;
            continue;
        }
        if last.is_none_or(|last| (&last.id, &last.target) != (&key.id, &key.target)) {
            let heading = paint.with(BOLD, &key.id.to_string());
            line(&mut text, format_args!("{heading}  {}", key.target));
            let here = series.points.first().map_or(usize::MAX, |point| point.position);
            for (name, until) in former_names(&key.id, &timeline.renames) {
                // Of a name that nothing was recorded under, nobody wants to know.
                if here < until {
                    line(&mut text, format_args!("  {name} until {}", commit(commits, until)));
                }
            }
        }
        last = Some(key);
        let unit = key.metric.unit();
        line(
            &mut text,
            format_args!(
                "  {:NAME_WIDTH$}  {}  {} → {}{}",
                key.metric,
                sparkline(&series.points, SPARKLINE_WIDTH),
                human(first.value, unit),
                human(newest.value, unit),
                percent(first.value, newest.value)
            ),
        );
        let rule = ChangePointRule::new(Limit::floor_of(key.metric.metric));
        for change in change_points(&series.points, &rule) {
            let (arrow, color) =
                if change.is_rise() { ("↑", AnsiColor::Red) } else { ("↓", AnsiColor::Green) };
            let arrow = paint.with(colored(color), arrow);
            line(
                &mut text,
                format_args!(
                    "  {:NAME_WIDTH$}  {arrow} {} → {} at {}",
                    "",
                    human(change.before, unit),
                    human(change.after, unit),
                    commit(commits, change.position)
                ),
            );
        }
    }
    line(
        &mut text,
        format_args!(
            "{recorded} of {} {} a record.",
            COMMITS.counted(commits.len()),
            if commits.len() == 1 { "has" } else { "have" }
        ),
    );
    if unchanged > 0 {
        line(&mut text, format_args!("Series with the same value everywhere: {unchanged}; -v shows them."));
    }
    text
}

/// What a check found.
#[must_use]
pub fn render_drift(
    report: &DriftReport,
    commits: &[ShownCommit],
    anchor: &str,
    options: ShowOptions,
) -> String {
    let paint = Paint::new(options.color);
    let mut text = String::new();
    for Drift { key, finding } in &report.findings {
        let unit = key.metric.unit();
        let (word, from, to, place) = match finding {
            Finding::Rise(alarm) => {
                ("rise ", alarm.before, alarm.after, format!("since {}", commit(commits, alarm.since)))
            }
            Finding::Creep(crept) => (
                "creep",
                crept.anchor.value,
                crept.newest.value,
                format!("since {}, compared with {}", commit(commits, crept.since.position), brief(anchor)),
            ),
        };
        let word = paint.with(RED, word);
        line(&mut text, format_args!("{word}  {} {}  {}", key.id, key.metric, key.target));
        line(
            &mut text,
            format_args!("       {} → {}{}  {place}", human(from, unit), human(to, unit), percent(from, to)),
        );
    }
    let found = report.findings.len();
    line(
        &mut text,
        format_args!("{found} found in {} series; creep is compared with {}.", report.series, brief(anchor)),
    );
    if report.not_judged > 0 {
        line(&mut text, format_args!("With too few values to look for a rise: {}.", report.not_judged));
    }
    if report.not_anchored > 0 {
        line(
            &mut text,
            format_args!(
                "With too few values since {} to look for creep: {}.",
                brief(anchor),
                report.not_anchored
            ),
        );
    }
    if report.gone > 0 {
        line(&mut text, format_args!("No longer measured, and left out: {}.", report.gone));
    }
    text
}

fn commit(commits: &[ShownCommit], position: usize) -> String {
    match commits.get(position) {
        Some(commit) => format!("{} {}", commit.id, brief(&commit.subject)),
        None => "a commit that is not here".to_owned(),
    }
}

fn percent(from: i64, to: i64) -> String {
    if from == 0 || from == to {
        return String::new();
    }
    let change = (to as f64 - from as f64) / (from as f64).abs() * 100.0;
    format!(" ({change:+.1} %)")
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{arguments}");
}
