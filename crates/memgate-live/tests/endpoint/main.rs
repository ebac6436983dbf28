//! The endpoint of this very process, asked over HTTP: by a client of the tests, and by the tools that it is for.
//!
//! A tool that is not installed is skipped with a line on stderr; with the environment variable
//! `MEMGATE_REQUIRE_CLIENTS` it fails the test.

mod access;
#[path = "../support/built.rs"]
mod built;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod busy;
mod decode;
mod http;
#[cfg(target_os = "linux")]
mod lacking;
mod leak;
mod program;
#[path = "../../../memgate-report/tests/clients/programs.rs"]
#[expect(dead_code, reason = "other packages' tests need the rest")]
mod programs;
mod scrapers;
mod tools;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();
