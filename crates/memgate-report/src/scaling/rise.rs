//! By how much an exponent rose, when the values behind it are spreads.

use super::fit::fit_rise;
use crate::model::Observation;
use crate::report::{Exponent, Trend};
use crate::rules::{ExponentLimit, range_of_base};

/// What base and head may be at one size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    size: u64,
    base: Range,
    head: Range,
}

/// A spread.
#[derive(Clone, Copy, Debug)]
struct Range {
    least: i64,
    middle: i64,
    greatest: i64,
}

impl Pair {
    pub(super) fn new(size: u64, base: &Observation, head: &Observation) -> Self {
        let (least, greatest) = range_of_base(base, head);
        Self {
            size,
            base: Range { least, middle: base.median(), greatest },
            head: Range { least: head.minimum(), middle: head.median(), greatest: head.maximum() },
        }
    }

    /// Base and head as near to a fall as they may be.
    pub(super) fn least_rise(&self) -> (i64, i64) {
        (self.base.greatest, self.head.least)
    }

    fn greatest_rise(&self) -> (i64, i64) {
        (self.base.least, self.head.greatest)
    }

    pub(super) fn middle(&self) -> (i64, i64) {
        (self.base.middle, self.head.middle)
    }
}

/// By how much an exponent rose: of the middle values, and of those within the spreads that make it least and greatest.
///
/// A slope is a weighted sum, in which sizes above the middle one (of logarithms) have a positive weight and those below a
/// negative one, so that two choices of values have all others between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rise {
    middle: Exponent,
    /// None when values that may be zero or less have no logarithm.
    least: Option<Exponent>,
    greatest: Option<Exponent>,
}

impl Rise {
    /// None when the middle values can't be fitted.
    pub(super) fn of(pairs: &[Pair]) -> Option<Self> {
        let fit = |pick: &dyn Fn(&Pair) -> (i64, i64)| {
            let values: Vec<(u64, i64, i64)> = pairs
                .iter()
                .map(|pair| {
                    let (base, head) = pick(pair);
                    (pair.size, base, head)
                })
                .collect();
            fit_rise(&values).ok()
        };
        #[expect(clippy::cast_precision_loss, reason = "a logarithm does not see the 54th bit")]
        let logarithm = |pair: &Pair| (pair.size as f64).ln();
        #[expect(clippy::cast_precision_loss, reason = "there are few sizes")]
        let mean = pairs.iter().map(logarithm).sum::<f64>() / pairs.len() as f64;
        let is_large = |pair: &Pair| logarithm(pair) > mean;
        Some(Self {
            middle: fit(&Pair::middle)?,
            least: fit(&|pair| if is_large(pair) { pair.least_rise() } else { pair.greatest_rise() }),
            greatest: fit(&|pair| if is_large(pair) { pair.greatest_rise() } else { pair.least_rise() }),
        })
    }

    /// The rise of the middle values, with an interval that has those of all others.
    pub(super) fn exponent(&self) -> Exponent {
        let ends = [self.least, self.greatest].into_iter().flatten();
        ends.fold(self.middle, |all, end| Exponent {
            lower: all.lower.min(end.lower),
            upper: all.upper.max(end.upper),
            ..all
        })
    }

    /// What the rise amounts to.
    ///
    /// `is_worse`: the middle value at the largest size has risen by more than what is too little to speak of, and nobody has
    /// waived that. `is_surely_worse`: so have all values of its spread.
    pub(super) fn trend(&self, is_worse: bool, is_surely_worse: bool, limit: ExponentLimit) -> Trend {
        let Some(limit) = limit.thousandths() else { return Trend::Same };
        let is_steeper = |rise: Exponent| rise.thousandths > limit && rise.lower > 0;
        let is_flatter = |rise: Exponent| rise.thousandths < -limit && rise.upper < 0;
        match self.middle.thousandths {
            // Small inputs that got cheaper bend the line upwards; nothing got worse.
            above if above > limit && !is_worse => Trend::Same,
            above if above > limit && is_surely_worse && self.all_are(is_steeper, self.least) => {
                Trend::Steeper
            }
            below if below < -limit && self.all_are(is_flatter, self.greatest) => Trend::Flatter,
            other if other.abs() > limit => Trend::Unclear,
            _ => Trend::Same,
        }
    }

    /// Whether something is so of the middle values and of those at an end, if these can be fitted.
    fn all_are(&self, is_so: impl Fn(Exponent) -> bool, end: Option<Exponent>) -> bool {
        is_so(self.middle) && end.is_some_and(is_so)
    }
}
