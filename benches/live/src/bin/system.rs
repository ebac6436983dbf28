//! Plain `System`: what the others are compared with.

use std::process::ExitCode;

fn main() -> ExitCode {
    memgate_overhead::main(|_| ())
}
