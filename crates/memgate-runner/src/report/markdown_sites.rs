//! The call sites behind red metrics, as Markdown.

use super::Report;
use super::markdown::{code, escaped, shown_id};
use super::sites::{ShownSite, shown};
use super::sites_text::way_lines;

/// How many callers are shown of each site.
const CALLERS: usize = 5;

/// Renders the call sites of every benchmark that has some: the worst ones in sight, their callers folded.
pub(super) fn render(report: &Report) -> String {
    let several_triples = report.has_several_triples();
    let mut text = String::new();
    for benchmark in &report.benchmarks {
        let Some(sites) = &benchmark.sites else { continue };
        let id = shown_id(benchmark, several_triples);
        if let Some(problem) = &sites.failure {
            text += &format!("\nThe call sites of {id} could not be recorded: {}\n", escaped(problem));
        }
        for explanation in &sites.explanations {
            let shown = shown(explanation);
            text += &format!("\n{id}: **{}**, by call site\n\n", escaped(&shown.headline));
            if !shown.sites.is_empty() {
                text += "| change | from → to | where | what |\n|--:|---|---|---|\n";
                for site in &shown.sites {
                    text += &row(site);
                }
            }
            for remark in &shown.remarks {
                text += &format!("\n<sub>{}</sub>\n", escaped(remark));
            }
        }
        for note in &sites.notes {
            text += &format!("\n<sub>{}</sub>\n", escaped(note));
        }
    }
    text
}

fn row(site: &ShownSite<'_>) -> String {
    let place = site.location.as_deref().map(code).unwrap_or_default();
    let mut way = way_lines(&site.operation, &site.way, site.location.as_deref(), CALLERS, false).into_iter();
    let mut what = way.next().map(|line| code(&line)).unwrap_or_default();
    for note in &site.notes {
        what += &format!("<br><sub>{}</sub>", escaped(note));
    }
    let callers: Vec<String> = way.map(|line| code(&line)).collect();
    if !callers.is_empty() {
        what += &format!("<details><summary>called by</summary>{}</details>", callers.join("<br>"));
    }
    format!("| **{}** | {} | {place} | {what} |\n", escaped(&site.delta), escaped(&site.values))
}
