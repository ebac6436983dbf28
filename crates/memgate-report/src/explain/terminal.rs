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

const NO_BASELINE: &str = "  there is no baseline to compare it with";

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
    let mut first = format!(
        "{}  {} {}",
        paint.with(BOLD, &benchmark.id.to_string()),
        sites.metric,
        paint.with(BOLD, &human(sites.head, unit)),
    );
    if !sites.has_sites {
        return vec![first, paint.with(DIM, &numbers_against_base(sites))];
    }
    first.push_str(&format!(" at {}", SITES.counted(sites.sites.len())));
    let mut lines = vec![first];
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

fn numbers_against_base(sites: &MetricSites) -> String {
    let unit = sites.metric.unit();
    match sites.base {
        None => NO_BASELINE.to_owned(),
        Some(base) if base == sites.head => format!("  the baseline has {}, too", human(base, unit)),
        Some(base) => {
            let delta = sites.head.wrapping_sub(base);
            let sign = if delta > 0 { "+" } else { "" };
            format!("  the baseline has {}: {sign}{}", human(base, unit), exact(delta, unit))
        }
    }
}

fn against_base(sites: &MetricSites, options: ExplainOptions, paint: Paint) -> Vec<String> {
    let unit = sites.metric.unit();
    let Some(base) = sites.base else {
        return vec![paint.with(DIM, NO_BASELINE)];
    };
    if !has_base(sites) {
        let is_unreadable = sites.difference.unexplained.contains(&Unexplained::UnreadableBaseSites);
        let what = match () {
            () if is_unreadable => "call sites that can't be read",
            () if sites.difference.is_of_cold_window() => "call sites of steady windows alone",
            () => "no call sites: `update` records them",
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

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::model::{BenchmarkId, MetricKey};

    fn rendered(base: Option<i64>) -> String {
        let metric = MetricKey::steady(Metric::Allocs);
        let benchmark = ExplainedBenchmark {
            target: "i686-unknown-linux-gnu".to_owned(),
            id: BenchmarkId::new("tiny", "memory", "words"),
            metrics: vec![MetricSites::without_sites(metric, base, 15)],
            notes: vec!["there are no call sites: this is another platform".to_owned()],
        };
        let options = ExplainOptions { top: 15, callers: 3, full_names: false, color: false };
        render_explanations(&[benchmark], options)
    }

    #[test]
    fn without_call_sites_there_are_the_numbers() {
        let note = "  note: there are no call sites: this is another platform\n";
        for (base, said) in [
            (Some(8), "the baseline has 8: +7"),
            (Some(16), "the baseline has 16: -1"),
            (Some(15), "the baseline has 15, too"),
            (None, "there is no baseline to compare it with"),
        ] {
            assert_eq!(rendered(base), format!("tiny/memory/words  allocs 15\n  {said}\n{note}"));
        }
    }
}
