//! Series with known answers.

use super::rules::Point;

/// Pseudo-random numbers: SplitMix64 (Steele, Lea and Flood 2014). The same on every machine for the same seed.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Numbers that follow from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or zero when that is zero.
    pub fn below(&mut self, end: u32) -> u32 {
        let scaled = (u128::from(self.next()) * u128::from(end)) >> 64;
        u32::try_from(scaled).unwrap_or_default()
    }

    /// About a standard normal number: the sum of twelve even ones, which needs no function that rounds differently elsewhere.
    pub fn normal(&mut self) -> f64 {
        let sum: f64 = (0..12).map(|_| (self.next() >> 11) as f64 / (1_u64 << 53) as f64).sum();
        sum - 6.0
    }
}

/// A kind of series. Those of one kind differ in their noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// A level with normal noise of 1 %.
    Noise,
    /// The same value everywhere.
    Constant,
    /// Noise of 1 %, and now and then one value that is half as much again.
    Spikes,
    /// Six values that rise by 1 % each and fall back, with noise of 0.2 %.
    Sawtooth,
    /// Noise of 1 %, and a step up.
    Step {
        /// Its height.
        percent: u8,
    },
    /// No noise, and a step up.
    ExactStep {
        /// Its height.
        percent: u8,
    },
    /// Noise of 1 %, a step up, and two in five values missing.
    StepWithGaps {
        /// Its height.
        percent: u8,
    },
    /// Noise of 1 %, and a steady rise from the change to the end.
    Ramp {
        /// How much higher the end is.
        percent: u8,
    },
}

impl Scenario {
    /// How many commits a series has.
    pub const LENGTH: usize = 160;
    /// Where a series changes, when it does. This is also the anchor of the rule for creep.
    pub const CHANGE: usize = 80;
    /// The level that all series begin at.
    const LEVEL: f64 = 1_000_000.0;

    /// Every scenario that rates are given for.
    pub const ALL: [Self; 12] = [
        Self::Constant,
        Self::Noise,
        Self::Spikes,
        Self::Sawtooth,
        Self::ExactStep { percent: 2 },
        Self::Step { percent: 2 },
        Self::Step { percent: 5 },
        Self::Step { percent: 10 },
        Self::Step { percent: 20 },
        Self::StepWithGaps { percent: 5 },
        Self::Ramp { percent: 10 },
        Self::Ramp { percent: 20 },
    ];

    /// Whether there is something to find.
    #[must_use]
    pub fn has_change(self) -> bool {
        !matches!(self, Self::Noise | Self::Constant | Self::Spikes | Self::Sawtooth)
    }

    /// One series of this kind.
    #[must_use]
    pub fn series(self, random: &mut Random) -> Vec<Point> {
        let mut points = Vec::with_capacity(Self::LENGTH);
        for position in 0..Self::LENGTH {
            let is_after = position >= Self::CHANGE;
            let part_after = |percent: u8| if is_after { f64::from(percent) / 100.0 } else { 0.0 };
            let noise = 0.01 * random.normal();
            let relative = match self {
                Self::Constant => 0.0,
                Self::Noise => noise,
                Self::Spikes => noise + if random.below(25) == 0 { 0.5 } else { 0.0 },
                Self::Sawtooth => noise / 5.0 + 0.01 * (position % 6) as f64,
                Self::ExactStep { percent } => part_after(percent),
                Self::Step { percent } => noise + part_after(percent),
                Self::StepWithGaps { percent } => {
                    if random.below(5) < 2 {
                        continue;
                    }
                    noise + part_after(percent)
                }
                Self::Ramp { percent } => {
                    let way = (position + 1).saturating_sub(Self::CHANGE) as f64;
                    noise + f64::from(percent) / 100.0 * way / (Self::LENGTH - Self::CHANGE) as f64
                }
            };
            let value = (Self::LEVEL * (1.0 + relative)).round() as i64;
            points.push(Point { position, value });
        }
        points
    }
}

impl std::fmt::Display for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Noise => f.write_str("noise of 1 %"),
            Self::Constant => f.write_str("the same value"),
            Self::Spikes => f.write_str("spikes of 50 %, noise"),
            Self::Sawtooth => f.write_str("sawtooth of 5 %"),
            Self::Step { percent } => write!(f, "step of {percent} %, noise"),
            Self::ExactStep { percent } => write!(f, "step of {percent} %, exact"),
            Self::StepWithGaps { percent } => write!(f, "step of {percent} %, noise, gaps"),
            Self::Ramp { percent } => write!(f, "ramp of {percent} % over 80, noise"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        // The first number of SplitMix64 for the seed 0, as in its reference implementation.
        assert_eq!(Random::new(0).next(), 0xE220_A839_7B1D_CDAF);
        let values = |seed| Scenario::Noise.series(&mut Random::new(seed));
        assert_eq!(values(3), values(3));
        assert_ne!(values(3), values(4));
    }

    #[test]
    fn noise_is_one_per_cent() {
        let mut random = Random::new(1);
        let normal: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = normal.iter().sum::<f64>() / normal.len() as f64;
        let variance = normal.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / normal.len() as f64;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }
}
