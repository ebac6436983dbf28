//! divan's allocator, which counts all the time: calls and bytes of each thread, and a peak of each thread alone.

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() -> std::process::ExitCode {
    memgate_overhead::main(|_| ())
}
