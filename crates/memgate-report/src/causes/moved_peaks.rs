//! Peaks at another moment: each once, whatever the number of benchmarks.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::MovedPeakOf;
use crate::attribution::{LiveSite, MovedPeak};
use crate::report::Report;
use crate::sites::Place;

/// The call sites of both moments, without their numbers.
type Moments<'a> = [Vec<(&'a str, Option<&'a Place>)>; 2];

pub(super) fn moved_peaks(report: &Report) -> Vec<MovedPeakOf> {
    let mut groups: BTreeMap<Moments<'_>, (&MovedPeak, Vec<usize>)> = BTreeMap::new();
    for (index, benchmark) in report.benchmarks.iter().enumerate() {
        let explanations = benchmark.sites.iter().flat_map(|sites| &sites.explanations);
        for peak in explanations.filter_map(|explanation| explanation.peak.as_deref()) {
            let group = groups.entry([named(&peak.base), named(&peak.head)]).or_insert((peak, Vec::new()));
            group.1.push(index);
        }
    }
    let mut moved: Vec<MovedPeakOf> = groups
        .into_values()
        .map(|(peak, benchmarks)| MovedPeakOf { peak: peak.clone(), benchmarks })
        .collect();
    moved.sort_by_key(|one| (Reverse(one.benchmarks.len()), one.benchmarks.first().copied()));
    moved
}

fn named(sites: &[LiveSite]) -> Vec<(&str, Option<&Place>)> {
    sites.iter().map(|site| (&*site.operation, site.place.as_ref())).collect()
}
