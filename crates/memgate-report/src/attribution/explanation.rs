//! Why a metric changed: the sites of head against those of base.

use std::cmp::Reverse;

use memgate_protocol::Metric;

use super::alignment::{Gap, align};
use super::matching::{Comparison, match_sites};
use super::peak::moved_peak;
use super::user_frames::UserFrames;
use super::{
    ChangeKind, ChangeNote, ChangeSubject, Explanation, GatedNumbers, MovedPeak, SiteChange, Unexplained,
};
use crate::model::MetricKey;
use crate::sites::{
    CALLERS_SHOWN, Place, Position, Site, SiteKey, SiteNumbers, SiteTable, StoredSite, StoredSites,
    THROUGH_SHOWN, name_without_modules,
};

/// From how many positions on a list is taken for one that the other side has only as a sum, when that has one.
const POSITIONS_OF_A_SUM: usize = 9;

/// Of two functions with other names, one that has so many times as much as the other is another one.
const STRANGERS: u64 = 4;

/// Says which sites a metric changed at.
///
/// `base` is what is committed; without it, all sites of head are listed. `numbers` are the values that the gate
/// compared. The metric is named as that of the steady windows.
#[must_use]
pub fn explain(
    base: Option<&StoredSites>,
    head: &SiteTable,
    metric: Metric,
    numbers: GatedNumbers,
) -> Explanation {
    let nothing = StoredSites::default();
    let mut rows = Rows {
        base: base.unwrap_or(&nothing),
        has_base: base.is_some(),
        head,
        frames: UserFrames::of(head),
        metric,
        changes: Vec::new(),
        peak: None,
    };
    rows.compare();
    let Rows { mut changes, peak, .. } = rows;
    changes.sort_by(|one, other| order(one).cmp(&order(other)));
    Explanation {
        metric: MetricKey::steady(metric),
        changes,
        unexplained: unexplained(base, head, metric, numbers),
        peak: peak.map(Box::new),
    }
}

/// What grew before what shrank, and the most first. The rest only makes the order the same each time.
fn order(change: &SiteChange) -> impl Ord + '_ {
    let size = (change.delta < 0, Reverse(change.delta.unsigned_abs()));
    let place = (&change.place, &change.through, &change.callers);
    (size, change.subject, &change.operation, place, change.kind, &change.notes)
}

fn unexplained(
    base: Option<&StoredSites>,
    head: &SiteTable,
    metric: Metric,
    numbers: GatedNumbers,
) -> Vec<Unexplained> {
    let mut unexplained = Vec::new();
    match (base, numbers.base) {
        (None, _) => unexplained.push(Unexplained::NoBaseSites),
        (Some(base), Some(gated)) => {
            let sites = base.total().get(metric);
            if sites != gated {
                unexplained.push(Unexplained::BaseDiffers { sites, gated });
            }
        }
        (Some(_), None) => {}
    }
    let sites = head.total().get(metric);
    if sites != numbers.head {
        unexplained.push(Unexplained::HeadDiffers { sites, gated: numbers.head });
    }
    unexplained
}

/// The rows of an explanation while they are made.
pub(super) struct Rows<'a> {
    base: &'a StoredSites,
    /// Whether base has sites at all, even if none.
    has_base: bool,
    head: &'a SiteTable,
    pub(super) frames: UserFrames<'a>,
    pub(super) metric: Metric,
    changes: Vec<SiteChange>,
    peak: Option<MovedPeak>,
}

impl Rows<'_> {
    fn compare(&mut self) {
        let (base, head) = (self.base, self.head);
        let matching = match_sites(base, head);
        if self.metric == Metric::PeakBytes && self.has_base {
            self.peak = moved_peak(base, head, &matching, &self.frames);
        }
        for comparison in &matching.comparisons {
            let base_sites: Vec<&StoredSite> =
                comparison.base.iter().filter_map(|index| base.sites.get(*index)).collect();
            let head_sites: Vec<&Site> =
                comparison.head.iter().filter_map(|index| head.sites.get(*index)).collect();
            let before = self.changes.len();
            self.compare_sites(comparison, &base_sites, &head_sites);
            self.net_from(before);
        }
        for site in matching.base_left.iter().filter_map(|index| base.sites.get(*index)) {
            self.push_gone(site, site.numbers(), self.base_place(site));
        }
        let mut small = Vec::new();
        for site in matching.head_left.iter().filter_map(|index| head.sites.get(*index)) {
            let is_small = site.numbers().get(self.metric) <= base.other.largest.get(self.metric);
            if base.other.sites > 0 && is_small {
                small.push(site.numbers());
            } else {
                for position in &site.positions {
                    self.push_new(site, position);
                }
            }
        }
        self.compare_other(&small);
        let older = self.has_base.then(|| base.older.get(self.metric));
        self.push(blank(ChangeSubject::OlderBlocks), older, head.older.get(self.metric));
    }

    /// Takes out what is gone and what is new of the same size, of the changes from an index on: those of one function.
    fn net_from(&mut self, start: usize) {
        let mut index = start;
        while let Some(change) = self.changes.get(index) {
            let (kind, delta) = (change.kind, change.delta);
            let is_counterpart = |other: &SiteChange| {
                let kinds = (kind, other.kind);
                matches!(kinds, (ChangeKind::New, ChangeKind::Gone) | (ChangeKind::Gone, ChangeKind::New))
                    && other.delta.checked_neg() == Some(delta)
            };
            let later = self.changes.get(index + 1..).unwrap_or(&[]);
            if let Some(other) = later.iter().position(is_counterpart) {
                self.changes.remove(index + 1 + other);
                self.changes.remove(index);
            } else {
                index += 1;
            }
        }
    }

    fn compare_sites(&mut self, comparison: &Comparison, base: &[&StoredSite], head: &[&Site]) {
        let base_sum: SiteNumbers = base.iter().map(|site| site.numbers()).sum();
        let head_sum: SiteNumbers = head.iter().map(|site| site.numbers()).sum();
        // Positions that changed places, or that came to lie on one line, are no change.
        if base_sum == head_sum {
            return;
        }
        if let ([base], [head]) = (base, head) {
            self.compare_pair(base, head, comparison.is_moved);
        } else {
            self.compare_several(base, head, comparison.is_moved);
        }
    }

    /// A site of each side that nothing else is left to be compared with.
    pub(super) fn compare_pair(&mut self, base: &StoredSite, head: &Site, is_moved: bool) {
        if self.are_strangers(base, head) {
            self.push_gone(base, base.numbers(), self.base_place(base));
            for position in &head.positions {
                self.push_new(head, position);
            }
        } else {
            self.compare_positions(base, head, is_moved);
        }
    }

    /// Whether two functions of other packages have neither a name nor a size in common: one under the other's name would be a guess.
    fn are_strangers(&self, base: &StoredSite, head: &Site) -> bool {
        let innermost = |key: &SiteKey| -> Option<String> {
            let (_, through) = self.frames.split(key)?;
            through.first().map(|name| name_without_modules(name))
        };
        let names = (innermost(&base.key), innermost(&head.key));
        let [one, other] = [base.numbers(), head.numbers()].map(|all| all.get(self.metric).unsigned_abs());
        let (smaller, larger) = (one.min(other), one.max(other));
        matches!(names, (Some(base), Some(head)) if base != head)
            && smaller > 0
            && smaller.saturating_mul(STRANGERS) < larger
    }

    fn compare_positions(&mut self, base: &StoredSite, head: &Site, is_moved: bool) {
        let head_numbers: Vec<SiteNumbers> = head.positions.iter().map(|position| position.numbers).collect();
        let alignment = align(&base.positions, &head_numbers);
        let is_sum_of =
            |sum: usize, all: usize| sum == 1 && all >= POSITIONS_OF_A_SUM && alignment.pairs.is_empty();
        if is_sum_of(base.positions.len(), head_numbers.len())
            || is_sum_of(head_numbers.len(), base.positions.len())
        {
            let change = self.compared(base, head, head.largest(self.metric), is_moved);
            self.push(change, Some(base.numbers().get(self.metric)), head.numbers().get(self.metric));
            return;
        }
        // A baseline may have several lines of another package as one.
        let lines = (base.positions.len(), head_numbers.len());
        let is_foreign = head.positions.iter().any(|position| !position.through.is_empty());
        if is_foreign && alignment.pairs.is_empty() && lines != (1, 1) && (lines.0 == 1 || lines.1 == 1) {
            let mut change = self.compared(base, head, head.largest(self.metric), is_moved);
            let [base_sites, head_sites] =
                [lines.0, lines.1].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
            change.notes.push(ChangeNote::Summed { base_sites, head_sites });
            self.push(change, Some(base.numbers().get(self.metric)), head.numbers().get(self.metric));
            return;
        }
        for gap in alignment.gaps {
            let of = |list: &[SiteNumbers], indices: &[usize]| -> SiteNumbers {
                indices.iter().filter_map(|index| list.get(*index)).sum()
            };
            let is_split = !gap.base.is_empty() && !gap.head.is_empty();
            if is_split && of(&base.positions, &gap.base) == of(&head_numbers, &gap.head) {
                continue;
            }
            for part in gap.by_allocations(&base.positions, &head_numbers) {
                self.compare_gap(base, head, &part, is_moved);
            }
        }
    }

    /// Positions between the same neighbours, one after the other.
    fn compare_gap(&mut self, base: &StoredSite, head: &Site, gap: &Gap, is_moved: bool) {
        let mut in_head = gap.head.iter().filter_map(|index| head.positions.get(*index));
        for numbers in gap.base.iter().filter_map(|index| base.positions.get(*index)) {
            if let Some(position) = in_head.next() {
                let change = self.compared(base, head, Some(position), is_moved);
                self.push(change, Some(numbers.get(self.metric)), position.numbers.get(self.metric));
            } else {
                let first = head.positions.first().and_then(|position| position.place.clone());
                let place = first.map(|place| Place { line: 0, ..place });
                self.push_gone(base, *numbers, place);
            }
        }
        for position in in_head {
            self.push_new(head, position);
        }
    }

    /// A change of a site that base has too.
    fn compared(
        &self,
        base: &StoredSite,
        head: &Site,
        position: Option<&Position>,
        is_moved: bool,
    ) -> SiteChange {
        let mut change = self.site_change(head, position, is_moved);
        let (was_in, is_in) = (self.frames.function(&base.key), self.frames.function(&head.key));
        let (was_through, is_through) = (base.key.frames.first(), head.key.frames.first());
        if let Some(function) = was_in.filter(|_| was_in != is_in) {
            change.notes.push(ChangeNote::WasIn { function: function.to_owned() });
        } else if let Some(function) = was_through.filter(|_| was_through != is_through) {
            change.notes.push(ChangeNote::WasIn { function: function.clone() });
        }
        if base.key.operation != head.key.operation {
            change.notes.push(ChangeNote::WasCalled { operation: base.key.operation.clone() });
        }
        change
    }

    pub(super) fn site_change(&self, site: &Site, position: Option<&Position>, is_moved: bool) -> SiteChange {
        SiteChange {
            operation: site.key.operation.clone(),
            place: position.and_then(|position| position.place.clone()),
            through: position.map(|position| position.through.clone()).unwrap_or_default(),
            callers: position.map(|position| position.callers.clone()).unwrap_or_default(),
            kind: if is_moved { ChangeKind::Moved } else { ChangeKind::Grew },
            ..blank(ChangeSubject::Site)
        }
    }

    /// Small sites against those that base has only as a sum.
    fn compare_other(&mut self, small: &[SiteNumbers]) {
        let mut change = blank(ChangeSubject::OtherSites);
        let sites = u64::try_from(small.len()).unwrap_or(u64::MAX);
        if sites > 0 || self.base.other.sites > 0 {
            change.notes.push(ChangeNote::NotToldApart { sites });
        }
        if !self.head.beyond_limit.is_zero() {
            change.notes.push(ChangeNote::BeyondLimit);
        }
        let sum = small.iter().sum::<SiteNumbers>() + self.head.beyond_limit;
        let base = (self.base.other.sites > 0).then(|| self.base.other.numbers.get(self.metric));
        self.push(change, base, sum.get(self.metric));
    }

    pub(super) fn base_place(&self, site: &StoredSite) -> Option<Place> {
        let function = self.frames.function(&site.key)?;
        Some(Place { function: function.to_owned(), file: None, line: 0 })
    }

    pub(super) fn push_gone(&mut self, site: &StoredSite, numbers: SiteNumbers, place: Option<Place>) {
        let function = |name: &String| Place { function: name.clone(), file: None, line: 0 };
        let through = self.frames.split(&site.key).map_or(&[][..], |(_, through)| through);
        let callers = self.frames.callers(&site.key);
        let change = SiteChange {
            operation: site.key.operation.clone(),
            place,
            through: through.iter().take(THROUGH_SHOWN).map(function).collect(),
            callers: callers.iter().take(CALLERS_SHOWN).map(function).collect(),
            kind: ChangeKind::Gone,
            ..blank(ChangeSubject::Site)
        };
        self.push(change, Some(numbers.get(self.metric)), 0);
    }

    fn push_new(&mut self, site: &Site, position: &Position) {
        let change = self.site_change(site, Some(position), false);
        self.push(change, None, position.numbers.get(self.metric));
    }

    /// Adds a row, unless nothing changed.
    pub(super) fn push(&mut self, change: SiteChange, base: Option<i64>, head: i64) {
        let delta = head.wrapping_sub(base.unwrap_or_default());
        if delta == 0 {
            return;
        }
        let kind = match (change.kind, base) {
            (_, None) => ChangeKind::New,
            (ChangeKind::Gone | ChangeKind::Moved, _) => change.kind,
            _ if delta < 0 => ChangeKind::Shrank,
            _ => ChangeKind::Grew,
        };
        self.changes.push(SiteChange { base, head, delta, kind, ..change });
    }
}

fn blank(subject: ChangeSubject) -> SiteChange {
    SiteChange {
        subject,
        operation: String::new(),
        place: None,
        through: Vec::new(),
        callers: Vec::new(),
        base: None,
        head: 0,
        delta: 0,
        kind: ChangeKind::Grew,
        notes: Vec::new(),
    }
}
