//! The moment of the peak: which sites have blocks then.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use memgate_protocol::Metric;

use super::matching::Matching;
use super::user_frames::UserFrames;
use super::{LiveSite, MovedPeak};
use crate::sites::{Place, Site, SiteNumbers, SiteTable, StoredSite, StoredSites};

/// Which part of base's peak has to be gone from sites that allocate as before, in percent.
const LEFT_PERCENT: u128 = 10;

/// How many sites of each moment are named.
const SITES_NAMED: usize = 3;

/// Whether the peak is at another moment, as far as the sites tell: some allocate exactly what they did, and what they had at the peak
/// is gone from it. A site that merely has more is no such, nor is one that is not there any more.
pub(super) fn moved_peak(
    base: &StoredSites,
    head: &SiteTable,
    matching: &Matching,
    frames: &UserFrames<'_>,
) -> Option<MovedPeak> {
    let mut left: BTreeMap<Option<&str>, u128> = BTreeMap::new();
    let mut grown: BTreeMap<Option<&str>, u128> = BTreeMap::new();
    for comparison in &matching.comparisons {
        let before: SiteNumbers =
            comparison.base.iter().filter_map(|index| base.sites.get(*index)).map(StoredSite::numbers).sum();
        let after: SiteNumbers =
            comparison.head.iter().filter_map(|index| head.sites.get(*index)).map(Site::numbers).sum();
        let is_same = [Metric::Allocs, Metric::Reallocs, Metric::TotalBytes]
            .into_iter()
            .all(|metric| before.get(metric) == after.get(metric));
        let first = comparison.head.first().and_then(|index| head.sites.get(*index));
        let function = first.and_then(|site| frames.function(&site.key));
        let at_peak = after.get(Metric::PeakBytes).saturating_sub(before.get(Metric::PeakBytes));
        if is_same && at_peak < 0 {
            *left.entry(function).or_default() += u128::from(at_peak.unsigned_abs());
        } else if after.get(Metric::Reallocs) > before.get(Metric::Reallocs) {
            // Of several sites that are compared as a sum, those alone that make blocks grow.
            let in_base = comparison.base.iter().filter_map(|index| base.sites.get(*index));
            let in_head = comparison.head.iter().filter_map(|index| head.sites.get(*index));
            let before = at_peak_of_growing(in_base.map(StoredSite::numbers));
            let after = at_peak_of_growing(in_head.map(Site::numbers));
            *grown.entry(function).or_default() += after.saturating_sub(before);
        }
    }
    for site in matching.head_left.iter().filter_map(|index| head.sites.get(*index)) {
        *grown.entry(frames.function(&site.key)).or_default() +=
            at_peak_of_growing(std::iter::once(site.numbers()));
    }
    // A block belongs to whoever made it grow last: where more of that is done in the same function, it may still be there.
    let left: u128 = left
        .into_iter()
        .map(|(function, left)| left.saturating_sub(grown.get(&function).copied().unwrap_or_default()))
        .sum();
    let peak = base.total().get(Metric::PeakBytes).max(0).unsigned_abs();
    if left == 0 || left * 100 < u128::from(peak) * LEFT_PERCENT {
        return None;
    }
    let of_head = |index: usize| {
        let comparison = matching.comparisons.iter().find(|one| one.base.contains(&index))?;
        head.sites.get(*comparison.head.first()?)
    };
    let of_base = |(index, site): (usize, &StoredSite)| LiveSite {
        operation: site.key.operation.clone(),
        place: of_head(index).and_then(largest_place).or_else(|| {
            let function = frames.function(&site.key)?.to_owned();
            Some(Place { function, file: None, line: 0 })
        }),
        bytes: site.numbers().get(Metric::PeakBytes),
    };
    let mut live_before: Vec<(usize, &StoredSite)> = base.sites.iter().enumerate().collect();
    live_before.sort_by_key(|(_, site)| Reverse(site.numbers().get(Metric::PeakBytes)));
    live_before.retain(|(_, site)| site.numbers().get(Metric::PeakBytes) > 0);
    let mut live_now: Vec<&Site> = head.sites.iter().collect();
    live_now.sort_by_key(|site| Reverse(site.numbers().get(Metric::PeakBytes)));
    live_now.retain(|site| site.numbers().get(Metric::PeakBytes) > 0);
    let now = |site: &Site| LiveSite {
        operation: site.key.operation.clone(),
        place: largest_place(site),
        bytes: site.numbers().get(Metric::PeakBytes),
    };
    Some(MovedPeak {
        base: live_before.into_iter().take(SITES_NAMED).map(of_base).collect(),
        head: live_now.into_iter().take(SITES_NAMED).map(now).collect(),
    })
}

/// What is live at the peak of sites that make blocks grow.
fn at_peak_of_growing(sites: impl Iterator<Item = SiteNumbers>) -> u128 {
    let growing = sites.filter(|numbers| numbers.get(Metric::Reallocs) > 0);
    growing.filter_map(|numbers| u128::try_from(numbers.get(Metric::PeakBytes)).ok()).sum()
}

fn largest_place(site: &Site) -> Option<Place> {
    site.largest(Metric::PeakBytes).and_then(|position| position.place.clone())
}

#[cfg(test)]
mod tests {
    use memgate_protocol::StackNumbers;

    use super::super::{GatedNumbers, explain};
    use super::*;
    use crate::sites::{Profile, samples};

    /// Sites that allocate once each: so many bytes, of which so many live at the peak.
    fn sites(rows: &[(&str, i64, i64)]) -> SiteTable {
        let stack = |(function, bytes, at_peak): &(&str, i64, i64)| {
            let numbers = [(Metric::Allocs, 1), (Metric::TotalBytes, *bytes), (Metric::PeakBytes, *at_peak)];
            samples::stack(&format!("s a::Vec::push @ v.rs:1; w f::{function} @ a.rs:7"), &numbers)
        };
        let stacks = rows.iter().map(stack).collect();
        SiteTable::from_profile(&Profile { stacks, older: StackNumbers::default(), ..Profile::default() })
    }

    fn of(base: &[(&str, i64, i64)], head: &[(&str, i64, i64)]) -> Option<String> {
        let (base, head) = (StoredSites::of(&sites(base), &Metric::ALL), sites(head));
        let numbers = GatedNumbers { base: None, head: head.total().get(Metric::PeakBytes) };
        assert_eq!(explain(Some(&base), &head, Metric::Allocs, numbers).peak, None);
        let peak = explain(Some(&base), &head, Metric::PeakBytes, numbers).peak?;
        let shown = |sites: &[LiveSite]| {
            let one = |site: &LiveSite| {
                let place = site.place.as_ref().unwrap();
                format!("{} {}:{}", site.bytes, place.function, place.line)
            };
            sites.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        Some(format!("{} | {}", shown(&peak.base), shown(&peak.head)))
    }

    #[test]
    fn what_was_live_and_is_not_any_more_tells_another_moment() {
        let base = [("parse", 1_000, 1_000), ("write", 800, 0)];
        assert_eq!(
            of(&base, &[("parse", 1_000, 0), ("write", 1_300, 1_300)]).as_deref(),
            Some("1000 f::parse:7 | 1300 f::write:7")
        );
    }

    #[test]
    fn a_block_that_another_call_of_the_function_made_grow_is_still_there() {
        let site = |operation: &str, line: u32, numbers: &[(Metric, i64)]| {
            samples::stack(&format!("s a::Vec::{operation} @ v.rs:1; w f::parse @ a.rs:{line}"), numbers)
        };
        let made = |at_peak| {
            let numbers = [(Metric::Allocs, 1), (Metric::TotalBytes, 624), (Metric::PeakBytes, at_peak)];
            site("with_capacity", 7, &numbers)
        };
        let reserved =
            |at_peak| [(Metric::Reallocs, 1), (Metric::TotalBytes, 272), (Metric::PeakBytes, at_peak)];
        let table = |stacks| {
            SiteTable::from_profile(&Profile { stacks, older: StackNumbers::default(), ..Profile::default() })
        };
        let base = StoredSites::of(&table(vec![made(624)]), &Metric::ALL);
        let is_moved = |at_peak| {
            let other = [(Metric::Allocs, 1), (Metric::TotalBytes, 2_000), (Metric::PeakBytes, 1_800)];
            let head = table(vec![made(0), site("reserve", 8, &reserved(at_peak)), site("push", 9, &other)]);
            let numbers = GatedNumbers { base: Some(624), head: head.total().get(Metric::PeakBytes) };
            explain(Some(&base), &head, Metric::PeakBytes, numbers).peak.is_some()
        };
        assert!(!is_moved(896));
        // What is so small is another block.
        assert!(is_moved(160));
    }

    #[test]
    fn what_has_more_or_is_gone_tells_nothing() {
        let base = [("parse", 1_000, 1_000), ("write", 800, 50)];
        assert_eq!(of(&base, &[("parse", 2_000, 2_000), ("write", 800, 50)]), None);
        assert_eq!(of(&base, &[("write", 2_000, 2_000)]), None);
        // Less than a tenth may be an order of drops.
        assert_eq!(of(&base, &[("parse", 2_000, 2_000), ("write", 800, 0)]), None);
    }
}
