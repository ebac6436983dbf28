//! One metric: base against head.

use crate::model::Observation;
use crate::report::Verdict;
use crate::rules::{Limit, range_of_base};

/// What is known when one metric is judged.
#[derive(Clone, Copy, Debug)]
pub struct Judgement<'a> {
    /// The committed value.
    pub base: Option<&'a Observation>,
    /// The measured value.
    pub head: &'a Observation,
    /// How far it may rise.
    pub limit: Limit,
    /// What it may never exceed.
    pub budget: Option<i64>,
    /// Up to where a waiver allows it to rise.
    pub waived_up_to: Option<i64>,
}

/// The verdict on one metric.
///
/// An exact value is a spread of one. The whole head spread must lie above the whole base spread by more than the
/// limit for a regression; where only a part of it does, nothing can be concluded, and the verdict is `noisy`.
///
/// Where base is exact and head is not, base may be one value of a spread that few processes happened to agree on. So head
/// must lie as far from it as its own middle lies from its near end, or farther.
///
/// A budget is compared with what was measured, whatever base says and whatever is waived.
#[must_use]
pub fn judge(Judgement { base, head, limit, budget, waived_up_to }: Judgement<'_>) -> Verdict {
    let against_base = base.map_or(Verdict::New, |base| {
        let (least, greatest) = range_of_base(base, head);
        if limit.is_exceeded(base.maximum(), head.minimum()) && head.minimum() >= greatest {
            match waived_up_to {
                Some(waived) if head.maximum() <= waived => Verdict::Waived,
                _ => Verdict::Regressed,
            }
        } else if limit.is_undercut(base.minimum(), head.maximum()) && head.maximum() <= least {
            Verdict::Improved
        } else if limit.is_exceeded(base.maximum(), head.maximum()) {
            Verdict::Noisy
        } else {
            Verdict::Ok
        }
    });
    against_base.max(budget.map_or(Verdict::Ok, |budget| against_budget(head, budget)))
}

/// The verdict on a metric that has a budget and no limit.
pub(super) fn against_budget(head: &Observation, budget: i64) -> Verdict {
    if head.minimum() > budget {
        Verdict::OverBudget
    } else if head.maximum() > budget {
        Verdict::Noisy
    } else {
        Verdict::Ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(base: &[i64], head: &[i64]) -> Verdict {
        let (base, head) = (Observation::of(base.to_vec()), Observation::of(head.to_vec()).unwrap());
        let limit = Limit { relative: crate::rules::Relative::percent(10), absolute: 0 };
        judge(Judgement { base: base.as_ref(), head: &head, limit, budget: None, waived_up_to: None })
    }

    #[test]
    fn exact_values_are_judged_by_the_limit() {
        assert_eq!(verdict(&[100], &[110]), Verdict::Ok);
        assert_eq!(verdict(&[100], &[111]), Verdict::Regressed);
        assert_eq!(verdict(&[100], &[90]), Verdict::Ok);
        assert_eq!(verdict(&[100], &[89]), Verdict::Improved);
        assert_eq!(verdict(&[0], &[1]), Verdict::Regressed);
        assert_eq!(verdict(&[], &[1]), Verdict::New);
    }

    #[test]
    fn spreads_must_be_apart() {
        assert_eq!(verdict(&[90, 100], &[111, 200]), Verdict::Regressed);
        assert_eq!(verdict(&[90, 100], &[110, 200]), Verdict::Noisy);
        assert_eq!(verdict(&[90, 100], &[50, 110]), Verdict::Ok);
        assert_eq!(verdict(&[90, 100], &[70, 80]), Verdict::Improved);
        assert_eq!(verdict(&[90, 100], &[111]), Verdict::Regressed);
        assert_eq!(verdict(&[100], &[100, 120]), Verdict::Noisy);
    }

    #[test]
    fn one_value_may_be_one_of_a_spread() {
        assert_eq!(verdict(&[64], &[128, 512, 1_024]), Verdict::Noisy);
        assert_eq!(verdict(&[64], &[512, 512, 1_024]), Verdict::Regressed);
        assert_eq!(verdict(&[100], &[190, 210, 230]), Verdict::Regressed);
        assert_eq!(verdict(&[64, 65], &[128, 512, 1_024]), Verdict::Regressed, "several values are a spread");
        assert_eq!(verdict(&[1_200], &[128, 512, 1_024]), Verdict::Ok);
        assert_eq!(verdict(&[2_000], &[128, 512, 1_024]), Verdict::Improved);
        assert_eq!(verdict(&[0], &[1, 3, 4]), Verdict::Noisy);
        assert_eq!(verdict(&[10], &[12, 13, 14]), Verdict::Regressed);
    }

    #[test]
    fn a_waiver_allows_up_to_its_limit_and_never_a_budget() {
        let (base, head) = (Observation::Exact(100), Observation::Exact(120));
        let with = |budget, waived_up_to| {
            judge(Judgement { base: Some(&base), head: &head, limit: Limit::ANY_RISE, budget, waived_up_to })
        };
        assert_eq!(with(None, Some(120)), Verdict::Waived);
        assert_eq!(with(None, Some(119)), Verdict::Regressed);
        assert_eq!(with(Some(119), Some(120)), Verdict::OverBudget);
        assert_eq!(with(Some(119), None), Verdict::Regressed);
        assert_eq!(with(Some(120), Some(120)), Verdict::Waived);
    }

    #[test]
    fn a_budget_holds_without_a_base() {
        let judged = |head: Observation| {
            judge(Judgement {
                base: None,
                head: &head,
                limit: Limit::ANY_RISE,
                budget: Some(10),
                waived_up_to: None,
            })
        };
        assert_eq!(judged(Observation::Exact(11)), Verdict::OverBudget);
        assert_eq!(judged(Observation::Exact(10)), Verdict::New);
        assert_eq!(judged(Observation::of(vec![9, 11]).unwrap()), Verdict::Noisy);
    }
}
