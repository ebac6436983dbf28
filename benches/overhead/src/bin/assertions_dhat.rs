//! dhat's testing mode: one profiler in a process, which the program has all the time.

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() -> std::process::ExitCode {
    memgate_overhead::measurement_main(
        || {
            let profiler = dhat::Profiler::builder().testing().build();
            assert_eq!(dhat::HeapStats::get().total_blocks, 0);
            drop(profiler);
        },
        |routine| {
            let profiler = dhat::Profiler::builder().testing().build();
            routine();
            drop(profiler);
        },
    )
}
