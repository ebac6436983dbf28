//! memgate's engine `count` as the harness uses it with one thread: exact there, and bounded with several.

use memgate::__private::{Engine, set_engine, set_exact_peak};

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    memgate_overhead::main(|_| {
        set_exact_peak(false);
        set_engine(Engine::Count);
    })
}
