//! The shapes of live bytes that are a leak.

use super::trace::{Part, Trace};

/// A container that doubles rises by at least 7/5 as much as in the octave before. It is twice as much for what rises steadily,
/// and as much for a logarithm.
const LEAST_RATIO: (i128, i128) = (7, 5);
/// A line rises in each of its parts by at least 3/5 of what it does on average. A block that is kept in every 200th iteration
/// makes steps; an interner that knows most of its names rises by less.
const LEAST_SLOPE: (i128, i128) = (3, 5);

/// In thirty-seconds, as [`Trace::part`] counts.
const EIGHTH: usize = 4;
const WHOLE: usize = 32;

impl Trace {
    /// Bytes per iteration, when the lowest of each eighth but the first lie on a line, wherever an eighth begins, or rise ever
    /// more. The first is where caches fill and large things are given back.
    pub(super) fn line(&self) -> Option<i64> {
        let eighth_from = |start: usize| self.part(start..start + EIGHTH);
        let slope = |from: usize, to: usize| {
            let (from, to) = (eighth_from(from)?, eighth_from(to)?);
            Some(Slope {
                rise: i128::from(to.lowest) - i128::from(from.lowest),
                iterations: i128::from(to.lowest_at) - i128::from(from.lowest_at),
            })
        };
        let (first, last) = (EIGHTH, WHOLE - EIGHTH);
        let whole = slope(first, last)?;
        let is_steep =
            |from| slope(from, from + EIGHTH).is_some_and(|slope| slope.is_at_least(whole, LEAST_SLOPE));
        let is_steeper = |from| {
            slope(from, from + EIGHTH)
                .zip(slope(from - EIGHTH, from))
                .is_some_and(|(now, before)| now.is_at_least(before, (1, 1)))
        };
        // What wanders may rise from one eighth to the next by chance, each time; hardly from each that begins in between, too.
        let (mut is_line, mut is_curve) = (true, true);
        for from in first..last - EIGHTH + 1 {
            is_line &= is_steep(from);
            is_curve &= from % EIGHTH != 0 || from == first || is_steeper(from);
        }
        let goes_on = slope(first, 2 * EIGHTH)?.rise > 0 && (is_line || is_curve);
        goes_on.then(|| per_iteration(whole.rise, whole.iterations))
    }

    /// Bytes per iteration, when each octave lies above all of the second one before it, and rises by about twice as much as the
    /// one before, or more.
    pub(super) fn doubling(&self) -> Option<i64> {
        let octave = |end: usize| self.part(end / 2..end);
        let (now, before, earlier) = (octave(32)?, octave(16)?, octave(8)?);
        let lies_above = |octave: &Part, before: Part| octave.lowest > before.highest;
        let rises =
            lies_above(&now, earlier) && lies_above(&before, octave(4)?) && lies_above(&earlier, octave(2)?);
        let late = i128::from(now.highest) - i128::from(now.lowest);
        let middle = i128::from(now.lowest) - i128::from(before.lowest);
        let early = i128::from(before.lowest) - i128::from(earlier.lowest);
        let (times, of) = LEAST_RATIO;
        let doubles = |rise: i128, before: i128| rise * of >= before * times;
        // What wanders takes many small steps.
        let is_at_once = 2 * i128::from(now.largest_growth) >= late;
        let is_doubling = rises && is_at_once && early > 0 && doubles(late, middle) && doubles(middle, early);
        // From the begin of the octave before the last to that of the last: a quarter of all iterations.
        is_doubling.then(|| per_iteration(4 * middle, self.iterations.into()))
    }
}

/// By how much the lowest bytes rise, in how many iterations.
#[derive(Clone, Copy, Debug)]
struct Slope {
    rise: i128,
    iterations: i128,
}

impl Slope {
    /// Whether it is at least that fraction of another.
    fn is_at_least(self, other: Self, (fraction, of): (i128, i128)) -> bool {
        self.rise * other.iterations * of >= other.rise * self.iterations * fraction
    }
}

/// Bytes per iteration, rounded up.
pub(super) fn per_iteration(bytes: i128, iterations: i128) -> i64 {
    let rate = bytes.unsigned_abs().div_ceil(iterations.unsigned_abs().max(1));
    i64::try_from(rate).unwrap_or(i64::MAX)
}
