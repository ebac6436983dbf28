//! The service with `System`, and no heap to be looked at.

use std::process::ExitCode;

fn main() -> ExitCode {
    memgate_live_benches::service::main(|| Ok(String::new()))
}
