//! What a bench process answers.

use std::path::Path;

use crate::codec::{choice, structure, to_bytes};
use crate::version::MEMGATE_VERSION;
use crate::{PROBE_VERSION, PROTOCOL_VERSION, Record};

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

structure!(answered Response { protocol, memgate_version, probe, allocator, outcome });
choice!(answered Outcome {} holding { "listed" => Listed, "measured" => Measured, "refused" => Refused });
structure!(answered Refusal { kind, message });
choice!(answered RefusalKind {
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
