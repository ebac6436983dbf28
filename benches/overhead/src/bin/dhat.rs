//! dhat's allocator: without a profiler, or with one when the option `profiling` is given.

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() -> std::process::ExitCode {
    memgate_overhead::main(|options| {
        // `testing` so that no file is written at the end.
        options
            .iter()
            .any(|option| option == "profiling")
            .then(|| dhat::Profiler::builder().testing().build())
    })
}
