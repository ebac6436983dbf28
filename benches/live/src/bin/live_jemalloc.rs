//! memgate-live around jemalloc. An argument is the interval in bytes, zero to stop.

use std::process::ExitCode;

#[cfg(unix)]
#[global_allocator]
static HEAP: memgate_live::Heap<tikv_jemallocator::Jemalloc> =
    memgate_live::Heap::new(tikv_jemallocator::Jemalloc);

fn main() -> ExitCode {
    memgate_overhead::main(|options| {
        if let Some(interval) = options.first() {
            memgate_live::set_sampling_interval(interval.parse().expect("an interval in bytes"));
        }
    })
}
