//! `comment` against a server on loopback that behaves like GitHub: the real tool as a process, and what it leaves behind.

mod comments;
mod connection;
mod events;
mod github;
mod heads;
mod http;
mod limits;
mod refusals;
mod secrets;
mod tool;
// The workflows are for bash of a recent version, and GNU's tools.
#[cfg(target_os = "linux")]
mod workflows;
