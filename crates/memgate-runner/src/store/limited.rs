//! Reading files that somebody else wrote, up to a size.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum LimitedReadError {
    /// The system does not give it.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// The file is larger than what is read.
    #[error("it is larger than {limit_bytes} bytes, which is more than is read of one file")]
    TooLarge {
        /// How much would be read.
        limit_bytes: u64,
    },
}

/// The bytes of a file of at most `limit_bytes`. Of a larger one nothing is kept.
///
/// # Errors
/// When the file can't be read, or is larger.
pub(crate) fn read_limited(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, LimitedReadError> {
    let file = File::open(path)?;
    let said_bytes = file.metadata()?.len();
    let too_large = || LimitedReadError::TooLarge { limit_bytes };
    if said_bytes > limit_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(said_bytes).unwrap_or(0));
    // A file may grow, and a pipe says nothing.
    file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit_bytes) {
        Ok(bytes)
    } else {
        Err(too_large())
    }
}
