//! What the tool asks of a bench process.

use std::path::{Path, PathBuf};

use crate::codec::{Decode, Reader, Variant, decode_fields, from_bytes, structure};
use crate::version::MEMGATE_VERSION;
use crate::{DecodeError, Engine, Injection, PROTOCOL_VERSION};

/// What the tool asks of a bench process.
///
/// # Example
/// ```
/// # #[cfg(feature = "asking")] {
/// use memgate_protocol::{Command, Request};
/// let request = Request::new("/tmp/response.json", Command::List);
/// assert_eq!(request.to_json().unwrap(), br#"{"protocol":4,"response":"/tmp/response.json","command":"list"}"#);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Request {
    /// The version of the protocol that the tool speaks.
    pub protocol: u32,
    /// Where the process writes its [`Response`](super::Response).
    pub response: PathBuf,
    /// What to do.
    pub command: Command,
}

/// What a bench process can be asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Command {
    /// Name every benchmark.
    List,
    /// Measure one benchmark.
    Measure {
        /// The benchmark's name within its bench target.
        name: String,
        /// What measures it.
        engine: Engine,
        /// How many windows.
        plan: WindowPlan,
        /// Where the engine puts what does not fit into a record: `sites` its [`Capture`](super::capture::Capture),
        /// `dhat` its own file. The others ignore it.
        #[cfg_attr(test, serde(default, skip_serializing_if = "Option::is_none"))]
        file: Option<PathBuf>,
    },
    /// Measure one benchmark with the engine `count`, and a regression on purpose.
    MeasureInjected {
        /// The benchmark's name within its bench target.
        name: String,
        /// How many windows.
        plan: WindowPlan,
        /// The regression.
        injection: Injection,
    },
}

/// How many windows one process runs: one cold, then the warm-up, then the steady ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct WindowPlan {
    /// Windows between the cold one and the steady ones; run, and not kept.
    pub warm_up: u32,
    /// Windows that are kept.
    pub steady: u32,
    /// For how long, in milliseconds, more iterations may be run with the engine `count` while live bytes rise, to see
    /// whether they stop. 0 is for no such iterations at all.
    #[cfg_attr(test, serde(default, skip_serializing_if = "is_zero"))]
    pub long_run_ms: u32,
}

#[cfg(test)]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl WindowPlan {
    /// The most windows of a kind that a request may ask for.
    pub const MAXIMUM: u32 = 100_000;

    /// The plan itself, when it can be carried out.
    ///
    /// # Errors
    /// When there is no steady window, or there are more than [`WindowPlan::MAXIMUM`] of a kind.
    pub fn checked(self) -> Result<Self, PlanError> {
        if self.steady == 0 {
            return Err(PlanError::NoSteadyWindow);
        }
        if self.steady > Self::MAXIMUM || self.warm_up > Self::MAXIMUM {
            return Err(PlanError::TooMany);
        }
        Ok(self)
    }
}

impl Default for WindowPlan {
    /// Two windows of warm-up and three steady ones; two seconds for live bytes that rise.
    fn default() -> Self {
        Self { warm_up: 2, steady: 3, long_run_ms: 2_000 }
    }
}

/// Why a [`WindowPlan`] can't be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// Nothing would be measured.
    NoSteadyWindow,
    /// More than [`WindowPlan::MAXIMUM`] windows of a kind.
    TooMany,
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PlanError::NoSteadyWindow => f.write_str("the plan has no steady window"),
            PlanError::TooMany => {
                write!(f, "the plan has more than {} windows of a kind", WindowPlan::MAXIMUM)
            }
        }
    }
}

impl std::error::Error for PlanError {}

impl Request {
    /// Reads a request file.
    ///
    /// # Errors
    /// When the file can't be read or is not a request. A request in another version of the protocol is
    /// [`RequestError::Version`] as long as it still says where the answer goes.
    pub fn read(path: &Path) -> Result<Self, RequestError> {
        Self::parse(&std::fs::read(path).map_err(RequestError::Read)?)
    }

    /// The request in a file's bytes.
    ///
    /// # Errors
    /// As [`Request::read`] has them.
    pub fn parse(text: &[u8]) -> Result<Self, RequestError> {
        let envelope: Envelope = from_bytes(text).map_err(RequestError::Parse)?;
        if envelope.protocol != PROTOCOL_VERSION {
            return Err(RequestError::Version { theirs: envelope.protocol, response: envelope.response });
        }
        from_bytes(text).map_err(RequestError::Parse)
    }
}

/// The fields that every version of a request has.
struct Envelope {
    protocol: u32,
    response: PathBuf,
}

impl Decode for Envelope {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        decode_fields!(reader, unknown ignored; protocol, response);
        Ok(Self { protocol, response })
    }
}

structure!(asked WindowPlan { warm_up, steady, long_run_ms default });
structure!(asked Request { protocol, response, command });

impl Decode for Command {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let variant = Variant::read(reader)?;
        // Unknown fields have always been ignored in here, and version 4 is to stay what it is.
        let command = match variant.form() {
            ("list", false) => Self::List,
            ("measure", true) => {
                decode_fields!(reader, unknown ignored; name, engine, plan, file default);
                Self::Measure { name, engine, plan, file }
            }
            ("measure_injected", true) => {
                decode_fields!(reader, unknown ignored; name, plan, injection);
                Self::MeasureInjected { name, plan, injection }
            }
            (_, false) => return Err(variant.unknown(&["list"])),
            (_, true) => return Err(variant.unknown(&["measure", "measure_injected"])),
        };
        variant.end(reader)?;
        Ok(command)
    }
}

/// Why a request can't be served.
#[derive(Debug)]
#[non_exhaustive]
pub enum RequestError {
    /// The file can't be read.
    Read(std::io::Error),
    /// The file is not a request.
    Parse(DecodeError),
    /// The tool speaks another version of the protocol.
    Version {
        /// The tool's version.
        theirs: u32,
        /// Where the tool expects the answer.
        response: PathBuf,
    },
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // In one place: each `write!` is long once it is compiled.
        let (before, what, after): (_, &dyn std::fmt::Display, _) = match self {
            RequestError::Read(error) => ("failed to read it: ", error, None),
            RequestError::Parse(error) => ("it is not a request: ", error, None),
            RequestError::Version { theirs, .. } => ("it is in version ", theirs, Some(PROTOCOL_VERSION)),
        };
        write!(f, "{before}{what}")?;
        after.map_or(Ok(()), |ours| {
            write!(f, " of the protocol, and memgate {MEMGATE_VERSION} speaks version {ours}")
        })
    }
}

impl std::error::Error for RequestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            RequestError::Read(error) => Some(error),
            RequestError::Parse(error) => Some(error),
            RequestError::Version { .. } => None,
        }
    }
}
