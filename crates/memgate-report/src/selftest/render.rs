//! The outcome of `selftest` for people.

use std::fmt::Write;

use super::{Judged, is_trusted};

/// More benchmarks than this are not named; the first ones tell what is wrong.
const MOST_NAMED: usize = 10;

/// Renders what was judged, one regression a line, below it what the gate did not notice, and what that means.
#[must_use]
pub fn render_selftest(judged: &[Judged]) -> String {
    let lines: Vec<String> = judged.iter().map(what).collect();
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (judged, line) in judged.iter().zip(lines) {
        let Judged { right, not_gated, unnoticed, .. } = judged;
        let tried = right + unnoticed.iter().filter(|unnoticed| unnoticed.id.is_some()).count();
        let verdict = match judged {
            judged if judged.is_proven() => "proven",
            judged if judged.is_not_gated() => "not gated",
            _ => "NOT PROVEN",
        };
        let _ = write!(text, "  {line:width$}  {right:>5} of {tried} judged right");
        if *not_gated > 0 {
            let _ = write!(text, ", {not_gated} without a limit");
        }
        let _ = writeln!(text, "  {verdict}");
        for unnoticed in unnoticed.iter().take(MOST_NAMED) {
            let who = unnoticed.id.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string);
            let _ = writeln!(text, "      {who}: {}", unnoticed.problem);
        }
        if unnoticed.len() > MOST_NAMED {
            let _ = writeln!(text, "      and {} more", unnoticed.len() - MOST_NAMED);
        }
    }
    let _ = writeln!(text, "\nmemgate: {}", conclusion(judged));
    text
}

/// `1 … 12 more allocations`
fn what(judged: &Judged) -> String {
    match judged.amounts {
        None => judged.what.to_owned(),
        Some((least, most)) if least == most => format!("{least} {}", judged.what),
        Some((least, most)) => format!("{least} … {most} {}", judged.what),
    }
}

fn conclusion(judged: &[Judged]) -> String {
    if !is_trusted(judged) {
        return "the gate can't be trusted with these benchmarks; see above".to_owned();
    }
    let regressions = judged.len().saturating_sub(1);
    let not_gated = judged.iter().filter(|judged| judged.is_not_gated()).count();
    match not_gated {
        0 => "the gate is red for every regression, and green without one".to_owned(),
        _ => format!(
            "the gate is red for {} of {regressions} kinds of regressions, and green without one; memgate.toml gates the \
             other {not_gated} nowhere",
            regressions - not_gated
        ),
    }
}
