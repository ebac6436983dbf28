//! assert_no_alloc, which knows whether there was a call; nothing can be measured within, so it permits what is timed there.

#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

fn main() -> std::process::ExitCode {
    memgate_overhead::measurement_main(
        || assert_no_alloc::assert_no_alloc(|| ()),
        |routine| assert_no_alloc::assert_no_alloc(|| assert_no_alloc::permit_alloc(routine)),
    )
}
