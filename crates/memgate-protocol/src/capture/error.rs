//! Why a capture can't be used.

use super::CAPTURE_SCHEMA;
use crate::DecodeError;

/// Why a capture can't be used. Reads as what follows "failed to read the capture: ".
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureError {
    /// There is no such file.
    Absent,
    /// The file can't be read.
    Read(std::io::Error),
    /// The file ends too early.
    Truncated,
    /// The file does not begin as a capture does.
    Header(DecodeError),
    /// The file has another schema.
    Schema(u32),
    /// The file says what can't be.
    Unsound(&'static str),
}

impl std::fmt::Display for CaptureError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CaptureError::Absent => f.write_str("the process wrote none"),
            CaptureError::Read(error) => write!(f, "{error}"),
            CaptureError::Truncated => f.write_str("it is cut short"),
            CaptureError::Header(error) => write!(f, "it does not begin as a capture does: {error}"),
            CaptureError::Schema(found) => {
                write!(f, "it has schema {found}, and this memgate reads schema {CAPTURE_SCHEMA}")
            }
            CaptureError::Unsound(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CaptureError::Read(error) => Some(error),
            CaptureError::Header(error) => Some(error),
            CaptureError::Absent
            | CaptureError::Truncated
            | CaptureError::Schema(_)
            | CaptureError::Unsound(_) => None,
        }
    }
}
