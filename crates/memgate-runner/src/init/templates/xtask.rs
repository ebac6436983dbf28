//! `cargo xtask`: this project's tasks.

mod launch;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        Some(task) if task == "memgate" => launch::memgate(arguments),
        _ => {
            eprintln!("Usage: cargo xtask memgate [COMMAND] [FILTER...]");
            ExitCode::from(2)
        }
    }
}
