//! Why the file can't be read.

use std::fmt;
use std::io;

/// Why the file of a command's processes can't be read.
#[derive(Debug)]
pub enum ProcessTableError {
    /// It can't be opened, or read.
    Read(io::Error),
    /// It does not begin as such a file does.
    NoTable,
    /// It was written by another version.
    Version(u64),
    /// It is shorter than it says.
    Truncated,
}

impl fmt::Display for ProcessTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "failed to read it: {error}"),
            Self::NoTable => f.write_str("it does not begin as a file of processes does"),
            Self::Version(version) => write!(f, "it was written by another version, {version}"),
            Self::Truncated => f.write_str("it is shorter than it says"),
        }
    }
}

impl std::error::Error for ProcessTableError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::NoTable | Self::Version(_) | Self::Truncated => None,
        }
    }
}
