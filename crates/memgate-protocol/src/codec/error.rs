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
        match &self.problem {
            DecodeProblem::NotUtf8(_) => f.write_str("it is not UTF-8")?,
            DecodeProblem::Expected(expected) => write!(f, "expected {expected}")?,
            DecodeProblem::Ends(expected) => write!(f, "it ends where it should have {expected}")?,
            DecodeProblem::OutOfRange(expected) => write!(f, "the number is out of range for {expected}")?,
            DecodeProblem::TooDeep => f.write_str("it is nested too deeply")?,
            DecodeProblem::UnknownField { name, known } => {
                write!(f, "unknown field `{name}`, where there can be {}", Names(known))?;
            }
            DecodeProblem::DuplicateField(name) => write!(f, "the field `{name}` is there twice")?,
            DecodeProblem::RepeatedKey(name) => write!(f, "`{name}` is there twice")?,
            DecodeProblem::MissingField(name) => write!(f, "missing field `{name}`")?,
            DecodeProblem::UnknownVariant { name, known } => {
                write!(f, "unknown variant `{name}`, where there can be {}", Names(known))?;
            }
        }
        write!(f, " at byte {}", self.offset)
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

struct Names(&'static [&'static str]);

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        if self.0.is_empty() { f.write_str("none") } else { Ok(()) }
    }
}
