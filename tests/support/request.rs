//! Asks a bench process as the gate does.

use std::path::Path;
use std::process::Output;

use memgate_protocol::{Command, Outcome, REQUEST_VARIABLE, Request, Response, ResponseError};

use crate::suite_process::process;

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Result<Response, ResponseError>,
    pub(crate) output: Output,
}

impl Answer {
    /// The outcome, from a process that answered and ended well.
    pub(crate) fn outcome(self) -> Outcome {
        assert!(self.output.status.success(), "{self:?}");
        self.response.unwrap_or_else(|error| panic!("{error}")).outcome
    }
}

/// Sends a request to the bench binary that has the suite.
pub(crate) fn ask(suite: &str, command: Command) -> Answer {
    ask_with(suite, |response| Request::new(response, command).to_json().expect("it can be written"))
}

/// Sends a request of any content; `content` is given the path where the answer is looked for.
pub(crate) fn ask_with(suite: &str, content: impl FnOnce(&Path) -> Vec<u8>) -> Answer {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (request, response) = (folder.path().join("request.json"), folder.path().join("response.json"));
    std::fs::write(&request, content(&response)).expect("the request can be written");
    let output = process(suite).env(REQUEST_VARIABLE, &request).output().expect("it can be started");
    Answer { response: Response::read(&response), output }
}
