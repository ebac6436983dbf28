//! memgate's engine `count` as the harness uses it when it saw several threads: a peak exact with any number of them.

use memgate::__private::{Engine, set_engine, set_exact_peak};

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    memgate_overhead::main(|_| {
        set_exact_peak(true);
        set_engine(Engine::Count);
    })
}
