//! The engines that other crates bring, for comparing our numbers with theirs.

#[cfg(feature = "dhat")]
pub(super) use dhat_engine::DHAT;
#[cfg(feature = "dhat")]
pub(crate) use dhat_engine::DhatSpan;
#[cfg(feature = "stats_alloc")]
pub(crate) use stats_alloc_engine::StatsAllocSpan;
#[cfg(feature = "stats_alloc")]
pub(super) use stats_alloc_engine::{
    stats_alloc_saw_alloc, stats_alloc_saw_dealloc, stats_alloc_saw_realloc,
};

#[cfg(feature = "dhat")]
mod dhat_engine {
    use std::path::Path;

    use super::super::state;
    use memgate_protocol::DhatWindow;

    /// dhat's allocator, which hands every call on to `System`.
    pub(in super::super) static DHAT: dhat::Alloc = dhat::Alloc;

    /// A span that dhat measures.
    pub(crate) struct DhatSpan {
        _profiler: dhat::Profiler,
    }

    impl DhatSpan {
        /// With a file, dhat's own report is written there when the span has ended, with whole stacks; the file of the last
        /// span is what stays.
        pub(crate) fn begin(file: Option<&Path>) -> Self {
            // Before the mode is on, so that the profiler's own tables come straight from `System`.
            let profiler = match file {
                Some(file) => dhat::Profiler::builder().file_name(file).trim_backtraces(None).build(),
                None => dhat::Profiler::builder().testing().build(),
            };
            state::begin(state::MODE_DHAT);
            Self { _profiler: profiler }
        }

        pub(crate) fn end(self) -> DhatWindow {
            state::end();
            let stats = dhat::HeapStats::get();
            DhatWindow {
                total_blocks: stats.total_blocks as i64,
                total_bytes: stats.total_bytes as i64,
                current_bytes: stats.curr_bytes as i64,
                max_bytes: stats.max_bytes as i64,
            }
        }
    }
}

#[cfg(feature = "stats_alloc")]
#[expect(unsafe_code, reason = "calls stats_alloc's allocator, so that it counts")]
mod stats_alloc_engine {
    use std::alloc::{GlobalAlloc, Layout};
    use std::sync::OnceLock;

    use stats_alloc::{Stats, StatsAlloc};

    use super::super::state;
    use memgate_protocol::StatsAllocWindow;

    /// Gives no memory. stats_alloc counts what it is told; the memory came from the inner allocator before.
    ///
    /// Rejected: `StatsAlloc` around the inner allocator itself, which has no constant constructor on stable Rust and
    /// would count in every other mode too.
    struct NoMemory;

    // SAFETY: failing every allocation is allowed, and a block is never handed out, so none is ever misused.
    unsafe impl GlobalAlloc for NoMemory {
        unsafe fn alloc(&self, _: Layout) -> *mut u8 {
            std::ptr::null_mut()
        }

        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

        unsafe fn realloc(&self, _: *mut u8, _: Layout, _: usize) -> *mut u8 {
            std::ptr::null_mut()
        }
    }

    /// Filled before the first span begins; only read inside the allocator, which takes no lock.
    static COUNTERS: OnceLock<StatsAlloc<NoMemory>> = OnceLock::new();

    pub(in super::super) fn stats_alloc_saw_alloc(_: *mut u8, layout: Layout) {
        if let Some(counters) = COUNTERS.get() {
            // SAFETY: `layout` is of a block that the inner allocator just gave, so its size is above zero. The
            // result is null and dropped.
            let _ = unsafe { counters.alloc(layout) };
        }
    }

    pub(in super::super) fn stats_alloc_saw_dealloc(block: *mut u8, layout: Layout) {
        if let Some(counters) = COUNTERS.get() {
            // SAFETY: `NoMemory::dealloc`, which this ends in, does nothing with the block.
            unsafe { counters.dealloc(block, layout) }
        }
    }

    pub(in super::super) fn stats_alloc_saw_realloc(block: *mut u8, layout: Layout, new_size: usize) {
        if let Some(counters) = COUNTERS.get() {
            // SAFETY: `NoMemory::realloc`, which this ends in, does nothing with the block; `new_size` is one that
            // the inner allocator accepted. The result is null and dropped.
            let _ = unsafe { counters.realloc(block, layout, new_size) };
        }
    }

    /// A span that stats_alloc measures.
    pub(crate) struct StatsAllocSpan {
        start: Stats,
    }

    impl StatsAllocSpan {
        pub(crate) fn begin() -> Self {
            let start = COUNTERS.get_or_init(|| StatsAlloc::new(NoMemory)).stats();
            state::begin(state::MODE_STATS_ALLOC);
            Self { start }
        }

        pub(crate) fn end(self) -> StatsAllocWindow {
            state::end();
            let change = COUNTERS.get_or_init(|| StatsAlloc::new(NoMemory)).stats() - self.start;
            StatsAllocWindow {
                allocations: change.allocations as i64,
                reallocations: change.reallocations as i64,
                bytes_allocated: change.bytes_allocated as i64,
                bytes_deallocated: change.bytes_deallocated as i64,
            }
        }
    }
}
