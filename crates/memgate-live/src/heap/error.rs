//! Why there is no profile.

use std::fmt;

/// Why there is no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeapError {
    /// [`Heap`](crate::Heap) is not the global allocator.
    NotInstalled,
    /// It was asked for within a call of the allocator, as a signal handler can be.
    WithinAllocator,
}

impl fmt::Display for HeapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotInstalled => {
                "the heap is not sampled, since memgate_live::Heap is not the global allocator; add to main.rs: \
                 #[global_allocator] static HEAP: memgate_live::Heap = memgate_live::Heap::system();"
            }
            Self::WithinAllocator => "failed to read the tables within a call of the allocator",
        })
    }
}

impl std::error::Error for HeapError {}
