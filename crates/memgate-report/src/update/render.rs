//! An update for people.

use std::collections::HashSet;

use anstyle::{AnsiColor, Style};
use memgate_protocol::units::human;

use super::{Change, ChangeKind, UpdatePlan};
use crate::model::{BaselineKey, BenchmarkId, MetricKey, Observation};
use crate::text::{BENCHMARKS, Noun};

/// What an update did about call sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SitesSummary {
    /// How many benchmarks' sites were recorded, or would be.
    pub recorded: usize,
    /// How many files of sites are written or removed.
    pub files: usize,
    /// What could not be recorded, and why.
    pub problems: Vec<(BenchmarkId, String)>,
    /// What has none and gets none, since within its limits it is not what is committed.
    pub left_out: Vec<BenchmarkId>,
}

/// Says what an update changes, or would change. `measured` is how many benchmarks it is based on.
#[must_use]
pub fn render_update(
    plan: &UpdatePlan,
    sites: &SitesSummary,
    measured: usize,
    dry_run: bool,
    color: bool,
) -> String {
    let paint =
        |style: Style, text: &str| if color { format!("{style}{text}{style:#}") } else { text.to_owned() };
    let bold = |foreground: AnsiColor| Style::new().fg_color(Some(foreground.into())).bold();
    let mut text = String::new();
    for Change { target, id, kind } in &plan.changes {
        let (word, style) = match kind {
            ChangeKind::Added => ("  added", bold(AnsiColor::Cyan)),
            ChangeKind::Removed => ("removed", bold(AnsiColor::Yellow)),
            ChangeKind::Changed(_) => ("changed", bold(AnsiColor::Green)),
        };
        text += &format!("{} {id} ({target})\n", paint(style, word));
        if let ChangeKind::Changed(values) = kind {
            for (metric, old, new) in values {
                text += &format!("          {metric}: {} → {}\n", shown(*metric, old), shown(*metric, new));
            }
        }
    }
    let place =
        |change: &'_ Change| BaselineKey::new(&*change.target, &*change.id.package, &*change.id.bench_target);
    let with_changes: HashSet<BaselineKey> = plan.changes.iter().map(place).collect();
    for key in plan.writes.keys() {
        if !with_changes.contains(key) {
            text += &format!(
                "{} {}/{} ({}): the environment that it was measured in\n",
                paint(bold(AnsiColor::Green), "changed"),
                key.package,
                key.bench_target,
                key.target
            );
        }
    }
    if let Some((id, metric)) = plan.kept.first() {
        let word = paint(bold(AnsiColor::Cyan), "   kept");
        let more = plan.kept.len() - 1;
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        text += &format!("{word} {metric} of {id}{more} as committed: it could not be measured here\n");
    }
    if sites.recorded > 0 {
        let word = paint(bold(AnsiColor::Cyan), "  sites");
        let what = if dry_run { "would be recorded" } else { "recorded" };
        text += &format!("{word} of {} {what}\n", BENCHMARKS.counted(sites.recorded));
    }
    let mut warn = |(id, count): (&BenchmarkId, usize), what: &str| {
        let more = if count > 1 { format!(" (and those of {} more)", count - 1) } else { String::new() };
        let word = paint(bold(AnsiColor::Yellow), "warning");
        text += &format!("{word}: the call sites of {id}{more} {what}\n");
    };
    // One reason is often that of all.
    if let Some((id, problem)) = sites.problems.first() {
        warn((id, sites.problems.len()), &format!("could not be recorded: {problem}"));
    }
    if let Some(id) = sites.left_out.first() {
        let what = "are left out: what was measured is within its limits of the baseline, and call sites of it would not add up to \
                    the baseline's numbers; `update --all` writes both";
        warn((id, sites.left_out.len()), what);
    }
    let count = plan.writes.len() + plan.removals.len() + sites.files;
    let files = Noun("file", "files").counted(count);
    text += &match (count, dry_run) {
        (0, _) if measured == 0 => "nothing was measured, and no baseline is another\n".to_owned(),
        (0, _) => format!("baselines are up to date ({} measured)\n", BENCHMARKS.counted(measured)),
        (_, true) => format!("{files} under baselines/ would change; nothing was written\n"),
        (_, false) => format!("{files} under baselines/ changed; review and commit them\n"),
    };
    text
}

fn shown(key: MetricKey, value: &Option<Observation>) -> String {
    match value {
        None => "–".to_owned(),
        Some(Observation::Exact(value)) => human(*value, key.unit()),
        Some(Observation::Noisy(spread)) => {
            format!("{} … {}", human(spread.minimum, key.unit()), human(spread.maximum, key.unit()))
        }
    }
}
