//! How far apart samples are, on average.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// The mean gap between two sampled bytes, unless it is set otherwise: 512 KiB, as in Go and jemalloc.
pub const DEFAULT_INTERVAL_BYTES: u64 = 512 * 1024;
/// The longest; with it, nothing can overflow.
const LONGEST: u64 = 1 << 40;

static INTERVAL: AtomicU64 = AtomicU64::new(DEFAULT_INTERVAL_BYTES);

/// The mean gap between two sampled bytes; zero while sampling is stopped.
#[must_use]
pub fn sampling_interval() -> u64 {
    INTERVAL.load(SeqCst)
}

/// Changes it, without telling the threads.
pub(super) fn store(interval_bytes: u64) {
    INTERVAL.store(interval_bytes.min(LONGEST), SeqCst);
}
