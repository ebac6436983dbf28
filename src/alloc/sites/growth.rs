//! Whether something grows from each end of an iteration to the next.

use super::memory::ZeroIsValid;

/// How the live bytes and blocks of one stack have changed from one end of an iteration to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Growth {
    bytes_before: i64,
    blocks_before: i64,
    least_bytes: i64,
    least_blocks: i64,
    /// In how many iterations the live bytes have grown.
    times: u32,
}

#[expect(unsafe_code, reason = "says that zeroes are no growth")]
// SAFETY: made of integers alone.
unsafe impl ZeroIsValid for Growth {}

impl Growth {
    /// An iteration has ended with so much live.
    pub(super) fn end_iteration(&mut self, live_bytes: i64, live_blocks: i64) {
        let bytes = live_bytes.wrapping_sub(self.bytes_before);
        let blocks = live_blocks.wrapping_sub(self.blocks_before);
        (self.bytes_before, self.blocks_before) = (live_bytes, live_blocks);
        if bytes <= 0 {
            return;
        }
        if self.times == 0 {
            (self.least_bytes, self.least_blocks) = (bytes, blocks);
        } else {
            self.least_bytes = self.least_bytes.min(bytes);
            self.least_blocks = self.least_blocks.min(blocks);
        }
        self.times = self.times.wrapping_add(1);
    }

    /// The least growth of bytes and of blocks, when there was some in every one of so many iterations.
    pub(super) fn least(&self, iterations: u32) -> Option<(i64, i64)> {
        (iterations > 0 && self.times == iterations).then_some((self.least_bytes, self.least_blocks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(ends: &[i64]) -> Option<(i64, i64)> {
        let mut growth = Growth::default();
        for bytes in ends {
            growth.end_iteration(*bytes, *bytes / 10);
        }
        growth.least(ends.len() as u32)
    }

    #[test]
    fn only_what_grows_each_time_has_grown() {
        assert_eq!(least(&[50, 80, 130]), Some((30, 3)));
        assert_eq!(least(&[50, 50, 130]), None);
        assert_eq!(least(&[50, 80, 70]), None);
        assert_eq!(least(&[-10, 20]), None);
        assert_eq!(least(&[]), None);
    }
}
