//! What one bench process reports of one benchmark.

#[cfg(any(feature = "asking", test))]
use crate::LiveBytes;
use crate::codec::{choice, structure};
use crate::{CountWindow, DhatWindow, LongRun, StatsAllocWindow};

/// What one process measured of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Record {
    /// The benchmark's name within its bench target: `name[/argument]`.
    pub name: String,
    /// The largest number of threads that allocated or freed within one steady window.
    pub threads: u32,
    /// How far `peak_bytes` of a steady window may be from the truth. Zero means exact.
    pub peak_error_bytes: u64,
    /// Whether the window is around a closure that runs and times the routine by itself (criterion's `iter_custom`), so
    /// that what the closure does besides is in the numbers.
    #[cfg_attr(test, serde(default, skip_serializing_if = "std::ops::Not::not"))]
    pub is_custom: bool,
    /// What live bytes did over many more iterations; none when that was not asked for, or could not be seen.
    #[cfg_attr(test, serde(default, skip_serializing_if = "Option::is_none"))]
    pub long_run: Option<LongRun>,
    /// The windows, in the words of the engine that measured them.
    pub windows: EngineWindows,
}

/// The windows of one process, by engine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Windows<W> {
    /// The first window of the process.
    pub cold: W,
    /// The windows after the warm-up.
    pub steady: Vec<W>,
}

#[cfg(any(feature = "asking", test))]
impl Windows<CountWindow> {
    /// What an iteration leaks, at least and at most: what a long run says; where there is none, the least growth of all
    /// steady windows. The two differ when a long run came to no end, and not every iteration of it kept something. None
    /// without a steady window.
    #[must_use]
    pub fn leaked_bytes(&self, long_run: Option<LongRun>) -> Option<(i64, i64)> {
        let least = self.steady.iter().map(|window| window.growth_bytes).min()?.max(0);
        Some(match long_run.map(|long_run| long_run.live_bytes) {
            None => (least, least),
            Some(LiveBytes::Level) => (0, 0),
            Some(LiveBytes::Rising(rate)) => (rate, rate),
            Some(LiveBytes::Undecided(rate)) => (0, rate),
        })
    }
}

structure!(answered Record { name, threads, peak_error_bytes, is_custom default, long_run default, windows });
structure!(answered Windows<W> { cold, steady });
choice!(answered EngineWindows {} holding {
    "count" => Count,
    "sites" => Sites,
    "stats_alloc" => StatsAlloc,
    "dhat" => Dhat,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_is_what_a_long_run_keeps_or_every_window_leaks() {
        let leaked = |growths: [i64; 3], live_bytes: Option<LiveBytes>| {
            let window = |growth_bytes| CountWindow { growth_bytes, ..CountWindow::default() };
            let windows = Windows { cold: window(9), steady: growths.map(window).to_vec() };
            windows
                .leaked_bytes(live_bytes.map(|live_bytes| LongRun { iterations: 256, live_bytes }))
                .unwrap()
        };
        assert_eq!(leaked([64, 64, 64], None), (64, 64));
        assert_eq!(leaked([64, 0, 64], Some(LiveBytes::Level)), (0, 0));
        assert_eq!(leaked([-8, -8, -8], None), (0, 0));
        assert_eq!(leaked([0, 64, 0], Some(LiveBytes::Rising(12))), (12, 12));
        assert_eq!(leaked([64, 64, 64], Some(LiveBytes::Level)), (0, 0), "a cache that was filling");
        assert_eq!(leaked([8, 8, 8], Some(LiveBytes::Undecided(12))), (0, 12));
        assert_eq!(
            Windows::<CountWindow> { cold: CountWindow::default(), steady: vec![] }.leaked_bytes(None),
            None
        );
    }
}
