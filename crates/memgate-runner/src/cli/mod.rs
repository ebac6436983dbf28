//! The command line: what can be said, and what is done about it.

mod arguments;
mod check;
mod flow;
mod help;
mod inputs;
mod list;
mod output;
mod program;
mod report;
mod run;
mod update;
mod verify;

pub(crate) use program::run_program;
