//! stats_alloc's regions, which count all threads.

use stats_alloc::{INSTRUMENTED_SYSTEM, Region};

#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

fn main() -> std::process::ExitCode {
    memgate_overhead::measurement_main(
        || {
            let region = Region::new(&INSTRUMENTED_SYSTEM);
            assert_eq!(region.change().allocations, 0);
        },
        |routine| {
            let region = Region::new(&INSTRUMENTED_SYSTEM);
            routine();
            std::hint::black_box(region.change());
        },
    )
}
