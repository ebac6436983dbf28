//! Regressions on purpose, by which the tool tests the gate.

use crate::codec::choice;

/// A regression that is done on purpose in every window, beside the routine.
///
/// It goes through the global allocator as the routine's own calls do, so that everything behind it is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Injection {
    /// So many more allocations, each freed at once.
    Allocs(u64),
    /// A block of so many bytes that lives as long as the window.
    PeakBytes(u64),
    /// A block of so many bytes that is never freed.
    LeakedBytes(u64),
    /// So many more reallocations, each of a block that is freed at once.
    Reallocs(u64),
}

impl Injection {
    /// How many calls or bytes it is.
    #[must_use]
    pub fn amount(&self) -> u64 {
        let (Self::Allocs(amount)
        | Self::PeakBytes(amount)
        | Self::LeakedBytes(amount)
        | Self::Reallocs(amount)) = self;
        *amount
    }
}

choice!(asked Injection {} holding {
    "allocs" => Allocs,
    "peak_bytes" => PeakBytes,
    "leaked_bytes" => LeakedBytes,
    "reallocs" => Reallocs,
});
