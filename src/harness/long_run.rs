//! Whether live bytes go on rising: what is kept in some iterations only, as by a vector that doubles.
//!
//! Live bytes are looked at by octaves: the first iteration, the second, the third and fourth, the fifth to eighth, and
//! so on. What is kept for ever rises in each octave by twice as much as in the one before, be it kept one by one or
//! in a container that doubles. A cache that is full does not rise; what fills more slowly the fuller it is, and what wanders up
//! and down, rises by less than twice as much.

use std::time::Duration;

use memgate_protocol::{LiveBytes, LongRun};

/// As many iterations tell what rises from what levels off.
const MOST_OCTAVES: usize = 12;
const MOST_ITERATIONS: u32 = 1 << MOST_OCTAVES;
/// After as many, live bytes may be said to stay where they are.
const FEWEST_ITERATIONS: u32 = 256;
/// Fewer octaves than these do not tell a leak.
const FEWEST_OCTAVES: usize = 8;
/// What is kept meanwhile is memory that nobody gets back before the process ends.
const MOST_BYTES: i64 = 64 << 20;
/// By at least 7/5 as much as in the octave before. It is twice as much for what rises steadily, and as much for a logarithm.
const LEAST_RATIO: (i64, i64) = (7, 5);

/// How long live bytes are looked at that stay where they are. Most do, so this is what a benchmark costs.
const QUIET: Duration = Duration::from_millis(50);

/// Looks at live bytes iteration by iteration. Never allocates.
#[derive(Clone, Debug)]
pub struct Watch {
    /// What every steady window added.
    every_time: i64,
    iterations: u32,
    /// Live bytes since the begin.
    live: i64,
    highest: High,
    /// The same without what every steady window added.
    besides: High,
    octaves: [Octave; MOST_OCTAVES + 1],
}

/// The highest that was seen.
#[derive(Clone, Copy, Debug, Default)]
struct High {
    bytes: i64,
    /// In which iteration.
    at: u32,
}

/// The live bytes of the iterations of one octave.
#[derive(Clone, Copy, Debug)]
struct Octave {
    lowest: i64,
    highest: i64,
}

impl High {
    fn take_in(&mut self, bytes: i64, at: u32) {
        if bytes > self.bytes {
            *self = Self { bytes, at };
        }
    }

    /// Whether it is of the last two octaves of so many iterations. A container that doubles has a new high in each.
    fn is_late(self, iterations: u32) -> bool {
        u64::from(self.at) * 4 > u64::from(iterations)
    }
}

impl Watch {
    /// A watch over a routine of which every steady window kept so many bytes.
    #[must_use]
    pub fn new(every_time: i64) -> Self {
        let octaves = [Octave { lowest: i64::MAX, highest: i64::MIN }; MOST_OCTAVES + 1];
        let none = High::default();
        Self { every_time, iterations: 0, live: 0, highest: none, besides: none, octaves }
    }

    /// Takes in by how much live bytes grew in one more iteration.
    pub fn note(&mut self, growth: i64) {
        self.iterations += 1;
        self.live = self.live.saturating_add(growth);
        self.highest.take_in(self.live, self.iterations);
        let every_time = self.every_time.saturating_mul(self.iterations.into());
        self.besides.take_in(self.live.saturating_sub(every_time), self.iterations);
        // The octave that begins after 2^n iterations has the number n + 1.
        let number = (u32::BITS - (self.iterations - 1).leading_zeros()) as usize;
        if let Some(octave) = self.octaves.get_mut(number) {
            octave.lowest = octave.lowest.min(self.live);
            octave.highest = octave.highest.max(self.live);
        }
    }

    /// Whether there was a new high lately.
    #[must_use]
    pub fn may_rise(&self) -> bool {
        self.highest.is_late(self.iterations)
    }

    /// Whether to go on after so much time, of which there is at most so much.
    pub(super) fn wants_more(&self, elapsed: Duration, most: Duration) -> bool {
        let most = if self.may_rise() { most } else { most.min(QUIET) };
        !self.has_ended() && elapsed < most
    }

    /// Whether nothing more is to be learned.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        let stays = self.iterations >= FEWEST_ITERATIONS && !self.may_rise();
        stays || self.is_full()
    }

    /// Whether no more iterations are affordable. It is the same for the same routine, which no time is.
    fn is_full(&self) -> bool {
        self.iterations >= MOST_ITERATIONS || self.live > MOST_BYTES
    }

    /// How many there were.
    pub(super) fn iterations(&self) -> u32 {
        self.iterations
    }

    /// What has been seen. None when the end came before there was anything to be said.
    #[must_use]
    pub fn found(&self) -> Option<LongRun> {
        Some(LongRun { iterations: self.iterations, live_bytes: self.live_bytes()? })
    }

    fn live_bytes(&self) -> Option<LiveBytes> {
        // The last octave that is whole.
        let last = self.iterations.checked_ilog2().unwrap_or(0) as usize;
        if self.iterations >= FEWEST_ITERATIONS && !self.may_rise() {
            return self.level(last);
        }
        if !self.is_full() || last < FEWEST_OCTAVES {
            let is_rising = self.besides.is_late(self.iterations) && self.rises(last, 2);
            return is_rising.then(|| LiveBytes::Undecided(self.greatest_rate()));
        }
        let is_straight = self.rises(last, 3) && !self.falls(last);
        match self.steady_rise(last).filter(|_| is_straight) {
            Some(rate) => Some(LiveBytes::Rising(rate)),
            None => self.level(last),
        }
    }

    /// A level; none where the last octave rose by half of what the steady windows say, or more. They are right then, as far
    /// as something large that comes and goes lets anybody see.
    fn level(&self, last: usize) -> Option<LiveBytes> {
        let octave = self.octaves.get(last)?;
        let rise = i128::from(octave.highest) - i128::from(octave.lowest);
        let said = i128::from(self.every_time) << last.saturating_sub(1);
        (self.every_time == 0 || 2 * rise < said).then_some(LiveBytes::Level)
    }

    /// Bytes per iteration. A container that doubles may be anywhere between half and twice what it keeps.
    fn greatest_rate(&self) -> i64 {
        let besides =
            (2 * i128::from(self.besides.bytes)).unsigned_abs().div_ceil(self.iterations.max(1).into());
        self.every_time.saturating_add(i64::try_from(besides).unwrap_or(i64::MAX))
    }

    /// Whether each of the last octaves lies above all of the second one before it.
    fn rises(&self, last: usize, count: usize) -> bool {
        last > count && self.each_before(last, 0..count, |octave, before| octave.lowest > before.highest)
    }

    /// Whether one of the two octaves before those lies below, even in part.
    fn falls(&self, last: usize) -> bool {
        !self.each_before(last, 3..5, |octave, before| octave.lowest >= before.highest)
    }

    fn each_before(
        &self,
        last: usize,
        mut back: std::ops::Range<usize>,
        holds: impl Fn(&Octave, &Octave) -> bool,
    ) -> bool {
        back.all(|back| {
            let number = last.checked_sub(back);
            let pair = number.and_then(|number| {
                Some((self.octaves.get(number)?, self.octaves.get(number.checked_sub(2)?)?))
            });
            pair.is_some_and(|(octave, before)| holds(octave, before))
        })
    }

    /// Bytes per iteration, when live bytes rose in the last octave by about twice as much as in the one before or more, and
    /// so in that one.
    fn steady_rise(&self, last: usize) -> Option<i64> {
        let octave = |back: usize| self.octaves.get(last.checked_sub(back)?);
        let (now, before, earlier) = (octave(0)?, octave(1)?, octave(2)?);
        let late = i128::from(now.highest) - i128::from(now.lowest);
        let middle = i128::from(now.lowest) - i128::from(before.lowest);
        let early = i128::from(before.lowest) - i128::from(earlier.lowest);
        let (times, of) = LEAST_RATIO;
        let doubles = |rise: i128, before: i128| rise * i128::from(of) >= before * i128::from(times);
        // From the begin of the octave before the last to that of the last: a quarter of all iterations.
        let iterations = 1_u128 << last.checked_sub(2)?;
        let rate = || i64::try_from(middle.unsigned_abs().div_ceil(iterations)).ok();
        (early > 0 && doubles(late, middle) && doubles(middle, early)).then(rate)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of a routine that keeps so many bytes after each iteration, of which there are at most so many.
    fn found(live: impl Fn(u32) -> i64, every_time: i64, most: u32) -> (u32, Option<LiveBytes>) {
        let mut watch = Watch::new(every_time);
        while !watch.has_ended() && watch.iterations < most {
            let now = watch.iterations;
            watch.note(live(now + 1) - live(now));
        }
        (watch.iterations, watch.found().map(|found| found.live_bytes))
    }

    const ALL: u32 = u32::MAX;

    #[test]
    fn what_stays_is_level_at_once_and_what_levels_off_is_level() {
        assert_eq!(found(|_| 0, 0, ALL), (256, Some(LiveBytes::Level)));
        assert_eq!(found(|now| i64::from(now.min(200)) * 64, 64, ALL), (800, Some(LiveBytes::Level)));
        assert_eq!(found(|now| i64::from(now.min(3_000)) * 64, 64, ALL), (4_096, Some(LiveBytes::Level)));
        assert_eq!(found(|now| i64::from(now % 7) * 64, 0, ALL).1, Some(LiveBytes::Level));
        let logarithm = |now: u32| i64::from(now.checked_ilog2().unwrap_or(0)) * 4_096;
        assert_eq!(found(logarithm, 0, ALL), (4_096, Some(LiveBytes::Level)));
    }

    #[test]
    fn what_is_kept_for_ever_rises() {
        assert_eq!(found(|now| i64::from(now) * 24, 24, ALL), (4_096, Some(LiveBytes::Rising(24))));
        assert_eq!(found(|now| i64::from(now / 100) * 16, 0, ALL).1, Some(LiveBytes::Rising(1)));
        let vector = |now: u32| i64::from((now + 6).next_power_of_two()) * 8;
        assert_eq!(found(vector, 0, ALL), (4_096, Some(LiveBytes::Rising(16))));
        let square = |now: u32| i64::from(now) * i64::from(now) / 2;
        assert!(matches!(found(square, 3, ALL).1, Some(LiveBytes::Rising(1_000..))));
        // As soon as it is too much to go on.
        let much = |now: u32| i64::from(now) * 100_000;
        assert_eq!(found(much, 100_000, ALL), (672, Some(LiveBytes::Rising(100_000))));
    }

    #[test]
    fn what_the_windows_say_is_not_denied_for_what_comes_and_goes() {
        let waves = |now: u32| i64::from(now) * 8 + if now % 512 < 256 { 0 } else { 1 << 20 };
        assert_eq!(found(waves, 8, ALL).1, None);
        assert_eq!(found(waves, 0, ALL).1, Some(LiveBytes::Level));
    }

    #[test]
    fn without_time_a_rise_is_no_number() {
        assert_eq!(found(|_| 0, 0, 20), (20, None));
        assert_eq!(found(|now| i64::from(now) * 24, 24, 20), (20, None), "the steady windows know as much");
        let vector = |now: u32| i64::from((now + 6).next_power_of_two()) * 8;
        assert_eq!(found(vector, 0, 100).1, Some(LiveBytes::Undecided(20)));
        assert_eq!(found(|now| vector(now) + i64::from(now), 1, 100).1, Some(LiveBytes::Undecided(21)));
        assert_eq!(found(|now| i64::from(now) << 30, 1 << 30, ALL), (1, None));
    }
}
