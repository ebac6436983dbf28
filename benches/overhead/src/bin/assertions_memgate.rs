//! memgate's assertions.

memgate::install!();

fn main() -> std::process::ExitCode {
    memgate_overhead::measurement_main(
        || memgate::assert_no_alloc(|| ()),
        |routine| {
            memgate::measure(routine);
        },
    )
}
