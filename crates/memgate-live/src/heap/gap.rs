//! Where the next sample is.

/// A generator of random numbers, good enough for gaps: SplitMix64.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// How far the state goes at each number.
    pub(super) const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

    /// Begins at a state.
    pub(super) const fn new(state: u64) -> Self {
        Self(state)
    }

    /// The state, to go on from later.
    pub(super) fn state(self) -> u64 {
        self.0
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        mixed(self.0)
    }
}

/// The bits that belong to a state.
pub(super) fn mixed(state: u64) -> u64 {
    let bits = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A number above zero and up to one, from random bits.
pub(super) fn uniform(bits: u64) -> f64 {
    const STEPS: f64 = (1_u64 << 53) as f64;
    ((bits >> 11) + 1) as f64 / STEPS
}

/// How many bytes further on the next byte is sampled, from random bits; at least one. The mean is `mean_bytes` and a half.
///
/// An exponential distribution, rounded up. So each byte is sampled with the same probability 1 − e^(−1/R), whatever came
/// before, and a block of S bytes, which is sampled if any of its bytes is, with 1 − e^(−S/R), exactly.
pub(super) fn gap_bytes(mean_bytes: u64, bits: u64) -> u64 {
    let gap = -(mean_bytes as f64) * uniform(bits).ln();
    (gap.ceil() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_at_least_a_byte_and_has_an_end() {
        for mean in [1, 1 << 19, 1 << 40] {
            assert_eq!(gap_bytes(mean, u64::MAX), 1);
            // The longest: −ln(2⁻⁵³) is 36.7.
            let longest = gap_bytes(mean, 0) as f64 / mean as f64;
            assert!((36.7..=37.0).contains(&longest), "{longest}");
        }
    }

    #[test]
    fn gaps_have_the_mean_and_the_spread_of_an_exponential_distribution() {
        const GAPS: u64 = if cfg!(miri) { 2_000 } else { 200_000 };
        let mut random = Random::new(7);
        let gaps: Vec<f64> = (0..GAPS).map(|_| gap_bytes(10_000, random.bits()) as f64).collect();
        let mean = gaps.iter().sum::<f64>() / GAPS as f64;
        let deviation = (gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / GAPS as f64).sqrt();
        // Four standard errors.
        let tolerance = 4.0 / (GAPS as f64).sqrt();
        assert!((mean / 10_000.5 - 1.0).abs() < tolerance, "{mean}");
        assert!((deviation / 10_000.0 - 1.0).abs() < 2.0 * tolerance, "{deviation}");
        for quarter in 1..4_u32 {
            let probability = f64::from(quarter) / 4.0;
            let quantile = -10_000.0 * (1.0 - probability).ln();
            let below = gaps.iter().filter(|gap| **gap <= quantile).count() as f64 / GAPS as f64;
            assert!((below - probability).abs() < tolerance, "{quarter}: {below}");
        }
    }

    #[test]
    fn generators_that_begin_apart_go_apart() {
        let (mut one, mut other) = (Random::new(1), Random::new(2));
        assert!((0..1_000).all(|_| one.bits() != other.bits()));
        let mut again = Random::new(one.state());
        assert_eq!(one.bits(), again.bits());
    }
}
