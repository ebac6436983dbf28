//! A shared library with an allocator of its own, for the test that loads and unloads it.

use std::hint::black_box;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

/// Allocates and frees in the calling thread, sampling everything. Gives how many samples there are.
#[expect(unsafe_code, reason = "a name that can be looked up")]
// SAFETY: nothing else has this name.
#[unsafe(no_mangle)]
pub extern "C" fn memgate_live_plugin_work() -> u64 {
    memgate_live::set_sampling_interval(1);
    for _ in 0..100 {
        drop(black_box(vec![1_u8; 100]));
    }
    memgate_live::counters().map_or(0, |counters| counters.sampled)
}
