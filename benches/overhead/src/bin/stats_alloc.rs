//! stats_alloc's allocator, which counts all the time: calls and bytes of all threads together, and no peak.

#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

fn main() -> std::process::ExitCode {
    memgate_overhead::main(|_| ())
}
