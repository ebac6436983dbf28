//! Colours on a terminal, or none.

use anstyle::{AnsiColor, Style};

/// Names and the like.
pub(crate) const BOLD: Style = Style::new().bold();
/// What is read last.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is wrong.
pub(crate) const RED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red))).bold();

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    color: bool,
}

impl Paint {
    pub(crate) fn new(color: bool) -> Self {
        Self { color }
    }

    /// A text in a style, where there are colours.
    pub(crate) fn with(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// A colour as a style.
pub(crate) fn colored(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}
