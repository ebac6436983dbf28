//! Colours on a terminal, or none.

use anstyle::{AnsiColor, Style};

/// Names and the like.
pub const BOLD: Style = Style::new().bold();
/// What is read last.
pub const DIM: Style = Style::new().dimmed();
/// What is wrong.
pub const RED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red))).bold();

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    color: bool,
}

impl Paint {
    /// Colours when `color`.
    #[must_use]
    pub fn new(color: bool) -> Self {
        Self { color }
    }

    /// A text in a style, where there are colours.
    #[must_use]
    pub fn with(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// A colour as a style.
#[must_use]
pub fn colored(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}
