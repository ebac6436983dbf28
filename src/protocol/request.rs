//! What the tool asks of a bench process.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Engine, Injection, PROTOCOL_VERSION};

/// What the tool asks of a bench process.
///
/// # Example
/// ```
/// use memgate::protocol::{Command, Request};
/// let request = Request::new("/tmp/response.json", Command::List);
/// let text = serde_json::to_string(&request).unwrap();
/// assert_eq!(text, r#"{"protocol":4,"response":"/tmp/response.json","command":"list"}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The version of the protocol that the tool speaks.
    pub protocol: u32,
    /// Where the process writes its [`Response`](super::Response).
    pub response: PathBuf,
    /// What to do.
    pub command: Command,
}

/// What a bench process can be asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
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

impl Command {
    /// Measure one benchmark, with an engine that needs no file.
    #[must_use]
    pub fn measure(name: impl Into<String>, engine: Engine, plan: WindowPlan) -> Self {
        Self::Measure { name: name.into(), engine, plan, file: None }
    }
}

/// How many windows one process runs: one cold, then the warm-up, then the steady ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowPlan {
    /// Windows between the cold one and the steady ones; run, and not kept.
    pub warm_up: u32,
    /// Windows that are kept.
    pub steady: u32,
    /// For how long, in milliseconds, more iterations may be run with the engine `count` while live bytes rise, to see
    /// whether they stop. 0 is for no such iterations at all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub long_run_ms: u32,
}

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
    /// A request in the version that this build speaks.
    #[must_use]
    pub fn new(response: impl Into<PathBuf>, command: Command) -> Self {
        Self { protocol: PROTOCOL_VERSION, response: response.into(), command }
    }

    /// Reads a request file.
    ///
    /// # Errors
    /// When the file can't be read or is not a request. A request in another version of the protocol is
    /// [`RequestError::Version`] as long as it still says where the answer goes.
    pub fn read(path: &Path) -> Result<Self, RequestError> {
        let text = std::fs::read(path).map_err(RequestError::Read)?;
        let envelope: Envelope = serde_json::from_slice(&text).map_err(RequestError::Parse)?;
        if envelope.protocol != PROTOCOL_VERSION {
            return Err(RequestError::Version { theirs: envelope.protocol, response: envelope.response });
        }
        serde_json::from_slice(&text).map_err(RequestError::Parse)
    }
}

/// The fields that every version of a request has.
#[derive(Deserialize)]
struct Envelope {
    protocol: u32,
    response: PathBuf,
}

/// Why a request can't be served.
#[derive(Debug)]
pub enum RequestError {
    /// The file can't be read.
    Read(std::io::Error),
    /// The file is not a request.
    Parse(serde_json::Error),
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
        match self {
            RequestError::Read(error) => write!(f, "failed to read it: {error}"),
            RequestError::Parse(error) => write!(f, "it is not a request: {error}"),
            RequestError::Version { theirs, .. } => write!(
                f,
                "it is in version {theirs} of the protocol, and memgate {} speaks version {PROTOCOL_VERSION}",
                env!("CARGO_PKG_VERSION")
            ),
        }
    }
}

impl std::error::Error for RequestError {}
