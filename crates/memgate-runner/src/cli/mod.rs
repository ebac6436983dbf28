//! The command line: what can be said, and what is done about it.

mod arguments;
mod artifacts;
mod check;
mod comment;
#[cfg(feature = "github")]
mod comment_github;
mod explain;
mod explanations;
mod flow;
mod help;
mod history;
mod init;
mod inputs;
mod list;
mod output;
mod program;
mod recorder;
mod report;
mod run;
mod selftest;
mod times;
mod update;
mod verify;

pub(crate) use program::run_program;
