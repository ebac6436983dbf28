//! Where to measure next.

use std::collections::BTreeMap;

/// What came of one position of a line of commits, in which 0 is the good end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It was measured.
    Measured {
        /// Whether the metric is above its limit, compared with the good end.
        is_above: bool,
    },
    /// It can't be measured: it does not build, or has no such benchmark.
    Skipped,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Measure this position.
    Measure(usize),
    /// One end can't be measured, so nothing can be searched.
    EndSkipped(usize),
    /// The bad end is not above the good one: the metric did not rise between them.
    NotAbove,
    /// The metric rose between these neighbours.
    Found {
        /// The last position below.
        before: usize,
        /// The first position above.
        after: usize,
    },
    /// The metric rose between these, and none between them can be measured.
    Stuck {
        /// The last position below that could be measured.
        before: usize,
        /// The first position above that could be measured.
        after: usize,
    },
}

/// What to do next, when the bad end is at the position `last`.
///
/// Both ends come first. Then the middle one of those that may still be measured between the two neighbours in question:
/// without skipped positions that takes at most ⌈log2 `last`⌉ measurements, and with them no more, since a position that
/// can't be measured leaves one candidate less.
///
/// # Example
/// ```
/// use std::collections::BTreeMap;
/// use memgate_report::bisect::{Probe, Step, next};
/// let mut probes = BTreeMap::from([
///     (0, Probe::Measured { is_above: false }),
///     (2, Probe::Measured { is_above: true }),
/// ]);
/// assert_eq!(next(2, &probes), Step::Measure(1));
/// probes.insert(1, Probe::Measured { is_above: true });
/// assert_eq!(next(2, &probes), Step::Found { before: 0, after: 1 });
/// ```
#[must_use]
pub fn next(last: usize, probes: &BTreeMap<usize, Probe>) -> Step {
    for end in [0, last] {
        match probes.get(&end) {
            None => return Step::Measure(end),
            Some(Probe::Skipped) => return Step::EndSkipped(end),
            Some(Probe::Measured { .. }) => {}
        }
    }
    let positions = |wanted: bool| {
        probes
            .iter()
            .filter(move |(_, probe)| matches!(probe, Probe::Measured { is_above } if *is_above == wanted))
            .map(|(position, _)| *position)
    };
    let Some(after) = positions(true).find(|position| *position > 0) else { return Step::NotAbove };
    let before = positions(false).filter(|position| *position < after).max().unwrap_or(0);
    let candidates: Vec<usize> =
        (before + 1..after).filter(|position| !probes.contains_key(position)).collect();
    match candidates.get(candidates.len() / 2) {
        Some(middle) => Step::Measure(*middle),
        None if after - before == 1 => Step::Found { before, after },
        None => Step::Stuck { before, after },
    }
}

/// How many measurements are left at most, when all that is left can be measured.
#[must_use]
pub fn estimate(last: usize, probes: &BTreeMap<usize, Probe>) -> usize {
    let ends = [0, last].into_iter().filter(|end| !probes.contains_key(end)).count();
    if ends > 0 {
        return ends + logarithm(last);
    }
    let above = |probe: &Probe| matches!(probe, Probe::Measured { is_above: true });
    let below = |probe: &Probe| matches!(probe, Probe::Measured { is_above: false });
    let after = probes.iter().find(|(_, probe)| above(probe)).map_or(last, |(position, _)| *position);
    let before = probes.range(..after).rev().find(|(_, probe)| below(probe));
    let before = before.map_or(0, |(position, _)| *position);
    let left = (before + 1..after).filter(|position| !probes.contains_key(position)).count();
    logarithm(left + 1)
}

/// ⌈log2 `count`⌉.
fn logarithm(count: usize) -> usize {
    usize::try_from(count.max(1).next_power_of_two().trailing_zeros()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Searches a line whose metric rises at `rise`; gives the last step and the number of measurements.
    fn search(last: usize, rise: usize, is_broken: impl Fn(usize) -> bool) -> (Step, usize) {
        let mut probes = BTreeMap::new();
        let mut measurements = 0;
        loop {
            let left = estimate(last, &probes);
            match next(last, &probes) {
                Step::Measure(position) if is_broken(position) => {
                    assert_eq!(probes.insert(position, Probe::Skipped), None);
                }
                Step::Measure(position) => {
                    assert!(left > 0);
                    measurements += 1;
                    let probe = Probe::Measured { is_above: position >= rise };
                    assert_eq!(probes.insert(position, probe), None);
                }
                step => return (step, measurements),
            }
        }
    }

    #[test]
    fn every_rise_of_a_line_is_found_within_the_bound() {
        for last in 1..=70 {
            for rise in 1..=last {
                let (step, measurements) = search(last, rise, |_| false);
                assert_eq!(step, Step::Found { before: rise - 1, after: rise });
                assert!(measurements <= logarithm(last) + 2, "{rise} of {last}: {measurements}");
            }
        }
    }

    #[test]
    fn ends_are_measured_first() {
        assert_eq!(search(9, 10, |_| false), (Step::NotAbove, 2));
        assert_eq!(search(9, 3, |position| position == 0), (Step::EndSkipped(0), 0));
        assert_eq!(search(9, 3, |position| position == 9), (Step::EndSkipped(9), 1));
    }

    proptest! {
        #[test]
        fn what_does_not_build_costs_no_measurement(
            last in 1_usize..80,
            rise in 1_usize..80,
            broken in proptest::collection::hash_set(1_usize..80, 0..60),
        ) {
            let rise = rise.min(last);
            let is_broken = |position: usize| position != last && broken.contains(&position);
            let (step, measurements) = search(last, rise, is_broken);
            prop_assert!(measurements <= logarithm(last) + 2);
            let after = (rise..=last).find(|position| !is_broken(*position)).unwrap();
            let before = (0..rise).rev().find(|position| !is_broken(*position)).unwrap();
            let expected = if after - before == 1 {
                Step::Found { before, after }
            } else {
                Step::Stuck { before, after }
            };
            prop_assert_eq!(step, expected);
        }
    }
}
