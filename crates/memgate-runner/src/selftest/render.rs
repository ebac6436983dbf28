//! The outcome of `selftest` for people.

use std::fmt::Write;

use super::Judged;

/// More benchmarks than this are not named; the first ones tell what is wrong.
const MOST_NAMED: usize = 10;

/// Renders what was judged, one regression a line, and below it what the gate did not notice.
#[must_use]
pub fn render_selftest(judged: &[Judged]) -> String {
    let width = judged.iter().map(|judged| judged.what.len()).max().unwrap_or_default();
    let mut text = String::new();
    for judged in judged {
        let Judged { what, right, not_gated, unnoticed } = judged;
        let tried = right + unnoticed.iter().filter(|unnoticed| unnoticed.id.is_some()).count();
        let verdict = match judged {
            judged if judged.is_proven() => "proven",
            judged if judged.is_not_gated() => "not gated",
            _ => "NOT PROVEN",
        };
        let _ = write!(text, "  {what:width$}  {right:>5} of {tried} judged right");
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
    text
}
