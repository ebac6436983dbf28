//! What a bench process answers.

use std::path::Path;

use crate::codec::{Decode, Reader, choice, decode_fields, from_bytes, structure, to_bytes};
use crate::version::MEMGATE_VERSION;
use crate::{DecodeError, PROBE_VERSION, PROTOCOL_VERSION, Record};

/// What a bench process answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Response {
    /// The version of the protocol that the process speaks.
    pub protocol: u32,
    /// The version of memgate that is linked into the process.
    pub memgate_version: String,
    /// What is counted, and how; see [`PROBE_VERSION`].
    pub probe: u32,
    /// The type of the allocator inside memgate's, or none when memgate's is not installed.
    pub allocator: Option<String>,
    /// The answer itself.
    pub outcome: Outcome,
}

/// The answer to a [`Command`](super::Command).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// Every benchmark's name, in the order of the source.
    Listed(Vec<String>),
    /// The benchmark was measured.
    Measured(Record),
    /// The process can't do what it was asked.
    Refused(Refusal),
}

/// Why a process can't do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Refusal {
    /// The reason, for programs.
    pub kind: RefusalKind,
    /// The reason, for people: what happened and what to do.
    pub message: String,
}

impl Refusal {
    /// A refusal for a reason.
    #[must_use]
    pub fn new(kind: RefusalKind, message: impl std::fmt::Display) -> Self {
        Self { kind, message: message.to_string() }
    }

    /// The refusal of a process in which nothing can be counted. One text for the process itself and for a tool that
    /// sees [`Response::allocator`] empty.
    #[must_use]
    pub fn allocator_not_installed() -> Self {
        Self {
            kind: RefusalKind::AllocatorNotInstalled,
            message: "memgate's allocator is not installed, so nothing can be counted; remove `allocator = none;` from \
                      `memgate::main!`, turn on the feature `allocator` of memgate-criterion or memgate-divan, or make the global allocator a `memgate::Alloc` (or \
                      memgate-divan's `AllocProfiler`) around the present one"
                .to_owned(),
        }
    }
}

/// The reasons why a process refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum RefusalKind {
    /// The tool speaks another version of the protocol.
    Version,
    /// The request can't be understood or carried out.
    Request,
    /// `memgate::Alloc` is not the global allocator.
    AllocatorNotInstalled,
    /// Two benchmarks have one name.
    DuplicateName,
    /// A benchmark's name can't be used.
    InvalidName,
    /// No benchmark has the name that was asked for.
    UnknownName,
    /// The benchmark returned without running a routine.
    NoWindow,
    /// The engine is not built in, or can't measure with this allocator.
    Engine,
    /// The routine did something to the process that makes its numbers worthless.
    Process,
}

impl Response {
    /// An answer in the version that this build speaks.
    #[must_use]
    pub fn new(allocator: Option<&str>, outcome: Outcome) -> Self {
        Self {
            protocol: PROTOCOL_VERSION,
            memgate_version: MEMGATE_VERSION.to_owned(),
            probe: PROBE_VERSION,
            allocator: allocator.map(str::to_owned),
            outcome,
        }
    }

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

    /// The response as the text of a file.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Writes the response so that a reader never sees half of it.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let temporary = path.with_extension("part");
        std::fs::write(&temporary, self.to_json())?;
        std::fs::rename(&temporary, path)
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

structure!(Response { protocol, memgate_version, probe, allocator, outcome });
choice!(Outcome {} holding { "listed" => Listed, "measured" => Measured, "refused" => Refused });
structure!(Refusal { kind, message });
choice!(RefusalKind {
    "version" => Version,
    "request" => Request,
    "allocator_not_installed" => AllocatorNotInstalled,
    "duplicate_name" => DuplicateName,
    "invalid_name" => InvalidName,
    "unknown_name" => UnknownName,
    "no_window" => NoWindow,
    "engine" => Engine,
    "process" => Process,
} holding {});

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
