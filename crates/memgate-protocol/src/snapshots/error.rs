//! What can be wrong with a file of snapshots.

use crate::DecodeError;

/// Why a file of snapshots can't be used. Reads as what follows "failed to read FILE: ".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotFileError {
    /// The file still has the markers of a merge conflict.
    MergeConflict {
        /// The line with the first marker, counted from 1.
        line: usize,
    },
    /// The file is something else.
    Kind,
    /// The file was written by a newer memgate.
    Newer {
        /// The file's schema version.
        found: u32,
    },
    /// The file has a schema that no memgate has written.
    Schema {
        /// The file's schema version.
        found: u32,
    },
    /// The file is not JSON, or not of the right shape.
    Decode {
        /// The line at which it shows, counted from 1.
        line: usize,
        /// What is wrong there.
        error: DecodeError,
    },
    /// A value can't be what it says it is.
    Unsound(String),
}

impl std::fmt::Display for SnapshotFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MergeConflict { line } => write!(
                f,
                "line {line} is a merge conflict marker; resolve the conflict, or take one side and run the tests with \
                 `MEMGATE_UPDATE=1`"
            ),
            Self::Kind => {
                f.write_str("it is no file of the numbers of tests (`\"kind\": \"memgate tests\"`)")
            }
            Self::Newer { found } => write!(
                f,
                "it has schema {found}, written by a newer memgate; this one reads schemas up to {}: update memgate (nothing \
                 was changed)",
                super::SNAPSHOTS_SCHEMA
            ),
            Self::Schema { found } => write!(f, "it has schema {found}, which does not exist"),
            Self::Decode { line, error } => write!(f, "line {line}: {error}"),
            Self::Unsound(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for SnapshotFileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode { error, .. } => Some(error),
            _ => None,
        }
    }
}
