//! What the tables at a terminal have in common.

use anstyle::{AnsiColor, Style};
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::style::HorizontalLine;
use tabled::settings::{Alignment, Modify, Padding, Style as TableStyle};

use super::{RenderOptions, shown};
use crate::model::BenchmarkId;
use crate::report::{BenchmarkReport, Verdict};
use crate::text::{Paint, colored};

/// Longer cells lose their middle, in characters.
pub(super) const LONGEST_CELL: usize = 240;

/// The word for a verdict, in its style.
pub(super) fn painted(paint: Paint, verdict: Verdict) -> String {
    paint.with(style(verdict), verdict.word())
}

/// The style of a verdict.
pub(super) fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Ok => colored(AnsiColor::Green),
        Verdict::Improved => colored(AnsiColor::Green).bold(),
        Verdict::New => colored(AnsiColor::Cyan).bold(),
        Verdict::Waived | Verdict::Noisy => colored(AnsiColor::Yellow),
        Verdict::Missing | Verdict::Incomparable => colored(AnsiColor::Yellow).bold(),
        Verdict::OverBudget | Verdict::Regressed | Verdict::Failed => colored(AnsiColor::Red).bold(),
    }
}

/// The id of a benchmark as far as it fits, with its triple where there are several.
pub(super) fn shown_id(
    benchmark: &BenchmarkReport,
    several_triples: bool,
    options: &RenderOptions,
) -> String {
    let id = shortened_id(&benchmark.id, options);
    if several_triples {
        format!("{id} ({})", shown::shorten_middle(&benchmark.target, LONGEST_CELL))
    } else {
        id
    }
}

/// An id as far as it fits.
pub(super) fn shortened_id(id: &BenchmarkId, options: &RenderOptions) -> String {
    // What is left of a line for the id when the numbers have taken theirs.
    const LEAST_ID_WIDTH: usize = 28;
    const NUMBERS_WIDTH: usize = 84;
    match options.width {
        Some(width) => {
            shown::shorten_middle(&id.to_string(), width.saturating_sub(NUMBERS_WIDTH).max(LEAST_ID_WIDTH))
        }
        // Every row of a table is as wide as its widest cell.
        None => shown::shorten_middle(&id.to_string(), LONGEST_CELL),
    }
}

/// A table as text, with its numbers on the right.
pub(crate) fn drawn(table: Builder, numbers: std::ops::Range<usize>) -> String {
    let style = TableStyle::empty().horizontals([(1, HorizontalLine::new('─'))]);
    let mut table = table.build();
    table.with(style);
    table.with(Padding::new(1, 1, 0, 0));
    table.with(Modify::new(Columns::new(numbers)).with(Alignment::right()));
    table.with(Modify::new(Rows::first()).with(Alignment::left()));
    let lines: Vec<String> = table.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
    ended(lines)
}

/// Lines, each with its end.
pub(super) fn ended(lines: Vec<String>) -> String {
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}
