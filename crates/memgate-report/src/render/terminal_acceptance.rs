//! What the change asks its reviewers to accept, at a terminal.

use tabled::builder::Builder;

use super::terminal_table::{LONGEST_CELL, drawn, ended, shortened_id};
use super::{RenderOptions, shown};
use crate::report::Report;
use crate::text::{BOLD, Paint};

/// Raised baselines, and what else there is to accept; nothing when there is nothing.
pub(super) fn render(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let Some(acceptance) = &report.acceptance else { return String::new() };
    if !acceptance.asks() {
        return String::new();
    }
    let mut text = paint.with(BOLD, &format!("This change accepts, against {}:", acceptance.base)) + "\n";
    if !acceptance.raises.is_empty() {
        let mut table = Builder::new();
        let several_triples = report.has_several_triples();
        table.push_record(["benchmark", "metric", "before", "after", "change"]);
        for raise in &acceptance.raises {
            let unit = raise.metric.unit();
            let id = shortened_id(&raise.id, options);
            table.push_record([
                if several_triples {
                    format!("{id} ({})", shown::shorten_middle(&raise.target, LONGEST_CELL))
                } else {
                    id
                },
                raise.metric.to_string(),
                shown::observation(&raise.base, unit),
                shown::observation(&raise.head, unit),
                shown::difference(&raise.base, &raise.head, unit),
            ]);
        }
        text += &drawn(table, 2..5);
    }
    let dropped = acceptance.dropped.iter();
    let dropped =
        dropped.map(|dropped| format!("  no baseline any more: {} ({})", dropped.id, dropped.target));
    let notes = acceptance.notes.iter().map(|note| format!("  {note}"));
    text + &ended(notes.chain(dropped).collect())
}
