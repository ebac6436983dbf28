//! The causes of what is red: a numbered item each.

use super::Page;
use super::inert::{code, code_of, prose};
use super::section::{Noun, Section};
use super::triples::Triples;
use crate::causes::{Cause, CauseKind, Causes, RedMetric};
use crate::render::cause_text::{
    Names, ONE_WINDOW, contradiction, dependency, effects, headline, how, largest, more_sites, never_freed,
    not_explained_headline, other_dependencies, part, place, shrunk, what,
};
use crate::render::peak_text::{MOST_MOVED, MOST_SITES, moments, moved_sentence};
use crate::report::Report;
use crate::text::BENCHMARKS;

/// So many benchmarks of a cause are named.
const MOST_NAMES: usize = 3;
/// So many metrics whose call sites do not add up are named.
const MOST_CONTRADICTIONS: usize = 2;
/// Longer descriptions of a call site lose their middle.
const LONGEST_WHAT: usize = 240;

pub(super) fn section(report: &Report, causes: &Causes, triples: &Triples<'_>) -> Section {
    let names = Names::of(report);
    let rows = causes.causes.iter().enumerate();
    let rows = rows.map(|(index, cause)| item(index + 1, cause, causes, &names, report, triples));
    Section {
        title: if causes.is_empty() { String::new() } else { format!("**{}**", headline(causes, report)) },
        in_sight: 5,
        rows: rows.collect(),
        ..Section::new(0, Noun("cause", "causes"))
    }
}

fn item(
    number: usize,
    cause: &Cause,
    causes: &Causes,
    names: &Names<'_>,
    report: &Report,
    triples: &Triples<'_>,
) -> String {
    let place = place(cause).map(|place| format!("{} ", code(&place))).unwrap_or_default();
    let more = more_sites(cause).map(|more| format!(" {more}")).unwrap_or_default();
    let how = match &cause.kind {
        CauseKind::Replaced { operations } => {
            format!(
                "was {}",
                operations.iter().take(MOST_NAMES).map(|name| code(name)).collect::<Vec<_>>().join(", ")
            )
        }
        CauseKind::Moved { function } => format!("was in {}", code(function)),
        CauseKind::New | CauseKind::Grew | CauseKind::Listed => how(cause),
    };
    let mut end = vec![how];
    end.extend(never_freed(cause));
    end.extend(dependency(cause).map(|text| code(&text)));
    end.extend(part(cause, causes).map(|part| {
        format!("explains {}", part.replace('<', "under").replace('>', "over").replace(' ', "\u{A0}"))
    }));
    let effects: Vec<String> =
        effects(cause, false).iter().map(|effect| effect.replace(' ', "\u{A0}")).collect();
    let on = triples.shown(&on(cause, report));
    let on = if on.is_empty() { on } else { format!(", {on}") };
    let shrunk: String = shrunk(cause, false)
        .iter()
        .map(|text| format!("<br><sub>{}</sub>", code_of(text, LONGEST_WHAT)))
        .collect();
    format!(
        "{number}. {place}{}{more} — {}<br>**{}**<br><sub>in {}{on}</sub>{shrunk}\n",
        code_of(&what(cause), LONGEST_WHAT),
        end.join(", "),
        effects.join(" · "),
        named(&names.of_all(&cause.benchmarks)),
    )
}

/// The triples of a cause's benchmarks.
fn on<'a>(cause: &Cause, report: &'a Report) -> Vec<&'a str> {
    let targets = cause.benchmarks.iter().filter_map(|index| report.benchmarks.get(*index));
    let targets: std::collections::BTreeSet<&str> =
        targets.map(|benchmark| benchmark.target.as_str()).collect();
    targets.into_iter().collect()
}

fn named(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MOST_NAMES).map(|name| code(name)).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// What no cause explains, and what is odd about the call sites.
pub(super) fn rest(report: &Report, causes: &Causes, page: &Page<'_>) -> Section {
    let names = Names::of(report);
    let mut rows = Vec::new();
    for one in &causes.not_explained {
        let benchmarks = named(&names.of_all(&benchmarks(&one.metrics)));
        let largest = largest(one).map(|text| format!("<br><sub>{}</sub>", code_of(&text, LONGEST_WHAT)));
        rows.push(format!(
            "- {} in {benchmarks}{}\n",
            page.words.sentence(&one.reason.to_string()),
            largest.unwrap_or_default()
        ));
    }
    let shown = causes.contradictions.iter().take(MOST_CONTRADICTIONS);
    let mut odd: Vec<String> =
        shown.filter_map(|one| contradiction(one, &names)).map(|text| code_of(&text, LONGEST_WHAT)).collect();
    if let more @ 1.. = causes.contradictions.len().saturating_sub(MOST_CONTRADICTIONS) {
        odd.push(format!("and {more} more"));
    }
    if !odd.is_empty() {
        rows.push(format!("- 🟠 The call sites do not add up to the numbers: {}\n", odd.join(", ")));
    }
    if !causes.varying.is_empty() {
        rows.push(format!("- {ONE_WINDOW}: {}\n", named(&names.of_all(&benchmarks(&causes.varying)))));
    }
    for moved in causes.moved_peaks.iter().take(MOST_MOVED) {
        let [then, now] = moments(&moved.peak, MOST_SITES).map(|text| code_of(&text, LONGEST_WHAT));
        rows.push(format!(
            "- {}<br><sub>{then}</sub><br><sub>{now}</sub>\n",
            moved_sentence(&named(&names.of_all(&moved.benchmarks)))
        ));
    }
    let others = other_dependencies(causes);
    if !others.is_empty() {
        rows.push(format!("- Other packages of new versions that allocate here: {}\n", named(&others)));
    }
    for (note, count) in &causes.notes {
        let of = if *count > 1 { format!(" (in {})", BENCHMARKS.counted(*count)) } else { String::new() };
        rows.push(format!("- {}{of}\n", page.words.sentence(note)));
    }
    let title = match causes.not_explained.is_empty() {
        true => String::new(),
        false => format!("**{}**", prose(&not_explained_headline(causes))),
    };
    Section { title, in_sight: 5, rows, ..Section::new(1, Noun("remark", "remarks")) }
}

fn benchmarks(metrics: &[RedMetric]) -> Vec<usize> {
    metrics.iter().map(|metric| metric.benchmark).collect()
}
