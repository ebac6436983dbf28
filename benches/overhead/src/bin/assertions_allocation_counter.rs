//! allocation-counter, whose package installs its allocator.

fn main() -> std::process::ExitCode {
    memgate_overhead::measurement_main(
        || assert_eq!(allocation_counter::measure(|| ()).count_total, 0),
        |routine| {
            allocation_counter::measure(routine);
        },
    )
}
