//! How far an exponent may rise.

use serde::{Deserialize, Serialize};

/// How far an exponent may rise, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExponentLimit {
    /// Exponents are shown, and nothing is said of their changes.
    Off,
    /// A rise above it is said, and turns nothing red: each size has limits of its own.
    Advisory(i64),
    /// A rise above it is a regression.
    Gated(i64),
}

impl Default for ExponentLimit {
    fn default() -> Self {
        Self::Advisory(Self::DEFAULT_THOUSANDTHS)
    }
}

impl ExponentLimit {
    /// 0.1: over a hundredfold input, half as much again.
    pub const DEFAULT_THOUSANDTHS: i64 = 100;

    /// The limit, as far as there is one.
    #[must_use]
    pub fn thousandths(self) -> Option<i64> {
        match self {
            Self::Off => None,
            Self::Advisory(limit) | Self::Gated(limit) => Some(limit),
        }
    }

    /// Whether a rise above it is a regression.
    #[must_use]
    pub fn is_gated(self) -> bool {
        matches!(self, Self::Gated(_))
    }

    /// Whether it is what nobody has configured.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The stricter of two.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let rank = |limit: Self| (limit.is_gated(), limit.thousandths().map(|limit| -limit));
        if rank(other) > rank(self) { other } else { self }
    }
}
