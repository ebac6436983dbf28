//! Plain jemalloc, with its profiler compiled in: on or off by the variable that jemalloc reads.

use std::process::ExitCode;

#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    memgate_overhead::main(|_| ())
}
