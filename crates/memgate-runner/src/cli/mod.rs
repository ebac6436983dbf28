//! The command line: what can be said, and what is done about it.

mod arguments;
mod artifacts;
mod check;
mod explain;
mod explanations;
mod flow;
mod help;
mod inputs;
mod list;
mod output;
mod program;
mod recorder;
mod report;
mod run;
mod times;
mod update;
mod verify;

pub(crate) use program::run_program;
