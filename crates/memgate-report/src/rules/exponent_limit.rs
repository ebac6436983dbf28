//! How far an exponent may rise.

use serde::{Deserialize, Serialize};

/// How far an exponent may rise, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExponentLimit {
    /// Exponents are shown, and nothing is said of their changes.
    Off,
    /// A rise above it is a regression.
    Gated(i64),
}

impl Default for ExponentLimit {
    fn default() -> Self {
        Self::Gated(Self::DEFAULT_THOUSANDTHS)
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
            Self::Gated(limit) => Some(limit),
        }
    }

    /// Whether this allows what another forbids.
    #[must_use]
    pub fn is_looser_than(self, other: Self) -> bool {
        match (self.thousandths(), other.thousandths()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(limit), Some(other)) => limit > other,
        }
    }

    /// Whether it is what nobody has configured.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The stricter of two.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        if self.is_looser_than(other) { other } else { self }
    }
}

impl std::fmt::Display for ExponentLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.thousandths() {
            None => f.write_str("off"),
            Some(limit) => f.write_str(&crate::text::thousandths(limit)),
        }
    }
}
