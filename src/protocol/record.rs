//! What one bench process reports of one benchmark.

use serde::{Deserialize, Serialize};

use super::{CountWindow, DhatWindow, StatsAllocWindow};

/// What one process measured of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The benchmark's name within its bench target: `name[/argument]`.
    pub name: String,
    /// The largest number of threads that allocated or freed within one steady window.
    pub threads: u32,
    /// How far `peak_bytes` of a steady window may be from the truth. Zero means exact.
    pub peak_error_bytes: u64,
    /// Whether the window is around a closure that runs and times the routine by itself (criterion's `iter_custom`), so
    /// that what the closure does besides is in the numbers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_custom: bool,
    /// The windows, in the words of the engine that measured them.
    pub windows: EngineWindows,
}

/// The windows of one process, by engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineWindows {
    /// From [`Engine::Count`](super::Engine::Count).
    Count(Windows<CountWindow>),
    /// From [`Engine::Sites`](super::Engine::Sites): the sums over all stacks; one steady window.
    Sites(Windows<CountWindow>),
    /// From [`Engine::StatsAlloc`](super::Engine::StatsAlloc).
    StatsAlloc(Windows<StatsAllocWindow>),
    /// From [`Engine::Dhat`](super::Engine::Dhat).
    Dhat(Windows<DhatWindow>),
}

/// The windows of one process that are kept; those of the warm-up are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Windows<W> {
    /// The first window of the process.
    pub cold: W,
    /// The windows after the warm-up.
    pub steady: Vec<W>,
}
