//! Explanations for people at a terminal.

use std::collections::HashSet;

use memgate_protocol::units::{exact, human};

use super::listing::{SiteListing, listing_lines};
use super::{ExplainOptions, ExplainedBenchmark, ExplainedSite, MetricSites};
use crate::attribution::Unexplained;
use crate::attribution::{ChangeKind, SiteChange};
use crate::render::peak_text::{MOST_SITES, moments};
use crate::render::sites_text::difference_lines;
use crate::text::{BOLD, DIM, Paint, SITES};

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
    let listing = SiteListing {
        unit,
        whole: sites.head,
        sites: &sites.sites,
        without_site: &[
            (sites.older_blocks, "blocks from before the window, freed or moved in it"),
            (sites.beyond_limit, "stacks beyond the limit"),
        ],
    };
    lines.extend(listing_lines(&listing, options, paint, |site| {
        let change = sites.difference.changes.iter().find(|change| is_of(change, site));
        change.map(|change| change_text(change, sites)).unwrap_or_default()
    }));
    lines.extend(against_base(sites, options, paint));
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
