//! Bench processes: a test target plays both sides, the test itself and the bench binaries that it starts.

use std::process::Command;

use memgate_protocol::REQUEST_VARIABLE;

/// Names the suite that a child process is to be.
const SUITE_VARIABLE: &str = "MEMGATE_TEST_SUITE";

/// The suite that this process is to be, unless it is the test itself.
pub(crate) fn suite_to_be() -> Option<String> {
    std::env::var(SUITE_VARIABLE).ok()
}

/// This executable as the bench binary that has the suite.
pub(crate) fn process(suite: &str) -> Command {
    let mut process = Command::new(std::env::current_exe().expect("this executable has a path"));
    process.env(SUITE_VARIABLE, suite).env_remove(REQUEST_VARIABLE);
    process
}
