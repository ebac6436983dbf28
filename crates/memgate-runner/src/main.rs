//! `cargo memgate`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    // Cargo calls `cargo-memgate memgate …`; people may call `cargo-memgate …`.
    let mut arguments = std::env::args_os().skip(1).peekable();
    arguments.next_if(|word| word == "memgate");
    memgate_runner::run("cargo memgate", arguments)
}
