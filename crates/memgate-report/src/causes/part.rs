//! What changes did to single metrics, and how parts of it are counted.

use super::Effect;
use crate::model::MetricKey;

/// A whole, in the parts that shares are counted in.
pub(super) const WHOLE: i128 = 1_000_000_000;

/// What one group of lines did to one red metric.
pub(super) struct Part {
    pub(super) group: usize,
    pub(super) red: usize,
    pub(super) delta: i64,
}

/// Adds what was done to a metric of one more benchmark.
pub(super) fn add_effect(effects: &mut Vec<Effect>, metric: MetricKey, delta: i64) {
    match effects.iter_mut().find(|effect| effect.metric == metric) {
        Some(effect) => {
            effect.lowest = effect.lowest.min(delta);
            effect.highest = effect.highest.max(delta);
        }
        None => effects.push(Effect { metric, lowest: delta, highest: delta }),
    }
}
