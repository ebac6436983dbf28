//! A peak at another moment, in words.

use memgate_protocol::Unit;

use super::amounts::Scale;
use super::cause_text::{Names, enumerated};
use super::sites::{location, shown_function};
use crate::attribution::{LiveSite, MovedPeak};
use crate::causes::MovedPeakOf;

/// So many call sites of a moment are named.
const MOST_SITES: usize = 2;

/// So many moments that differ from each other are shown.
pub(super) const MOST_MOVED: usize = 2;

/// `The peak of count/10 is at another moment than in the baseline`
pub(super) fn moved_headline(moved: &MovedPeakOf, names: &Names<'_>) -> String {
    let all = names.of_all(&moved.benchmarks);
    format!("The peak of {} is at another moment than in the baseline", enumerated(&all))
}

/// What is live at both moments: `then 264 KiB at src/lib.rs:5 Vec::push in mylib::count`, and `now …`.
pub(crate) fn moments(peak: &MovedPeak) -> [String; 2] {
    [format!("then: {}", live(&peak.base)), format!("now:  {}", live(&peak.head))]
}

fn live(sites: &[LiveSite]) -> String {
    let one = |site: &LiveSite| {
        let scale = Scale::of(site.bytes, Unit::Bytes);
        let at = site.place.as_ref().and_then(location).map(|at| format!("{at} ")).unwrap_or_default();
        let function = site.place.as_ref().map(|place| shown_function(&place.function, false));
        let function = function.map(|function| format!(" in {function}")).unwrap_or_default();
        format!("{}{} at {at}{}{function}", scale.number(site.bytes), scale.suffix(), site.operation)
    };
    match sites {
        [] => "nothing that has a call site".to_owned(),
        sites => sites.iter().take(MOST_SITES).map(one).collect::<Vec<_>>().join(", "),
    }
}
