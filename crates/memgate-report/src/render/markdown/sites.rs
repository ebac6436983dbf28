//! The call sites behind red metrics: each benchmark in a fold, each site once with all metrics that rose there.

use std::collections::{HashMap, HashSet};

use super::changes::worst_first;
use super::inert::{code, html_code, prose};
use super::section::Section;
use super::triples::Triples;
use super::words::Words;
use crate::attribution::Explanation;
use crate::render::sites::{ShownSite, shown};
use crate::render::sites_text::way_lines;
use crate::report::{BenchmarkReport, Report, SitesReport};
use crate::text::{BENCHMARKS, MORE_SITES, Noun};

/// How many callers are shown of each site.
const CALLERS: usize = 5;
/// How many sites are shown of a benchmark, over all metrics.
const MOST_SITES: usize = 8;
/// Of more benchmarks than this, the folds are in a fold of their own.
const MOST_FOLDS: usize = 1;

/// A site with what rose there.
struct MergedSite {
    location: Option<String>,
    /// The operation and the way to it.
    lines: Vec<String>,
    /// Such as `allocs **+2** (3 → 5)`.
    rises: Vec<String>,
    notes: Vec<String>,
}

pub(super) fn section(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let mut explained: Vec<(&BenchmarkReport, &SitesReport)> = Vec::new();
    for benchmark in &report.benchmarks {
        explained.extend(benchmark.sites.as_deref().map(|sites| (benchmark, sites)));
    }
    explained.sort_by(|one, other| worst_first(one.0, other.0));
    let items = explained.into_iter().map(|(benchmark, sites)| {
        let merged = merged(&sites.explanations);
        let text = format!("{}\n{}", summary(benchmark, &merged), content(sites, &merged, words));
        (benchmark.target.as_str(), text, (benchmark, sites, merged))
    });
    let groups = Triples::grouped(items);
    let is_folded = groups.len() > MOST_FOLDS;
    let nouns = BENCHMARKS;
    let fold = is_folded.then(|| format!("Call sites of {}", nouns.counted(groups.len())));
    let rows = groups.into_iter().map(|group| {
        let (benchmark, sites, merged) = group.value;
        let start = if is_folded { "" } else { "Call sites of " };
        let on = triples.shown(&group.triples);
        let on = if on.is_empty() { on } else { format!("<sub>{on}</sub>\n\n") };
        let summary = summary(benchmark, &merged);
        format!(
            "<details><summary>{start}{summary}</summary>\n\n{on}{}\n</details>\n\n",
            content(sites, &merged, words)
        )
    });
    Section {
        fold,
        rows: rows.collect(),
        ..Section::new(2, Noun("benchmark's call sites are", "benchmarks' call sites are"))
    }
}

/// As HTML: the benchmark, and its worst site.
fn summary(benchmark: &BenchmarkReport, sites: &[MergedSite]) -> String {
    let id = html_code(&benchmark.id.to_string());
    let Some(worst) = sites.first() else { return id };
    let place = worst.location.as_deref().or(worst.lines.first().map(String::as_str)).unwrap_or_default();
    let more = match sites.len() - 1 {
        0 => String::new(),
        more => format!(" and {}", MORE_SITES.counted(more)),
    };
    format!("{id}: {}{more}", html_code(place))
}

fn content(sites: &SitesReport, merged: &[MergedSite], words: Words) -> String {
    let mut text = String::new();
    if let Some(problem) = &sites.failure {
        text += &format!("- The call sites could not be recorded: {}\n", words.sentence(problem));
    }
    for site in merged.iter().take(MOST_SITES) {
        text += &item(site);
    }
    if let more @ 1.. = merged.len().saturating_sub(MOST_SITES) {
        text += &format!("- and {}\n", MORE_SITES.counted(more));
    }
    for (remark, metrics) in remarks(&sites.explanations) {
        text += &format!("- {}: {}\n", metrics.join(", "), prose(&remark));
    }
    for note in &sites.notes {
        text += &format!("- {}\n", words.sentence(note));
    }
    text
}

fn item(site: &MergedSite) -> String {
    let place = match &site.location {
        Some(location) => format!("{} — ", code(location)),
        None => String::new(),
    };
    let mut text = format!("- {place}{}", site.rises.join(", "));
    for line in &site.lines {
        text += &format!("<br>{}", code(line));
    }
    for note in &site.notes {
        text += &format!("<br>{}", prose(note));
    }
    text + "\n"
}

/// The sites of all metrics, each once, in the order in which they come up.
fn merged(explanations: &[Explanation]) -> Vec<MergedSite> {
    let mut merged: Vec<MergedSite> = Vec::new();
    let mut places: HashMap<(Option<String>, Vec<String>), usize> = HashMap::new();
    let mut noted: HashSet<(usize, String)> = HashSet::new();
    for explanation in explanations {
        for site in shown(explanation).sites {
            let rise = rise(explanation, &site);
            let lines = way_lines(&site.operation, &site.way, site.location.as_deref(), CALLERS, false);
            let next = merged.len();
            let index = *places.entry((site.location.clone(), lines.clone())).or_insert(next);
            if index == next {
                let (location, rises, notes) = (site.location, Vec::new(), Vec::new());
                merged.push(MergedSite { location, lines, rises, notes });
            }
            let Some(place) = merged.get_mut(index) else { continue };
            place.rises.push(rise);
            place.notes.extend(site.notes.into_iter().filter(|note| noted.insert((index, note.clone()))));
        }
    }
    merged
}

fn rise(explanation: &Explanation, site: &ShownSite<'_>) -> String {
    let values = if site.values.is_empty() { String::new() } else { format!(" ({})", site.values) };
    format!("{} **{}**{values}", explanation.metric, site.delta)
}

/// What else there is to say of the explanations, each remark once with the metrics that it is about.
fn remarks(explanations: &[Explanation]) -> Vec<(String, Vec<String>)> {
    let mut remarks: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for explanation in explanations {
        let metric = explanation.metric.to_string();
        for remark in shown(explanation).remarks {
            let next = remarks.len();
            match remarks.get_mut(*places.entry(remark.clone()).or_insert(next)) {
                Some((_, metrics)) => metrics.push(metric.clone()),
                None => remarks.push((remark, vec![metric.clone()])),
            }
        }
    }
    remarks
}
