//! The call sites behind red metrics, for people at a terminal.

use std::collections::HashSet;

use super::sites::shown;
use super::sites_text::difference_lines;
use super::terminal_table::ended;
use crate::report::Report;
use crate::text::{BOLD, Paint, RED};

/// How many callers are shown of each site.
const CALLERS: usize = 3;

/// Renders the call sites of every benchmark that has some.
pub(super) fn render(report: &Report, paint: Paint) -> String {
    let (mut lines, mut seen) = (Vec::new(), HashSet::new());
    for benchmark in &report.benchmarks {
        let Some(sites) = &benchmark.sites else { continue };
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let id = paint.with(BOLD, &benchmark.id.to_string());
        if let Some(problem) = &sites.failure {
            lines.push(format!("{id}: the call sites could not be recorded: {problem}"));
        }
        for explanation in &sites.explanations {
            let headline = paint.with(RED, &shown(explanation).headline);
            lines.push(format!("{id}  {headline}, by call site:"));
            lines.extend(difference_lines(explanation, CALLERS, false, paint, &mut seen));
        }
        lines.extend(sites.notes.iter().map(|note| format!("  {}: {note}", paint.with(BOLD, "note"))));
    }
    ended(lines)
}
