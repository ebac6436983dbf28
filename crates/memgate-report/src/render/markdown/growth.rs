//! How metrics grow with the size of the input.

use super::inert::{code, code_lines, escaped, prose};
use super::section::Section;
use super::triples::Triples;
use crate::render::growth_text::{evidence, exponent, sizes, steeper, word};
use crate::report::{Report, Trend};
use crate::text::Noun;

const NOUN: Noun = Noun("growth", "growths");

/// What grows more steeply than it did.
pub(super) fn steeper_ones(report: &Report, triples: &Triples<'_>) -> Section {
    let items = steeper(report).map(|(series, metric)| {
        let name = code(&series.series.to_string());
        let text = format!("{}: {} ({})", name, prose(&metric.sentence()), prose(&evidence(report, metric)));
        (series.target.as_str(), text.clone(), text)
    });
    let rows = Triples::grouped(items).into_iter().map(|group| {
        let on = triples.shown(&group.triples);
        let on = if on.is_empty() { on } else { format!(" (on {on})") };
        format!("- 🔴 **regressed** growth of {}{on}\n", group.value)
    });
    Section { in_sight: 3, rows: rows.collect(), ..Section::new(0, NOUN) }
}

/// Every exponent of the series that grow more steeply or may, in a fold.
pub(super) fn all(report: &Report, triples: &Triples<'_>) -> Section {
    let may_have_grown = |series: &&crate::report::ScalingReport| {
        series.metrics.iter().any(|metric| matches!(metric.trend, Trend::Steeper | Trend::Unclear))
    };
    let rows = report.scaling.iter().filter(may_have_grown).flat_map(|series| {
        let mut name = code_lines(&series.series.to_string());
        if triples.are_several() {
            name += &format!("<br><sub>{}</sub>", triples.shown(&[&series.target]));
        }
        series.metrics.iter().map(move |metric| {
            let head = match &metric.problem {
                Some(problem) => prose(problem),
                None => escaped(&exponent(metric.head.as_ref())),
            };
            let base = escaped(&exponent(metric.base.as_ref()));
            let (word, key, sizes) = (word(metric.trend), metric.metric, escaped(&sizes(series)));
            format!("| {word} | {name} | {sizes} | {key} | {base} | {head} |\n")
        })
    });
    Section {
        fold: Some("Growth with the size of the input".to_owned()),
        head: "| growth | series | n | metric | base: power of n | head: power of n |\n|---|---|---|---|--:|--:|\n".to_owned(),
        rows: rows.collect(),
        ..Section::new(6, NOUN)
    }
}
