//! What can be wrong with what is read.

use std::str::Utf8Error;

/// Why bytes can't be decoded, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The offset in bytes at which it shows.
    pub offset: usize,
    /// What is wrong there.
    pub problem: DecodeProblem,
}

/// What is wrong with what is read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeProblem {
    /// It is no UTF-8.
    NotUtf8(Utf8Error),
    /// Something else stands there than what is expected.
    Expected(&'static str),
    /// It ends where something is expected.
    Ends(&'static str),
    /// The number does not fit into what is expected.
    OutOfRange(&'static str),
    /// Objects and arrays are within each other more deeply than anything that is meant.
    TooDeep,
    /// No field has this name.
    UnknownField {
        /// The name that was found.
        name: String,
        /// The names that fields have.
        known: &'static [&'static str],
    },
    /// The field is there twice.
    DuplicateField(&'static str),
    /// The key is there twice, in an object whose keys are anybody's.
    RepeatedKey(String),
    /// The object ends without this field.
    MissingField(&'static str),
    /// No variant has this name, or it is written in another form.
    UnknownVariant {
        /// The name that was found.
        name: String,
        /// The names that variants of this form have.
        known: &'static [&'static str],
    },
}

impl DecodeError {
    pub(crate) fn new(offset: usize, problem: DecodeProblem) -> Self {
        Self { offset, problem }
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Put together in one place: each `write!` is long once it is compiled.
        let (before, what, after, known) = match &self.problem {
            DecodeProblem::NotUtf8(_) => ("it is not UTF-8", "", "", None),
            DecodeProblem::Expected(expected) => ("expected ", *expected, "", None),
            DecodeProblem::Ends(expected) => ("it ends where it should have ", *expected, "", None),
            DecodeProblem::OutOfRange(expected) => ("the number is out of range for ", *expected, "", None),
            DecodeProblem::TooDeep => ("it is nested too deeply", "", "", None),
            DecodeProblem::UnknownField { name, known } => {
                ("unknown field `", name.as_str(), "`, where there can be ", Some(*known))
            }
            DecodeProblem::DuplicateField(name) => ("the field `", *name, "` is there twice", None),
            DecodeProblem::RepeatedKey(name) => ("`", name.as_str(), "` is there twice", None),
            DecodeProblem::MissingField(name) => ("missing field `", *name, "`", None),
            DecodeProblem::UnknownVariant { name, known } => {
                ("unknown variant `", name.as_str(), "`, where there can be ", Some(*known))
            }
        };
        write!(f, "{before}{what}{after}{} at byte {}", Names(known), self.offset)
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            DecodeProblem::NotUtf8(error) => Some(error),
            _ => None,
        }
    }
}

/// Names, unless there is nothing to be said of any.
struct Names(Option<&'static [&'static str]>);

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(names) = self.0 else { return Ok(()) };
        for (index, name) in names.iter().enumerate() {
            write!(f, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        if names.is_empty() { f.write_str("none") } else { Ok(()) }
    }
}
