//! memgate's engine `sites`: the metrics by call stack.

use memgate::__private::{Engine, set_engine};

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    memgate_overhead::main(|_| set_engine(Engine::Sites))
}
