//! What the measurements say of the whole line.

use std::collections::BTreeMap;

use crate::compare::{Judgement, judge};
use crate::model::Observation;
use crate::report::Verdict;
use crate::rules::Limit;

/// What the measurements say of the whole line. It is about what was measured; between that, anything may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The metric rose once.
    OneStep,
    /// It rose more than once.
    SeveralSteps,
    /// It rose and fell.
    NotMonotone,
    /// It rose beyond the limit, and at the commit that was found by less than that.
    Creep,
}

/// What the values at the measured positions say, when the metric passed its limit between `before` and `after`.
#[must_use]
pub fn shape(values: &BTreeMap<usize, Observation>, before: usize, after: usize, limit: Limit) -> Shape {
    let positions: Vec<usize> = values.keys().copied().collect();
    let verdict = |first: usize, second: usize| {
        let (base, head) = (values.get(&first), values.get(&second)?);
        Some(judge(Judgement { base, head, limit, budget: None, waived_up_to: None }))
    };
    let steps: Vec<Verdict> =
        positions.windows(2).filter_map(|pair| verdict(*pair.first()?, *pair.last()?)).collect();
    let rises = steps.iter().filter(|verdict| **verdict == Verdict::Regressed).count();
    if steps.contains(&Verdict::Improved) {
        Shape::NotMonotone
    } else if verdict(before, after) != Some(Verdict::Regressed) {
        Shape::Creep
    } else if rises > 1 {
        Shape::SeveralSteps
    } else {
        Shape::OneStep
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Relative;

    fn of(values: &[i64], after: usize, limit: Limit) -> Shape {
        let values = values.iter().copied().map(Observation::Exact).enumerate().collect();
        shape(&values, after - 1, after, limit)
    }

    #[test]
    fn lines_have_shapes() {
        let any = Limit::ANY_RISE;
        assert_eq!(of(&[3, 3, 4, 4], 2, any), Shape::OneStep);
        assert_eq!(of(&[3, 4, 4, 6], 1, any), Shape::SeveralSteps);
        assert_eq!(of(&[3, 5, 4, 4], 1, any), Shape::NotMonotone);
        assert_eq!(of(&[3, 2, 4, 4], 2, any), Shape::NotMonotone);
        let tenth = Limit { relative: Relative::percent(10), absolute: 0 };
        assert_eq!(of(&[100, 106, 112, 118], 2, tenth), Shape::Creep);
    }
}
