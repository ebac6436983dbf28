//! memgate-live around `System`. An argument is the interval in bytes, zero to stop.

use std::process::ExitCode;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

fn main() -> ExitCode {
    memgate_overhead::main(|options| {
        if let Some(interval) = options.first() {
            memgate_live::set_sampling_interval(interval.parse().expect("an interval in bytes"));
        }
    })
}
