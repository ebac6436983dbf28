//! memgate's allocator while no window is open.

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    memgate_overhead::main(|_| ())
}
