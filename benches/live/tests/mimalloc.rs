//! Around mimalloc.

mod around;

use memgate_live::Heap;
use mimalloc::MiMalloc;

#[global_allocator]
static HEAP: Heap<MiMalloc> = Heap::new(MiMalloc);

#[test]
fn blocks_are_counted_and_sampled() {
    around::blocks_are_counted_and_sampled();
}
