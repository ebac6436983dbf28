//! From where a value may rise.

use crate::model::Observation;

/// Where base lies: its least and its greatest value; of a value that was exact and is not, what it may have been as well.
pub(crate) fn range_of_base(base: &Observation, head: &Observation) -> (i64, i64) {
    let (least, greatest) = (base.minimum(), base.maximum());
    if !base.is_exact() {
        return (least, greatest);
    }
    let (below, above) = (head.median().abs_diff(head.minimum()), head.maximum().abs_diff(head.median()));
    (least.saturating_sub_unsigned(above), greatest.saturating_add_unsigned(below))
}
