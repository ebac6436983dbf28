//! Whose words the sentences of a report are.

use super::inert::{code_of, prose};

/// Longer quotations lose their middle.
const LONGEST_QUOTATION: usize = 300;

/// Whose words the sentences of a report are: notices, reasons, what went wrong.
///
/// A sentence that came from elsewhere must not read as this page's own: however harmless its characters are, `reviewed, all is
/// well` is a claim. So it is shown as a quotation that it can't leave, and the page says whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// This tool's own, from a run of its own.
    Own,
    /// Those of a file that anybody may have written.
    Reported,
}

impl Words {
    /// A sentence, and whose it is.
    pub(super) fn sentence(self, text: &str) -> String {
        match self {
            Self::Own => prose(text),
            Self::Reported => format!("the report says {}", self.item(text)),
        }
    }

    /// A sentence where it has been said already whose it is.
    pub(super) fn item(self, text: &str) -> String {
        match self {
            Self::Own => prose(text),
            // The marks alone would be left by a mark in the text, and code alone is the look of every name.
            Self::Reported => format!("“{}”", code_of(text, LONGEST_QUOTATION)),
        }
    }
}
