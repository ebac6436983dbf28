//! The ways in which the allocator can measure.

use crate::codec::choice;

/// What memgate's allocator does with each call; chosen once per process, before the first window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Engine {
    /// Passes every call through.
    Off,
    /// Keeps the metrics. The gate's numbers come from here.
    Count,
    /// Keeps the metrics by call stack.
    Sites,
    /// Cross-check: the crate `stats_alloc` counts; needs the feature of that name.
    StatsAlloc,
    /// Cross-check: the crate `dhat` counts; needs the feature of that name, and wraps nothing but `System`.
    Dhat,
}

impl Engine {
    /// Every engine, in the order in which they are documented.
    pub const ALL: [Engine; 5] =
        [Engine::Off, Engine::Count, Engine::Sites, Engine::StatsAlloc, Engine::Dhat];

    /// The name in requests and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Engine::Off => "off",
            Engine::Count => "count",
            Engine::Sites => "sites",
            Engine::StatsAlloc => "stats_alloc",
            Engine::Dhat => "dhat",
        }
    }
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

choice!(asked Engine {
    "off" => Off,
    "count" => Count,
    "sites" => Sites,
    "stats_alloc" => StatsAlloc,
    "dhat" => Dhat,
} holding {});
