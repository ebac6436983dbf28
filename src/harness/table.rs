//! The table of a bench target that runs by itself. Rows are printed one by one, so the columns have fixed widths.

use memgate_protocol::units::human;
use memgate_protocol::{CountWindow, Metric};

/// Wide enough for `-1,023.99 KiB` and for `retained_bytes`.
const COLUMN: usize = 14;

/// The line above the rows. `width` is that of the longest name, in characters.
pub(super) fn header(title: &str, width: usize) -> String {
    let width = width.max(title.chars().count());
    let mut line = format!("{title:width$}");
    for metric in Metric::ALL {
        line += &format!("  {metric:>COLUMN$}");
    }
    line
}

/// One benchmark's row. `varies` marks values that were not the same in every window.
pub(super) fn row(name: &str, window: &CountWindow, varies: bool, width: usize) -> String {
    let mut line = format!("{name:width$}");
    for metric in Metric::ALL {
        line += &format!("  {:>COLUMN$}", human(window.value(metric), metric.unit()));
    }
    if varies {
        line += "  (varies between windows)";
    }
    line
}

/// One benchmark's row that has no numbers.
pub(super) fn message(name: &str, message: &str, width: usize) -> String {
    format!("{name:width$}  {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_names() {
        let window = CountWindow { peak_bytes: 12_345_678, allocs: 1_234, ..CountWindow::default() };
        let header = header("p/t", 8);
        let row = row("größe/10", &window, false, 8);
        assert_eq!(header.chars().count(), row.chars().count());
        assert_eq!(
            row,
            "größe/10       11.77 MiB             0 B           1,234               0             0 B             0 B"
        );
        assert_eq!(message("a", "failed: why", 8), "a         failed: why");
    }
}
