//! Nothing that measures, on the platform's allocator, named so that it takes the way of every other global allocator.

#[global_allocator]
static ALLOCATOR: std::alloc::System = std::alloc::System;

fn main() -> std::process::ExitCode {
    memgate_overhead::measurement_main(|| (), |routine| routine())
}
