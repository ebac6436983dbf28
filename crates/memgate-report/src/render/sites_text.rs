//! Call sites as lines of text, for the report and for `explain`.

use std::collections::HashSet;

use super::sites::{ShownSite, WayStep, shown};
use crate::attribution::Explanation;
use crate::text::{BOLD, DIM, Paint, RED};

/// What grew, worst first, a few lines for each site; then what else there is to say. `seen` has the sites that were shown
/// before, and gets those that are now.
pub(crate) fn difference_lines(
    explanation: &Explanation,
    callers: usize,
    full_names: bool,
    paint: Paint,
    seen: &mut HashSet<String>,
) -> Vec<String> {
    let shown = shown(explanation);
    let width = |length: fn(&ShownSite<'_>) -> usize| shown.sites.iter().map(length).max().unwrap_or(0);
    let deltas = width(|site| site.delta.chars().count());
    let values = width(|site| site.values.chars().count());
    let mut lines = Vec::new();
    for site in &shown.sites {
        let delta = format!("{:>deltas$}", site.delta);
        let values = if values == 0 { String::new() } else { format!("  {:<values$}", site.values) };
        let indent = " ".repeat(4 + delta.chars().count() + values.chars().count());
        let start = format!("  {}{values}  ", paint.with(RED, &delta));
        let mut way = way_lines(&site.operation, &site.way, site.location.as_deref(), callers, full_names);
        let first = if way.is_empty() { String::new() } else { way.remove(0) };
        match &site.location {
            Some(location) => {
                lines.push(format!("{start}{}", paint.with(BOLD, location)));
                lines.push(format!("{indent}{first}"));
            }
            None => lines.push(format!("{start}{first}")),
        }
        // What has been shown with its callers, of another metric or another benchmark, needs them no more.
        if seen.insert(format!("{first}\n{}", way.join("\n"))) {
            lines.extend(way.iter().map(|line| format!("{indent}{}", paint.with(DIM, line))));
        } else if !way.is_empty() {
            lines.push(format!("{indent}{}", paint.with(DIM, "← as above")));
        }
        lines.extend(site.notes.iter().map(|note| format!("{indent}{}", paint.with(DIM, note))));
    }
    lines.extend(shown.remarks.iter().map(|remark| format!("  {}", paint.with(DIM, remark))));
    lines
}

/// The operation and the way to it, a line each: `Vec::push in serde_json::read  src/read.rs:1`, `← app::parse`.
pub(crate) fn way_lines(
    operation: &str,
    way: &[WayStep<'_>],
    shown_at: Option<&str>,
    callers: usize,
    full_names: bool,
) -> Vec<String> {
    let is_user = |step: &&WayStep<'_>| matches!(step, WayStep::Function(_));
    // The innermost, what is hidden, and the place itself are no callers.
    let own = way.iter().take_while(|step| is_user(step)).count().min(1)
        + if matches!(way.get(1), Some(WayStep::Hidden)) { 2 } else { 0 };
    let mut steps = way.iter().take(own + callers).map(|step| step.text(full_names, shown_at));
    let first = match steps.next() {
        Some(step) => format!("{operation} in {step}"),
        None => operation.to_owned(),
    };
    std::iter::once(first).chain(steps.map(|step| format!("← {step}"))).collect()
}
