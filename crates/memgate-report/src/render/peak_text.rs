//! A peak at another moment, in words.

use memgate_protocol::Unit;

use super::amounts::Scale;
use super::cause_text::{Names, first_of};
use super::sites::{location, shown_function};
use crate::attribution::{LiveSite, MovedPeak};
use crate::causes::MovedPeakOf;

/// So many call sites of a moment are named when there is room.
pub(crate) const MOST_SITES: usize = 2;

/// So many moments that differ from each other are shown.
pub(super) const MOST_MOVED: usize = 2;

/// `The peak of count/10 is at another moment than before`
pub(super) fn moved_headline(moved: &MovedPeakOf, names: &Names<'_>, most_names: usize) -> String {
    let all = names.of_all(&moved.benchmarks);
    moved_sentence(&first_of(&all, most_names))
}

/// The same of benchmarks that are named already.
pub(super) fn moved_sentence(benchmarks: &str) -> String {
    format!("The peak of {benchmarks} is at another moment than before")
}

/// What is live at both moments: `then 264 KiB at src/lib.rs:5 Vec::push in mylib::count`, and `now …`; at most so many call sites
/// of each. What is the same at both does not tell them apart.
pub(crate) fn moments(peak: &MovedPeak, most: usize) -> [String; 2] {
    let differing = |own: &[LiveSite], other: &[LiveSite]| -> Vec<LiveSite> {
        own.iter().filter(|site| !other.contains(site)).cloned().collect()
    };
    let (base, head) = (differing(&peak.base, &peak.head), differing(&peak.head, &peak.base));
    let all = base.is_empty() || head.is_empty();
    let (base, head) = if all { (&peak.base, &peak.head) } else { (&base, &head) };
    [format!("then: {}", live(base, most)), format!("now:  {}", live(head, most))]
}

fn live(sites: &[LiveSite], most: usize) -> String {
    let one = |site: &LiveSite| {
        let scale = Scale::of(site.bytes, Unit::Bytes);
        let at = site.place.as_ref().and_then(location).map(|at| format!("{at} ")).unwrap_or_default();
        let function = site.place.as_ref().map(|place| shown_function(&place.function, false));
        let function = function.map(|function| format!(" in {function}")).unwrap_or_default();
        format!("{}{} at {at}{}{function}", scale.number(site.bytes), scale.suffix(), site.operation)
    };
    match sites {
        [] => "nothing that has a call site".to_owned(),
        sites => sites.iter().take(most).map(one).collect::<Vec<_>>().join(", "),
    }
}
