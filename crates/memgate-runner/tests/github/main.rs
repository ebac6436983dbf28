//! `comment` against a server on loopback that behaves like GitHub: the real tool as a process, and what it leaves behind.

mod certificates;
mod comments;
mod connection;
mod events;
mod github;
mod heads;
mod http;
mod limits;
mod proxies;
mod refusals;
mod secrets;
mod servers;
mod tool;
// The workflows are for bash of a recent version, and GNU's tools.
#[cfg(target_os = "linux")]
mod workflows;
