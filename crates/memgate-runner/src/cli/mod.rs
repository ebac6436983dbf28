//! The command line: what can be said, and what is done about it.

mod arguments;
mod bisect;
mod cargo_arguments;
mod check;
mod choice;
mod ci;
mod comment;
mod comment_arguments;
#[cfg(feature = "github")]
mod comment_github;
mod compare;
#[cfg(test)]
mod documents_tests;
mod explain;
mod explain_files;
mod help;
mod history;
mod init;
mod list;
mod measure;
mod one_benchmark;
mod output;
mod output_files;
mod program;
mod rename;
mod report;
mod run;
mod selftest;
mod times;
mod toolchains;
mod update;
mod verify;

pub(crate) use program::run_program;
