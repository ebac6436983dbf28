//! What is said about a peak that is at another moment.

use serde::{Deserialize, Serialize};

use crate::sites::Place;

/// A peak that is at another moment than in base: what has blocks then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedPeak {
    /// The sites with the most bytes at base's peak.
    pub base: Vec<LiveSite>,
    /// The sites with the most bytes at head's peak.
    pub head: Vec<LiveSite>,
}

/// What one site has at a peak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveSite {
    /// What the user's code called there.
    pub operation: String,
    /// Where. What is not in head has a function and no line.
    pub place: Option<Place>,
    /// The bytes of its blocks.
    pub bytes: i64,
}
