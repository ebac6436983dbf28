//! The parts of a page, and their order.

use super::section::{Section, fit};
use super::triples::Triples;
use super::words::Words;
use super::{
    Page, acceptance, causes, changes, details, gaps, growth, headline, notices, numbers, sites, steps, times,
};
use crate::render::RenderOptions;
use crate::report::Report;

/// GitHub shows no summary of a step above 1 MiB at all.
const STEP_SUMMARY_BYTES: usize = 1_000_000;

/// The page for `--format markdown`.
pub(in crate::render) fn of_options(report: &Report, options: &RenderOptions) -> String {
    let page = Page {
        verbose: options.verbose,
        cold: options.cold,
        command: &options.command,
        cargo_flags: &options.cargo_flags,
        filters: &options.filters,
        head_sha: None,
        run_url: None,
        base_branch: None,
        doubt: None,
        lacks: &[],
        words: Words::Own,
        footer: "",
        limit_bytes: STEP_SUMMARY_BYTES,
    };
    render(report, &page)
}

/// Renders a report: the verdict, why and where something is red, what did not run, what else changed, the details, and what to do
/// next.
pub(crate) fn render(report: &Report, page: &Page<'_>) -> String {
    let triples = Triples::of(report);
    let headline = headline::render(report, &triples, page);
    let found = crate::causes::causes(report);
    let sections: Vec<Section> = vec![
        causes::section(report, &found, &triples),
        causes::rest(report, &found, page),
        changes::red(report, &triples, page.words),
        times::red(report, &triples),
        growth::steeper_ones(report, &triples),
        acceptance::raises(report, &triples),
        acceptance::rest(report, &triples, page.words),
        gaps::section(report, &triples, page.lacks, page.words),
        changes::improved(report, &triples, page.words),
        numbers::section(report, &triples, page),
        changes::undecided(report, &triples, page.words),
        times::all(report, &triples, page.words),
        growth::all(report, &triples),
        sites::section(report, &triples, page.words),
        notices::section(report, page.words),
        details::by_triple(report, &triples),
        details::environments(report),
    ];
    let mut end = format!("{}{}", steps::render(report, page), page.footer);
    // Nothing that a report brings is that long; a command line may be.
    if headline.len() + end.len() > page.limit_bytes {
        end.clear();
    }
    let left = page.limit_bytes.saturating_sub(headline.len() + end.len() + 1);
    let text = format!("{headline}{}{end}", fit(&sections, left));
    format!("{}\n", text.trim_end())
}
