//! Signals that land in jemalloc: the cases of memgate-live's own tests.

#[path = "../../../tests/support/runner.rs"]
mod runner;

#[path = "../../../crates/memgate-live/tests/signals/asked.rs"]
#[expect(dead_code, reason = "others of its tests need the rest")]
mod asked;
#[path = "../../../crates/memgate-live/tests/support/emulated.rs"]
mod emulated;
#[path = "../../../crates/memgate-live/tests/signals/many.rs"]
mod many;
#[path = "../../../crates/memgate-live/tests/heap/process.rs"]
mod process;

use std::process::ExitCode;

use memgate_live::Heap;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static HEAP: Heap<Jemalloc> = Heap::new(Jemalloc);

fn main() -> ExitCode {
    runner::main(many::CASES)
}
