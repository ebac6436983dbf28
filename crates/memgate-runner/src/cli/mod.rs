//! The command line: what can be said, and what is done about it.

mod acceptance;
mod actions;
mod arguments;
mod artifacts;
mod bisect;
mod check;
mod choice;
mod comment;
#[cfg(feature = "github")]
mod comment_github;
mod compare;
mod explain;
mod explain_files;
mod explanations;
mod flow;
mod help;
mod history;
mod init;
mod inputs;
mod list;
mod measuring;
mod output;
mod output_files;
mod probes;
mod program;
mod recorder;
mod report;
mod run;
mod search;
mod selftest;
mod sides;
mod times;
mod update;
mod verify;

pub(crate) use program::run_program;
