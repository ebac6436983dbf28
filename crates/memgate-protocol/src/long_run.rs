//! What live bytes do over many more iterations than are measured.

use crate::codec::{choice, structure};

/// What live bytes did over many iterations after the steady windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct LongRun {
    /// How many iterations there were.
    pub iterations: u32,
    /// What they did.
    pub live_bytes: LiveBytes,
}

/// What live bytes do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum LiveBytes {
    /// They stay on a level, reach one, or rise ever more slowly: whatever the steady windows looked like, nothing is kept for
    /// ever.
    Level,
    /// They go on rising, by so many bytes per iteration on average, rounded up.
    Rising(i64),
    /// They were rising when the time was over, though not in every iteration; by up to so many bytes per iteration.
    Undecided(i64),
}

structure!(answered LongRun { iterations, live_bytes });
choice!(answered LiveBytes { "level" => Level } holding { "rising" => Rising, "undecided" => Undecided });
