//! Something that is live.

use std::hint::black_box;

/// Blocks of a size that is nearly always sampled, so that no test depends on luck: P = 1 − e^(−8), 24 of them.
pub(crate) const BLOCK_BYTES: usize = 4 << 20;
pub(crate) const BLOCKS: usize = 24;

#[inline(never)]
pub(crate) fn blocks_that_stay() -> Vec<Vec<u8>> {
    (0..BLOCKS).map(|_| black_box(one_block())).collect()
}

#[inline(never)]
fn one_block() -> Vec<u8> {
    Vec::with_capacity(BLOCK_BYTES)
}
