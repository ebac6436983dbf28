//! Responses as the tool reads them.

use std::path::Path;

use crate::codec::{Decode, Reader, decode_fields, from_bytes};
use crate::version::MEMGATE_VERSION;
use crate::{DecodeError, PROTOCOL_VERSION, Response};

impl Response {
    /// Reads a response file.
    ///
    /// # Errors
    /// When there is no such file, it can't be read, is cut short or is not a response, or was written by a process
    /// that speaks another version of the protocol.
    pub fn read(path: &Path) -> Result<Self, ResponseError> {
        match std::fs::read(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ResponseError::Absent),
            Err(error) => Err(ResponseError::Read(error)),
        }
    }

    /// The response in a file's bytes.
    ///
    /// # Errors
    /// When they are cut short or are not a response, or were written by a process that speaks another version of the
    /// protocol.
    pub fn parse(text: &[u8]) -> Result<Self, ResponseError> {
        let envelope: Envelope = from_bytes(text).map_err(ResponseError::Parse)?;
        if envelope.protocol != PROTOCOL_VERSION {
            return Err(ResponseError::Version {
                theirs: envelope.protocol,
                memgate_version: envelope.memgate_version,
            });
        }
        from_bytes(text).map_err(ResponseError::Parse)
    }
}

/// The fields that every version of a response has.
struct Envelope {
    protocol: u32,
    memgate_version: String,
}

impl Decode for Envelope {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        decode_fields!(reader, unknown ignored; protocol, memgate_version);
        Ok(Self { protocol, memgate_version })
    }
}

/// Why a response can't be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum ResponseError {
    /// The process wrote none.
    Absent,
    /// The file can't be read.
    Read(std::io::Error),
    /// The file is not a response.
    Parse(DecodeError),
    /// The process speaks another version of the protocol.
    Version {
        /// The process's version.
        theirs: u32,
        /// The version of memgate that is linked into the process.
        memgate_version: String,
    },
}

impl std::fmt::Display for ResponseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ResponseError::Absent => f.write_str("it ended without an answer"),
            ResponseError::Read(error) => write!(f, "failed to read its answer: {error}"),
            ResponseError::Parse(error) => write!(f, "its answer is not a response: {error}"),
            ResponseError::Version { theirs, memgate_version } => write!(
                f,
                "it was built with memgate {memgate_version}, which speaks version {theirs} of the protocol; this \
                 tool is {MEMGATE_VERSION} and speaks version {PROTOCOL_VERSION}: use the same version of both"
            ),
        }
    }
}

impl std::error::Error for ResponseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ResponseError::Read(error) => Some(error),
            ResponseError::Parse(error) => Some(error),
            ResponseError::Absent | ResponseError::Version { .. } => None,
        }
    }
}
