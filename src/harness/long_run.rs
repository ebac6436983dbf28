//! Whether live bytes go on rising: what is kept in some iterations only, as by a vector that doubles.
//!
//! What is kept for ever is seen by the lowest live bytes: what a buffer takes in until it is written out goes up and down
//! above them, and they rise by what is beneath it. Two shapes are a leak, whatever comes before them: lowest bytes that rise
//! as a line does, and a container that doubles, of which each octave (iterations 513 to 1,024, to 2,048, to 4,096) rises
//! by twice as much as the one before. A cache that is full does not rise, and what fills more slowly the fuller it is has
//! neither shape. New highs are no sign of a leak, but of whether it is worth going on.

use std::time::Duration;

use super::shape::per_iteration;
use super::trace::Trace;
use memgate_protocol::{LiveBytes, LongRun};

/// As many iterations tell what rises from what levels off.
const MOST_ITERATIONS: u32 = 4_096;
/// After as many, live bytes may be said to stay where they are.
const FEWEST_ITERATIONS: u32 = 256;
/// After fewer than these, nobody says of what the steady windows kept that it was not kept.
const FEWEST_TO_DENY: u32 = 4;
/// In fewer than these, no shape is seen.
const FEWEST_WITH_SHAPE: u32 = 16;
/// What is kept meanwhile is memory that nobody gets back before the process ends.
const MOST_BYTES: i64 = 64 << 20;
/// The same for fewer than 256 iterations: large blocks are to be seen more than once.
const MOST_BYTES_OF_FEW: i64 = 256 << 20;

/// How long live bytes are looked at that stay where they are. Most do, so this is what a benchmark costs.
const QUIET: Duration = Duration::from_millis(50);

/// Looks at live bytes iteration by iteration. Never allocates.
#[derive(Clone, Debug)]
pub struct Watch {
    /// What every steady window added.
    every_time: i64,
    /// Live bytes since the begin.
    live: i64,
    lowest: i64,
    /// The highest since the lowest.
    highest: i64,
    /// In which iteration that was.
    highest_at: u32,
    /// Whether each iteration added something.
    always_grows: bool,
    trace: Trace,
    /// Whether the lowest bytes rise, as far as the last full block of the trace.
    lows_rise: bool,
}

impl Watch {
    /// A watch over a routine of which every steady window kept so many bytes.
    #[must_use]
    pub fn new(every_time: i64) -> Self {
        Self {
            every_time,
            live: 0,
            lowest: 0,
            highest: 0,
            highest_at: 0,
            always_grows: every_time > 0,
            trace: Trace::new(),
            lows_rise: false,
        }
    }

    /// Takes in by how much live bytes grew in one more iteration.
    pub fn note(&mut self, growth: i64) {
        self.live = self.live.saturating_add(growth);
        self.always_grows &= growth > 0;
        if self.trace.note(self.live, growth) {
            self.lows_rise = self.lowest_rises();
        }
        if self.live < self.lowest {
            // Something was given back that lay above what is kept since.
            (self.lowest, self.highest, self.highest_at) = (self.live, self.live, 0);
        }
        if self.live > self.highest {
            (self.highest, self.highest_at) = (self.live, self.iterations());
        }
    }

    /// Whether there was a new high lately, or the lowest bytes rise: after something large was given back, there is no new high.
    #[must_use]
    pub fn may_rise(&self) -> bool {
        if self.iterations() < FEWEST_TO_DENY && self.every_time > 0 {
            return true;
        }
        // In the last two octaves: a container that doubles has a new high in each.
        u64::from(self.highest_at) * 4 > u64::from(self.iterations()) || self.lows_rise
    }

    /// Whether to go on after so much time, of which there is at most so much.
    #[must_use]
    pub fn wants_more(&self, elapsed: Duration, most: Duration) -> bool {
        let most = if self.may_rise() { most } else { most.min(QUIET) };
        !self.has_ended() && elapsed < most
    }

    /// Whether nothing more is to be learned.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        let stays = self.iterations() >= FEWEST_ITERATIONS && !self.may_rise();
        stays || self.is_full()
    }

    /// Whether no more iterations are affordable. It is the same for the same routine, which no time is.
    fn is_full(&self) -> bool {
        let most = if self.iterations() < FEWEST_ITERATIONS { MOST_BYTES_OF_FEW } else { MOST_BYTES };
        self.iterations() >= MOST_ITERATIONS || self.live > most
    }

    /// How many there were.
    pub(super) fn iterations(&self) -> u32 {
        self.trace.iterations
    }

    /// What has been seen. None when that is no more than what the steady windows have shown: every iteration kept something, or
    /// there were too few.
    #[must_use]
    pub fn found(&self) -> Option<LongRun> {
        Some(LongRun { iterations: self.iterations(), live_bytes: self.live_bytes()? })
    }

    fn live_bytes(&self) -> Option<LiveBytes> {
        if !self.may_rise() {
            let is_known = self.iterations() >= FEWEST_ITERATIONS || self.every_time > 0;
            return is_known.then_some(LiveBytes::Level);
        }
        if self.is_full() && self.iterations() >= FEWEST_WITH_SHAPE {
            if let Some(rate) = self.trace.line().or_else(|| self.trace.doubling()) {
                return Some(LiveBytes::Rising(rate));
            }
            if self.iterations() >= FEWEST_ITERATIONS {
                return Some(LiveBytes::Level);
            }
        }
        if self.always_grows || self.iterations() < FEWEST_TO_DENY {
            return None;
        }
        Some(if self.lows_rise { LiveBytes::Undecided(self.greatest_rate()) } else { LiveBytes::Level })
    }

    /// Whether the second half lies above the quarter before it, by their lowest.
    fn lowest_rises(&self) -> bool {
        let (now, before) = (self.trace.part(16..32), self.trace.part(8..16));
        now.zip(before).is_some_and(|(now, before)| now.lowest > before.lowest)
    }

    /// Bytes per iteration. A container that doubles may be anywhere between half and twice what it keeps.
    fn greatest_rate(&self) -> i64 {
        let kept = i128::from(self.highest) - i128::from(self.lowest);
        per_iteration(2 * kept, self.iterations().max(1).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of a routine that keeps so many bytes after each iteration, of which there are at most so many.
    fn found(live: impl Fn(u32) -> i64, every_time: i64, most: u32) -> (u32, Option<LiveBytes>) {
        let mut watch = Watch::new(every_time);
        while !watch.has_ended() && watch.iterations() < most {
            let now = watch.iterations();
            watch.note(live(now + 1) - live(now));
        }
        (watch.iterations(), watch.found().map(|found| found.live_bytes))
    }

    const ALL: u32 = u32::MAX;

    /// One block of so many bytes in one iteration of so many.
    fn block(bytes: i64, every: u32) -> impl Fn(u32) -> i64 {
        move |now| i64::from(now / every) * bytes
    }

    /// A buffer that takes in so many bytes in each iteration, and is emptied when there have been so many.
    fn buffer(bytes: i64, period: u32) -> impl Fn(u32) -> i64 {
        move |now| i64::from(now % period) * bytes
    }

    /// The bytes of a vector with one more element in each iteration.
    fn vector(bytes: i64) -> impl Fn(u32) -> i64 {
        move |now| i64::from((now + 6).next_power_of_two()) * bytes
    }

    #[test]
    fn what_stays_is_level_at_once_and_what_levels_off_is_level() {
        assert_eq!(found(|_| 0, 0, ALL), (256, Some(LiveBytes::Level)));
        assert_eq!(found(|now| i64::from(now.min(200)) * 64, 64, ALL), (896, Some(LiveBytes::Level)));
        assert_eq!(found(|now| i64::from(now.min(3_000)) * 64, 64, ALL), (4_096, Some(LiveBytes::Level)));
        assert_eq!(found(|now| i64::from(now % 7) * 64, 0, ALL), (256, Some(LiveBytes::Level)));
        let logarithm = |now: u32| i64::from(now.checked_ilog2().unwrap_or(0)) * 4_096;
        assert_eq!(found(logarithm, 0, ALL), (4_096, Some(LiveBytes::Level)));
    }

    #[test]
    fn what_is_kept_for_ever_rises() {
        assert_eq!(found(|now| i64::from(now) * 24, 24, ALL), (4_096, Some(LiveBytes::Rising(24))));
        assert_eq!(found(block(16, 100), 0, ALL).1, Some(LiveBytes::Rising(1)));
        assert_eq!(found(vector(8), 0, ALL), (4_096, Some(LiveBytes::Rising(16))));
        let boxes = |now: u32| vector(8)(now) + i64::from(now) * 8;
        assert!(matches!(found(boxes, 8, ALL).1, Some(LiveBytes::Rising(16..=32))));
        let square = |now: u32| i64::from(now) * i64::from(now) / 2;
        assert!(matches!(found(square, 3, ALL).1, Some(LiveBytes::Rising(1_000..))));
    }

    #[test]
    fn what_is_much_is_told_by_fewer_iterations() {
        let much = |now: u32| i64::from(now) * 100_000;
        assert_eq!(found(much, 100_000, ALL), (672, Some(LiveBytes::Rising(100_000))));
        assert_eq!(found(block(1 << 20, 2), 0, ALL), (256, Some(LiveBytes::Rising(1 << 19))));
        assert!(matches!(found(block(1 << 20, 3), 0, ALL), (256, Some(LiveBytes::Rising(340_000..360_000)))));
        assert_eq!(found(|now| i64::from(now) << 24, 1 << 24, ALL), (17, Some(LiveBytes::Rising(1 << 24))));
        assert_eq!(found(|now| i64::from(now) << 30, 1 << 30, ALL), (1, None), "the steady windows know it");
        assert!(matches!(found(vector(64 << 10), 0, ALL).1, Some(LiveBytes::Rising(_))));
        let once = |now: u32| if now < 100 { 0 } else { 300 << 20 };
        assert!(matches!(found(once, 0, ALL), (100, Some(LiveBytes::Level))), "it may be all there is");
        let twice = |now: u32| i64::from(now / 40) * (100 << 20);
        assert!(matches!(found(twice, 0, ALL), (120, Some(LiveBytes::Undecided(_)))));
    }

    #[test]
    fn what_is_given_back_hides_no_leak() {
        for at in [3, 12, 200] {
            let cache = |now: u32| if now < at { 1 << 20 } else { 0 };
            let leak = |now: u32| cache(now) + block(16, 2)(now);
            assert_eq!(found(leak, 0, ALL), (4_096, Some(LiveBytes::Rising(8))), "after {at}");
            let container = found(|now| cache(now) + vector(8)(now), 0, ALL).1;
            assert!(at > 128 || matches!(container, Some(LiveBytes::Rising(_))), "after {at}");
            assert_eq!(found(cache, 0, ALL), (256, Some(LiveBytes::Level)));
        }
        // Of something that came in the same iterations.
        let visit = |now: u32| if (2..12).contains(&now) { 1 << 20 } else { 0 };
        assert_eq!(found(|now| visit(now) + block(16, 2)(now), 0, ALL).1, Some(LiveBytes::Rising(8)));
    }

    #[test]
    fn what_is_emptied_is_no_leak_whatever_the_windows_say() {
        for period in (2..=2_000).step_by(54).chain([128, 256, 511, 512, 513, 1_023, 1_024, 1_025]) {
            for begin in [0, 1, period / 3, period - 1] {
                let live = |now: u32| buffer(48, period)(now + begin) - buffer(48, period)(begin);
                assert_eq!(found(live, 48, ALL).1, Some(LiveBytes::Level), "{period} from {begin}");
                let table = |now: u32| i64::from(((now + begin) % period).next_power_of_two()) * 48;
                assert_eq!(found(table, 0, ALL).1, Some(LiveBytes::Level), "{period} from {begin}");
            }
        }
        let drained =
            |now: u32| 32 * if now < 300 { i64::from(now) } else { i64::from(100 + (now - 300) % 200) };
        assert_eq!(found(drained, 32, ALL).1, Some(LiveBytes::Level));
    }

    #[test]
    fn a_leak_beneath_what_is_emptied_rises() {
        for period in [2, 7, 50, 101, 128, 205, 256] {
            let live = |now: u32| buffer(1_024, period)(now) + i64::from(now) * 64;
            assert_eq!(found(live, 1_088, ALL), (4_096, Some(LiveBytes::Rising(64))), "{period}");
            let seldom = |now: u32| buffer(1_024, period)(now) + block(16, 2)(now);
            assert!(matches!(found(seldom, 0, ALL).1, Some(LiveBytes::Rising(8 | 9))), "{period}");
        }
        let waves = |now: u32| i64::from(now) * 8 + if now % 512 < 256 { 0 } else { 1 << 20 };
        assert_eq!(found(waves, 8, ALL).1, Some(LiveBytes::Rising(8)));
        assert_eq!(found(|now| waves(now) - i64::from(now) * 8, 0, ALL).1, Some(LiveBytes::Level));
    }

    #[test]
    fn without_time_a_rise_is_no_number() {
        assert_eq!(found(|_| 0, 0, 20), (20, None));
        assert_eq!(found(|now| i64::from(now) * 24, 24, 20), (20, None), "the steady windows know as much");
        assert_eq!(found(vector(8), 0, 100).1, Some(LiveBytes::Undecided(20)));
        assert_eq!(found(|now| vector(8)(now) + i64::from(now), 1, 100).1, None);
        assert!(matches!(found(block(16, 2), 0, 100).1, Some(LiveBytes::Undecided(16))));
    }

    #[test]
    fn a_few_iterations_that_keep_nothing_deny_what_windows_say() {
        assert_eq!(found(|_| 0, 48, 3), (3, None));
        assert_eq!(found(|_| 0, 48, 4), (4, Some(LiveBytes::Level)));
        assert_eq!(found(buffer(48, 20), 48, 60).1, Some(LiveBytes::Level));
        let cache = |now: u32| i64::from(now.min(1_000)) * 48;
        assert_eq!(found(cache, 48, 900).1, None);
        assert!(matches!(found(cache, 48, 1_100).1, Some(LiveBytes::Undecided(_))));
    }

    #[test]
    fn what_windows_kept_is_looked_at_however_slow_the_routine_is() {
        let (elapsed, most) = (QUIET, 20 * QUIET);
        assert!(Watch::new(48).wants_more(elapsed, most));
        assert!(!Watch::new(0).wants_more(elapsed, most));
        assert!(!Watch::new(48).wants_more(most, most));
    }
}
