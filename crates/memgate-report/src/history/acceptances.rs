//! When the committed baselines changed: whatever is in them has been accepted.

use std::collections::BTreeMap;

use super::SeriesKey;
use crate::model::{Baselines, BenchmarkId};

/// The positions at which the committed baseline of each series changed, in rising order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptances {
    positions: BTreeMap<SeriesKey, Vec<usize>>,
    before: Baselines,
}

impl Acceptances {
    /// Takes note of the baselines at a commit. Commits at which no baseline changed may be left out.
    pub fn see(&mut self, position: usize, baselines: Baselines) {
        for (key, baseline) in &baselines {
            let before = self.before.get(key);
            for (name, metrics) in &baseline.benchmarks {
                let before = before.and_then(|before| before.benchmarks.get(name));
                for (metric, value) in metrics.iter() {
                    if before.and_then(|before| before.get(metric)) == Some(value) {
                        continue;
                    }
                    let id = BenchmarkId::new(&*key.package, &*key.bench_target, &**name);
                    let series = SeriesKey { id, target: key.target.clone(), metric };
                    self.positions.entry(series).or_default().push(position);
                }
            }
        }
        self.before = baselines;
    }

    /// When the baseline of a series changed.
    #[must_use]
    pub fn of(&self, key: &SeriesKey) -> &[usize] {
        self.positions.get(key).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MetricKey, Observation};
    use crate::samples::run_and_baselines;
    use memgate_protocol::Metric;

    #[test]
    fn only_what_changed_is_accepted() {
        let (_, first) = run_and_baselines();
        let mut second = first.clone();
        let metric = MetricKey::steady(Metric::Allocs);
        let (key, baseline) = second.iter_mut().next().unwrap();
        let (name, metrics) = baseline.benchmarks.iter_mut().next().unwrap();
        metrics.insert(metric, Observation::Exact(987));
        let id = BenchmarkId::new(&*key.package, &*key.bench_target, &**name);
        let changed = SeriesKey { id, target: key.target.clone(), metric };
        let mut acceptances = Acceptances::default();
        acceptances.see(2, first.clone());
        acceptances.see(5, first);
        acceptances.see(9, second);
        assert_eq!(acceptances.of(&changed), [2, 9]);
        let same = SeriesKey { metric: MetricKey::steady(Metric::Reallocs), ..changed };
        assert_eq!(acceptances.of(&same), [2]);
    }
}
