//! What the change asks its reviewers to accept.

use super::inert::{code, code_lines};
use super::section::Section;
use super::triples::Triples;
use super::unbroken::unbroken;
use super::words::Words;
use crate::render::shown;
use crate::report::{Raise, Report};
use crate::text::Noun;

const HEAD: &str =
    "| benchmark | metric | accepted before | to be accepted | change |\n|---|---|--:|--:|--:|\n";

/// The committed values that rise, the largest rise first.
pub(super) fn raises(report: &Report, triples: &Triples<'_>) -> Section {
    let Some(acceptance) = &report.acceptance else { return Section::new(1, Noun("", "")) };
    let items = acceptance.raises.iter().map(|raise| {
        let cells = cells(raise);
        (raise.target.as_str(), format!("{} {cells}", raise.id), (raise, cells))
    });
    let rows = Triples::grouped(items).into_iter().map(|group| {
        let (raise, cells) = group.value;
        let mut name = code_lines(&raise.id.to_string());
        let on = triples.shown(&group.triples);
        if !on.is_empty() {
            name += &format!("<br><sub>{on}</sub>");
        }
        format!("| {name} {cells}\n")
    });
    Section {
        title: format!(
            "### 🟡 This change raises the baselines\n\nAgainst those of {}. Merging it accepts:",
            code(&acceptance.base)
        ),
        in_sight: 8,
        rows: rows.collect(),
        head: HEAD.to_owned(),
        ..Section::new(1, Noun("raised baseline", "raised baselines"))
    }
}

fn cells(raise: &Raise) -> String {
    let unit = raise.metric.unit();
    let change = unbroken(&shown::difference(&raise.base, &raise.head, unit));
    let [base, head] = [&raise.base, &raise.head].map(|value| unbroken(&shown::observation(value, unit)));
    format!("| {} | {base} | {head} | **{change}** |", raise.metric)
}

/// Benchmarks that the baselines don't have any more, and rules that are looser.
pub(super) fn rest(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let Some(acceptance) = &report.acceptance else { return Section::new(1, Noun("", "")) };
    let notes = acceptance.notes.iter();
    let mut rows: Vec<String> = notes.map(|note| format!("- {}\n", words.sentence(note))).collect();
    rows.extend(acceptance.dropped.iter().map(|dropped| {
        let on = triples.shown(&[dropped.target.as_str()]);
        let on = if on.is_empty() { on } else { format!(" on {on}") };
        format!("- no baseline any more: {}{on}\n", code(&dropped.id.to_string()))
    }));
    Section {
        title: "### 🟡 Also to be accepted".to_owned(),
        in_sight: 8,
        rows,
        ..Section::new(1, Noun("such change", "such changes"))
    }
}
