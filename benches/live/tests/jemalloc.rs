//! Around jemalloc, which does not build for Windows.

#![cfg(unix)]

mod around;

use memgate_live::Heap;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static HEAP: Heap<Jemalloc> = Heap::new(Jemalloc);

#[test]
fn blocks_are_counted_and_sampled() {
    around::blocks_are_counted_and_sampled();
}
