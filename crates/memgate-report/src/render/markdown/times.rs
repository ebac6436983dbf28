//! Wall-clock times.

use super::inert::{code, code_lines, escaped};
use super::section::Section;
use super::triples::Triples;
use super::words::Words;
use crate::render::time_text;
use crate::render::time_text::{Trend, timed};
use crate::report::Report;
use crate::text::{Noun, span};

const NOUN: Noun = Noun("time", "times");

/// The times that are above their limits.
pub(super) fn red(report: &Report, triples: &Triples<'_>) -> Section {
    let items = timed(report).filter_map(|(benchmark, timed)| {
        let time = timed.time.as_ref().filter(|_| Trend::of(timed) == Trend::Regressed)?;
        let (change, limit) = (time_text::change(time), escaped(&time_text::limit(timed)));
        let name = code(&benchmark.id.to_string());
        Some((
            benchmark.target.as_str(),
            format!("{name}{change}"),
            (name, format!("**{change}** (limit: {limit})")),
        ))
    });
    let rows = Triples::grouped(items).into_iter().map(|group| {
        let on = triples.shown(&group.triples);
        let on = if on.is_empty() { on } else { format!(" {on}") };
        format!("- **regressed** time of {}{on}: {}\n", group.value.0, group.value.1)
    });
    Section { in_sight: 8, rows: rows.collect(), ..Section::new(0, NOUN) }
}

/// Every time that was taken, in a fold.
pub(super) fn all(report: &Report, triples: &Triples<'_>, words: Words) -> Section {
    let rows = timed(report).map(|(benchmark, timed)| {
        let mut name = code_lines(&benchmark.id.to_string());
        if triples.are_several() {
            name += &format!("<br><sub>{}</sub>", triples.shown(&[&benchmark.target]));
        }
        let word = Trend::of(timed).word();
        let Some(time) = &timed.time else {
            let problem = timed.problem.as_deref().unwrap_or_default();
            return format!("| {word} | {name} | {} | – | – |\n", words.sentence(problem));
        };
        let saved = time.saved.map_or_else(|| "–".to_owned(), |saved| span(saved.picoseconds));
        let (mean, change) = (time_text::mean(&time.mean), time_text::change(time));
        format!("| {word} | {name} | {mean} | {saved} | {change} |\n")
    });
    Section {
        fold: Some("Wall-clock times".to_owned()),
        head: "| time | benchmark | mean [confidence] | saved | change |\n|---|---|--:|--:|--:|\n".to_owned(),
        rows: rows.collect(),
        ..Section::new(6, NOUN)
    }
}
