//! Change points: where a whole series goes from one level to another.

use super::Point;
use super::spread::{MEDIAN_DEVIATION_SCALE, median};
use crate::rules::Limit;

/// The settings of the search for change points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePointRule {
    /// What one more change point costs, in variances of the noise and per logarithm of the length.
    pub penalty: f64,
    /// What is too little to speak of, up or down.
    pub floor: Limit,
}

impl ChangePointRule {
    /// The rule with its usual settings. Twice the variance per logarithm is Schwarz's criterion for a level and a position; this
    /// is more careful.
    #[must_use]
    pub const fn new(floor: Limit) -> Self {
        Self { penalty: 6.0, floor }
    }
}

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangePoint {
    /// The position of the first value on the new level.
    pub position: usize,
    /// The median of the level before.
    pub before: i64,
    /// The median of the new level.
    pub after: i64,
}

impl ChangePoint {
    /// Whether the new level is higher.
    #[must_use]
    pub fn is_rise(&self) -> bool {
        self.after > self.before
    }
}

/// Every change of level in a series, oldest first.
///
/// The levels are those that minimise the sum of squared distances to them, plus a penalty for each change: the exact optimum, by
/// dynamic programming with the pruning of PELT (Killick, Fearnhead and Eckley 2012). The noise is estimated from the differences
/// of neighbours, which a step hardly touches. A single value that stands out from both of its neighbours is no level.
#[must_use]
pub fn change_points(points: &[Point], rule: &ChangePointRule) -> Vec<ChangePoint> {
    let values = without_spikes(points, rule.floor);
    let runs = runs_of(&values);
    if runs.len() < 2 {
        return Vec::new();
    }
    let deviation = noise(&values, rule.floor);
    let penalty = rule.penalty * deviation * deviation * (values.len().max(FEWEST) as f64).ln();
    let mut starts: Vec<usize> = best_starts(&runs, penalty)
        .into_iter()
        .filter_map(|run| runs.get(run).map(|run| run.start))
        .collect();
    drop_small_changes(&mut starts, &values, rule.floor);
    let level = |from: usize, to: usize| values.get(from..to).and_then(|level| median(level.to_vec()));
    let ends = starts.iter().copied().skip(1).chain([values.len()]);
    let levels: Vec<Option<i64>> = starts.iter().zip(ends).map(|(from, to)| level(*from, to)).collect();
    let pairs = levels.windows(2).zip(starts.iter().skip(1));
    pairs
        .filter_map(|(pair, start)| match pair {
            [Some(before), Some(after)] => {
                Some(ChangePoint { position: points.get(*start)?.position, before: *before, after: *after })
            }
            _ => None,
        })
        .collect()
}

/// The noise of a shorter series is known too badly to ask for less.
const FEWEST: usize = 50;

fn differs(floor: Limit, from: i64, to: i64) -> bool {
    floor.is_exceeded(from, to) || floor.is_undercut(from, to)
}

/// The values, where one that stands out from both neighbours, which agree, is replaced by the nearer of them.
fn without_spikes(points: &[Point], floor: Limit) -> Vec<i64> {
    let values: Vec<i64> = points.iter().map(|point| point.value).collect();
    let mut smooth = values.clone();
    for (at, triple) in values.windows(3).enumerate() {
        if let [before, value, after] = *triple
            && differs(floor, before, value)
            && differs(floor, after, value)
            && (value > before) == (value > after)
        {
            let nearer = if value > before { before.max(after) } else { before.min(after) };
            // A spike is far larger than how much its neighbours disagree; noise is not.
            let height = value.abs_diff(nearer);
            if height / SPIKE_TO_NEIGHBOURS > before.abs_diff(after)
                && let Some(place) = smooth.get_mut(at + 1)
            {
                *place = nearer;
            }
        }
    }
    smooth
}

/// Fewer values between two equal levels are no level of their own.
const SHORTEST_LEVEL: usize = 3;

const SPIKE_TO_NEIGHBOURS: u64 = 4;

/// Equal values in a row. The best levels never split one, since the cost of splitting it is concave in where it is split; most
/// series of exact numbers are a handful of these.
struct SameValues {
    start: usize,
    value: i64,
    count: usize,
}

fn runs_of(values: &[i64]) -> Vec<SameValues> {
    let mut runs: Vec<SameValues> = Vec::new();
    for (start, value) in values.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.value == *value => run.count += 1,
            _ => runs.push(SameValues { start, value: *value, count: 1 }),
        }
    }
    runs
}

/// The standard deviation of the noise, and at least so much that a change at the floor takes about three values to be believed.
fn noise(values: &[i64], floor: Limit) -> f64 {
    const FLOOR_PART: f64 = 0.25;
    let mut differences: Vec<u64> = values
        .windows(2)
        .filter_map(|pair| match pair {
            [before, after] => Some(before.abs_diff(*after)),
            _ => None,
        })
        .collect();
    differences.sort_unstable();
    // In a series of a few values, a step would be taken for noise.
    differences.pop();
    let estimated = median(differences).unwrap_or_default() as f64;
    let estimated = MEDIAN_DEVIATION_SCALE * estimated / std::f64::consts::SQRT_2;
    let middle = median(values.to_vec()).unwrap_or_default();
    let least = FLOOR_PART * (floor.amount_of(middle) as f64).max(1.0);
    estimated.max(least)
}

/// The first run of each level, the first of all included.
fn best_starts(runs: &[SameValues], penalty: f64) -> Vec<usize> {
    // Relative to the first value, so that the squares of large numbers do not swallow their differences.
    let origin = runs.first().map_or(0, |run| run.value);
    let mut sums = vec![(0.0, 0.0, 0.0)];
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for run in runs {
        let value = (i128::from(run.value) - i128::from(origin)) as f64;
        count += run.count as f64;
        sum += run.count as f64 * value;
        squares += run.count as f64 * value * value;
        sums.push((count, sum, squares));
    }
    let cost = |from: usize, to: usize| match (sums.get(from), sums.get(to)) {
        (Some(from), Some(to)) => {
            let sum = to.1 - from.1;
            (to.2 - from.2 - sum * sum / (to.0 - from.0)).max(0.0)
        }
        _ => f64::INFINITY,
    };
    let mut best = vec![-penalty];
    let mut previous = vec![0];
    let mut candidates = vec![0];
    for end in 1..=runs.len() {
        let total = |from: usize| best.get(from).map_or(f64::INFINITY, |best| best + cost(from, end));
        let totals: Vec<(usize, f64)> = candidates.iter().map(|from| (*from, total(*from))).collect();
        let (from, least) = totals
            .iter()
            .copied()
            .fold((0, f64::INFINITY), |least, next| if next.1 < least.1 { next } else { least });
        best.push(least + penalty);
        previous.push(from);
        // What already costs more than the best with one more change can never be part of the optimum.
        candidates =
            totals.into_iter().filter(|(_, total)| *total <= least + penalty).map(|(from, _)| from).collect();
        candidates.push(end);
    }
    let mut starts = Vec::new();
    let mut end = runs.len();
    while end > 0 {
        let Some(start) = previous.get(end).copied().filter(|start| *start < end) else { break };
        starts.push(start);
        end = start;
    }
    starts.reverse();
    starts
}

/// Joins neighbouring levels whose medians are too close to speak of, the closest first, and what a level of one or two values lies
/// between when that is the same on both sides.
fn drop_small_changes(starts: &mut Vec<usize>, values: &[i64], floor: Limit) {
    loop {
        let ends = starts.iter().copied().skip(1).chain([values.len()]);
        let medians: Vec<i64> = starts
            .iter()
            .zip(ends)
            .map(|(from, to)| {
                values.get(*from..to).and_then(|level| median(level.to_vec())).unwrap_or_default()
            })
            .collect();
        let changes = medians.windows(2).enumerate().filter_map(|(index, pair)| match pair {
            [before, after] if !differs(floor, *before, *after) => Some((before.abs_diff(*after), index + 1)),
            _ => None,
        });
        if let Some((_, index)) = changes.min() {
            starts.remove(index);
            continue;
        }
        let is_spike = |index: &usize| match (starts.get(*index..), medians.get(index - 1..)) {
            (Some([start, next, ..]), Some([before, _, after, ..])) => {
                next - start < SHORTEST_LEVEL && !differs(floor, *before, *after)
            }
            _ => false,
        };
        match (1..starts.len()).find(is_spike) {
            Some(index) => drop(starts.drain(index..index + 2)),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::point::series;
    use super::*;
    use crate::history::{Random, Scenario};

    const RULE: ChangePointRule = ChangePointRule::new(Limit::DEFAULT_BYTES);

    fn changes(values: impl IntoIterator<Item = i64>) -> Vec<(usize, i64, i64)> {
        let found = change_points(&series(values), &RULE);
        found.iter().map(|change| (change.position, change.before, change.after)).collect()
    }

    #[test]
    fn every_level_of_an_exact_series_is_found_at_its_first_value() {
        let levels = (0..100).map(|at| [100_000, 130_000, 130_000, 90_000][at / 25]);
        assert_eq!(changes(levels), [(25, 100_000, 130_000), (75, 130_000, 90_000)]);
        assert_eq!(changes([100_000, 120_000]), [(1, 100_000, 120_000)]);
        assert_eq!(changes((0..50).map(|at| if at < 40 { 0 } else { 64 })), [(40, 0, 64)]);
    }

    #[test]
    fn what_is_below_the_floor_is_no_change() {
        assert_eq!(changes((0..60).map(|at| 100_000 + 900 * i64::from(at >= 30))), []);
        assert_eq!(
            changes((0..60).map(|at| 100_000 + 1_100 * i64::from(at >= 30))),
            [(30, 100_000, 101_100)]
        );
        assert_eq!(changes((0..60).map(|at| 100 + 200 * i64::from(at >= 30))), []);
    }

    #[test]
    fn one_value_is_no_level() {
        assert_eq!(changes((0..60).map(|at| if at == 30 { 900_000 } else { 100_000 })), []);
        assert_eq!(changes((0..60).map(|at| if (30..32).contains(&at) { 900_000 } else { 100_000 })), []);
        let back = [(30, 100_000, 900_000), (33, 900_000, 100_000)];
        assert_eq!(changes((0..60).map(|at| if (30..33).contains(&at) { 900_000 } else { 100_000 })), back);
        assert_eq!(changes([]), []);
        assert_eq!(changes([7]), []);
        assert_eq!(changes([i64::MIN, i64::MAX, i64::MIN]), []);
    }

    #[test]
    fn positions_are_those_of_commits_also_across_gaps() {
        let mut points = series((0..60).map(|at| if at < 30 { 100_000 } else { 120_000 }));
        points.retain(|point| !(28..=33).contains(&point.position));
        assert_eq!(change_points(&points, &RULE)[0].position, 34);
    }

    #[test]
    fn a_step_in_noise_is_found_about_where_it_is() {
        let points = Scenario::Step { percent: 5 }.series(&mut Random::new(7));
        let found = change_points(&points, &RULE);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].position.abs_diff(Scenario::CHANGE) <= 1 && found[0].is_rise(), "{found:?}");
    }

    #[test]
    fn pruning_changes_nothing() {
        // Against the same recursion without pruning and without runs, on short series of few values.
        let mut random = Random::new(11);
        for _ in 0..200 {
            let values: Vec<i64> = (0..12).map(|_| 1_000 * i64::from(random.below(4))).collect();
            let runs = runs_of(&values);
            let penalty = 1_500_000.0;
            let found: Vec<usize> =
                best_starts(&runs, penalty).into_iter().map(|run| runs[run].start).collect();
            let cost_of_found = total_cost(&values, &found, penalty);
            assert!((cost_of_found - least_cost(&values, penalty)).abs() < 1.0, "{values:?}: {found:?}");
        }
    }

    fn total_cost(values: &[i64], starts: &[usize], penalty: f64) -> f64 {
        let ends = starts.iter().copied().skip(1).chain([values.len()]);
        let costs: f64 = starts.iter().zip(ends).map(|(from, to)| squares(&values[*from..to])).sum();
        costs + penalty * (starts.len() - 1) as f64
    }

    fn squares(level: &[i64]) -> f64 {
        let mean = level.iter().sum::<i64>() as f64 / level.len() as f64;
        level.iter().map(|value| (*value as f64 - mean).powi(2)).sum()
    }

    /// Over every way to cut the series.
    fn least_cost(values: &[i64], penalty: f64) -> f64 {
        let cuts = 0..1_u32 << (values.len() - 1);
        let costs = cuts.map(|cut| {
            let starts: Vec<usize> =
                (0..values.len()).filter(|at| *at == 0 || cut >> (at - 1) & 1 == 1).collect();
            total_cost(values, &starts, penalty)
        });
        costs.fold(f64::INFINITY, f64::min)
    }
}
