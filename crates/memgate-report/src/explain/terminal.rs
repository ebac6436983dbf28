//! Explanations for people at a terminal.

use std::collections::HashSet;

use memgate_protocol::units::{exact, human};

use super::{ExplainedBenchmark, ExplainedSite, MetricSites};
use crate::attribution::Unexplained;
use crate::attribution::{ChangeKind, SiteChange};
use crate::render::peak_text::{MOST_SITES, moments};
use crate::render::sites::{location, way};
use crate::render::sites_text::{difference_lines, way_lines};
use crate::text::{BOLD, DIM, MORE_SITES, Paint, SITES};

/// How to show explanations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExplainOptions {
    /// How many sites to show of each metric.
    pub top: usize,
    /// How many callers to show of each site.
    pub callers: usize,
    /// Show generic arguments too.
    pub full_names: bool,
    /// Use colours.
    pub color: bool,
}

/// Renders explanations: of each metric the largest sites, then what is different from base.
#[must_use]
pub fn render_explanations(benchmarks: &[ExplainedBenchmark], options: ExplainOptions) -> String {
    let paint = Paint::new(options.color);
    let mut lines = Vec::new();
    for benchmark in benchmarks {
        for metric in &benchmark.metrics {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(metric_lines(benchmark, metric, options, paint));
        }
        for note in &benchmark.notes {
            lines.push(format!("  {}: {note}", paint.with(BOLD, "note")));
        }
    }
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}

fn metric_lines(
    benchmark: &ExplainedBenchmark,
    sites: &MetricSites,
    options: ExplainOptions,
    paint: Paint,
) -> Vec<String> {
    let unit = sites.metric.unit();
    let count = sites.sites.len();
    let mut lines = vec![format!(
        "{}  {} {} at {}",
        paint.with(BOLD, &benchmark.id.to_string()),
        sites.metric,
        paint.with(BOLD, &human(sites.head, unit)),
        SITES.counted(count),
    )];
    let shown = sites.sites.get(..options.top).unwrap_or(&sites.sites);
    let width = shown.iter().map(|site| exact(site.value, unit).chars().count()).max().unwrap_or(0);
    for site in shown {
        lines.extend(site_lines(site, sites, width, options, paint));
    }
    let rest: i64 = sites.sites.iter().skip(shown.len()).fold(0, |sum, site| sum.wrapping_add(site.value));
    let hidden = count - shown.len();
    if hidden > 0 {
        lines.push(format!(
            "  {:>width$}  {}",
            exact(rest, unit),
            paint.with(DIM, &format!("at {}", MORE_SITES.counted(hidden)))
        ));
    }
    for (value, what) in [
        (sites.older_blocks, "blocks from before the window, freed or moved in it"),
        (sites.beyond_limit, "stacks beyond the limit"),
    ] {
        if value != 0 {
            lines.push(format!("  {:>width$}  {}", exact(value, unit), paint.with(DIM, what)));
        }
    }
    lines.extend(against_base(sites, options, paint));
    lines
}

fn site_lines(
    site: &ExplainedSite,
    sites: &MetricSites,
    width: usize,
    options: ExplainOptions,
    paint: Paint,
) -> Vec<String> {
    let value = format!("{:>width$}", exact(site.value, sites.metric.unit()));
    let share = share(site.value, sites.head);
    let indent = " ".repeat(4 + width + share.chars().count() + 2);
    let change = sites.difference.changes.iter().find(|change| is_of(change, site));
    let change = change.map(|change| change_text(change, sites)).unwrap_or_default();
    let location = site.place.as_ref().and_then(location);
    let way = way(site.place.as_ref(), &site.through, &site.callers);
    let mut way = way_lines(&site.operation, &way, location.as_deref(), options.callers, options.full_names);
    let first = if way.is_empty() { String::new() } else { way.remove(0) };
    let start = format!("  {}  {}  ", paint.with(BOLD, &value), paint.with(DIM, &share));
    let mut lines = match location {
        Some(location) => {
            vec![format!("{start}{}{change}", paint.with(BOLD, &location)), format!("{indent}{first}")]
        }
        None => vec![format!("{start}{first}{change}")],
    };
    lines.extend(way.iter().map(|line| format!("{indent}{}", paint.with(DIM, line))));
    lines
}

fn is_of(change: &SiteChange, site: &ExplainedSite) -> bool {
    change.operation == site.operation
        && change.place == site.place
        && change.through == site.through
        && change.callers == site.callers
}

fn change_text(change: &SiteChange, sites: &MetricSites) -> String {
    let is_new = change.kind == ChangeKind::New;
    if sites.base.is_none() || !has_base(sites) {
        return String::new();
    }
    let sign = if change.delta > 0 { "+" } else { "" };
    let delta = exact(change.delta, sites.metric.unit());
    if is_new { "  (new)".to_owned() } else { format!("  ({sign}{delta})") }
}

fn has_base(sites: &MetricSites) -> bool {
    !sites.difference.lacks_base_sites()
}

/// A part of the whole; nothing where the whole is nothing.
fn share(value: i64, whole: i64) -> String {
    if whole == 0 {
        return String::new();
    }
    format!("{:>6.1} %", value as f64 / whole as f64 * 100.0)
}

fn against_base(sites: &MetricSites, options: ExplainOptions, paint: Paint) -> Vec<String> {
    let unit = sites.metric.unit();
    let Some(base) = sites.base else {
        return vec![paint.with(DIM, "  there is no baseline to compare it with")];
    };
    if !has_base(sites) {
        let is_unreadable = sites.difference.unexplained.contains(&Unexplained::UnreadableBaseSites);
        let what = if is_unreadable {
            "call sites that can't be read"
        } else {
            "no call sites: `update` records them"
        };
        let text = format!("  the baseline has {}, and {what}", human(base, unit));
        return vec![paint.with(DIM, &text)];
    }
    if sites.difference.changes.is_empty() && sites.difference.unexplained.is_empty() {
        return vec![paint.with(DIM, "  no call site differs from the baseline")];
    }
    let mut lines = vec![format!("  against the baseline's {}:", human(base, unit))];
    let mut seen = HashSet::new();
    if let Some(peak) = &sites.difference.peak {
        lines.push("  the peak is at another moment:".to_owned());
        lines.extend(moments(peak, MOST_SITES).map(|text| format!("    {text}")));
    }
    lines.extend(difference_lines(&sites.difference, options.callers, options.full_names, paint, &mut seen));
    lines
}
