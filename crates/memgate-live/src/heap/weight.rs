//! What a sample stands for.

use crate::profile::Estimate;

/// How many blocks a sampled block of `size_bytes` stands for: 1/P, where P = 1 − e^(−S/R) is how probable it was to be sampled.
///
/// By `exp_m1`: one less an exponential function loses all digits where S is much smaller than R.
pub(super) fn weight(size_bytes: u64, interval_bytes: u64) -> f64 {
    1.0 / probability(size_bytes, interval_bytes)
}

/// How probable it is that a block is sampled.
pub(super) fn probability(size_bytes: u64, interval_bytes: u64) -> f64 {
    -(-(size_bytes as f64) / interval_bytes.max(1) as f64).exp_m1()
}

impl Estimate {
    /// Adds a sampled block.
    ///
    /// Unsampled by itself, and then added: a stack's mean size would let a few large blocks hide many small ones. The variances
    /// are those of Horvitz and Thompson: y²·(1 − P)/P² for what counts as y.
    pub(super) fn add_sample(&mut self, size_bytes: u64, weight: f64) {
        let size = size_bytes as f64;
        let variance = weight * (weight - 1.0);
        self.samples += 1;
        self.objects += weight;
        self.bytes += weight * size;
        self.objects_variance += variance;
        self.bytes_variance += variance * size * size;
    }
}

#[cfg(test)]
mod tests {
    use super::super::gap::{Random, gap_bytes};
    use super::*;

    const INTERVAL: u64 = 512 * 1024;

    #[test]
    fn a_weight_keeps_its_digits_whatever_the_size() {
        // A block of one byte of 2⁴⁰ stands for so many and a half.
        let small = weight(1, 1 << 40);
        assert!((small / ((1_u64 << 40) as f64 + 0.5) - 1.0).abs() < 1e-15, "{small}");
        assert!((weight(INTERVAL, INTERVAL) - 1.0 / (1.0 - (-1.0_f64).exp())).abs() < 1e-12);
        assert_eq!(weight(1 << 40, INTERVAL), 1.0);
        let mut whole = Estimate::default();
        whole.add_sample(1 << 40, 1.0);
        assert_eq!((whole.bytes, whole.bytes_variance), ((1_u64 << 40) as f64, 0.0));
    }

    /// One simulated profile of the blocks, and how many intervals hold the truth.
    fn sampled(blocks: &[u64], random: &mut Random) -> Estimate {
        let mut estimate = Estimate::default();
        let mut left = gap_bytes(INTERVAL, random.bits());
        for &size in blocks {
            if size >= left {
                estimate.add_sample(size, weight(size, INTERVAL));
                left = gap_bytes(INTERVAL, random.bits());
            } else {
                left -= size;
            }
        }
        estimate
    }

    /// The share of simulated profiles whose 95 % intervals hold the truth, for bytes and for objects; and the means beside the
    /// truth.
    fn coverage(blocks: &[u64], profiles: u64) -> [f64; 4] {
        let bytes = blocks.iter().sum::<u64>() as f64;
        let objects = blocks.len() as f64;
        let mut random = Random::new(0x5EED);
        let mut result = [0.0; 4];
        for _ in 0..profiles {
            let estimate = sampled(blocks, &mut random);
            let is_within = |value: f64, truth: f64, variance: f64| {
                f64::from(u8::from((value - truth).abs() <= 1.96 * variance.sqrt()))
            };
            result[0] += is_within(estimate.bytes, bytes, estimate.bytes_variance);
            result[1] += is_within(estimate.objects, objects, estimate.objects_variance);
            result[2] += estimate.bytes / bytes;
            result[3] += estimate.objects / objects;
        }
        result.map(|sum| sum / profiles as f64)
    }

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic of minutes, and no memory")]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        // Enough small blocks for some hundred samples; the same with large ones among them; and a vector that doubles, often.
        let small = vec![64; 2_000_000];
        let mixed: Vec<u64> = (0..1_000_000)
            .map(|index| if index % 20_000 == 0 { 4 << 20 } else { 64 + index % 512 })
            .collect();
        let doubling: Vec<u64> = (0..200).flat_map(|_| (3..21).map(|power| 1 << power)).collect();
        for (name, blocks, least) in
            [("small", small, 0.93), ("mixed", mixed, 0.93), ("doubling", doubling, 0.0)]
        {
            let [bytes, objects, mean_bytes, mean_objects] = coverage(&blocks, 300);
            // Three standard errors of 300 profiles are 3.8 %.
            assert!((least - 0.03..0.99).contains(&bytes), "{name}: bytes {bytes}");
            // Of a doubling vector, most objects are never seen: no interval tells of what it has not met.
            assert!((least - 0.03..=1.0).contains(&objects), "{name}: objects {objects}");
            assert!((mean_bytes - 1.0).abs() < 0.02, "{name}: bytes {mean_bytes}");
            assert!((mean_objects - 1.0).abs() < 0.25, "{name}: objects {mean_objects}");
        }
    }
}
