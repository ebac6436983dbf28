//! Requests as the tool writes them.

use std::path::PathBuf;

use crate::codec::{Encode, Writer, to_bytes};
use crate::{Command, Engine, PROTOCOL_VERSION, Request, WindowPlan};

impl Command {
    /// Measure one benchmark, with an engine that needs no file.
    #[must_use]
    pub fn measure(name: impl Into<String>, engine: Engine, plan: WindowPlan) -> Self {
        Self::Measure { name: name.into(), engine, plan, file: None }
    }
}

impl Request {
    /// A request in the version that this build speaks.
    #[must_use]
    pub fn new(response: impl Into<PathBuf>, command: Command) -> Self {
        Self { protocol: PROTOCOL_VERSION, response: response.into(), command }
    }

    /// The request as the text of a file.
    ///
    /// # Errors
    /// When a path in it is not Unicode.
    pub fn to_json(&self) -> Result<Vec<u8>, EncodeError> {
        let file = match &self.command {
            Command::Measure { file, .. } => file.as_ref(),
            Command::List | Command::MeasureInjected { .. } => None,
        };
        match [Some(&self.response), file].into_iter().flatten().find(|path| path.to_str().is_none()) {
            Some(path) => Err(EncodeError::NotUnicode(path.clone())),
            None => Ok(to_bytes(self)),
        }
    }
}

impl Encode for Command {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::List => writer.string("list"),
            Self::Measure { .. } => writer.variant("measure", &Content(self)),
            Self::MeasureInjected { .. } => writer.variant("measure_injected", &Content(self)),
        }
    }
}

/// What is in a command's variant.
struct Content<'a>(&'a Command);

impl Encode for Content<'_> {
    fn encode(&self, writer: &mut Writer) {
        let mut object = writer.object();
        match self.0 {
            Command::List => {}
            Command::Measure { name, engine, plan, file } => {
                object.field("name", name);
                object.field("engine", engine);
                object.field("plan", plan);
                if let Some(file) = file {
                    object.field("file", file);
                }
            }
            Command::MeasureInjected { name, plan, injection } => {
                object.field("name", name);
                object.field("plan", plan);
                object.field("injection", injection);
            }
        }
        object.end();
    }
}

/// Why a request can't be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The path is no Unicode, and JSON has nothing else.
    NotUnicode(PathBuf),
}

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let EncodeError::NotUnicode(path) = self;
        write!(f, "the path {} is not Unicode", path.display())
    }
}

impl std::error::Error for EncodeError {}
