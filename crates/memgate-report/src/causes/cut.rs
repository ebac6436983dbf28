//! Explanations of bounded length.

use crate::attribution::{ChangeNote, ChangeSubject, Explanation, SiteChange};

/// How many changes a whole report keeps about.
pub const MOST_CHANGES: usize = 100_000;

/// How many each explanation keeps at least: as many as are shown of one.
pub const LEAST_CHANGES: usize = 5;

/// How many changes each of so many explanations may keep: all together [`MOST_CHANGES`], and each of them at least
/// [`LEAST_CHANGES`].
#[must_use]
pub fn most_changes(explanations: usize) -> usize {
    (MOST_CHANGES / explanations.max(1)).max(LEAST_CHANGES)
}

impl Explanation {
    /// With the largest changes alone, and the others as one row, so that the deltas still add up.
    ///
    /// Those that grew and those that shrank are cut by themselves: neither takes the other's place.
    #[must_use]
    pub fn with_at_most(self, most: usize) -> Self {
        if self.changes.len() <= most {
            return self;
        }
        let (mut grown, mut shrunk): (Vec<SiteChange>, Vec<SiteChange>) =
            self.changes.into_iter().partition(|change| change.delta > 0);
        let of_shrunk = shrunk.len().min(most / 2);
        let of_grown = grown.len().min(most - of_shrunk);
        let rest = [largest_first(&mut grown, of_grown), largest_first(&mut shrunk, most - of_grown)];
        let left_out: Vec<SiteChange> = rest.into_iter().filter_map(sum).collect();
        // In a list of their own: the others' memory is what the bound is for.
        let mut changes = Vec::with_capacity(grown.len() + shrunk.len() + left_out.len());
        changes.extend(grown);
        changes.extend(shrunk);
        changes.extend(left_out);
        Self { changes, ..self }
    }
}

/// Cuts a list to its largest changes, and gives what was cut off.
fn largest_first(changes: &mut Vec<SiteChange>, most: usize) -> Vec<SiteChange> {
    if changes.len() <= most {
        return Vec::new();
    }
    let size = |change: &SiteChange| std::cmp::Reverse(change.delta.unsigned_abs());
    // They come in this order; only those of a made-up file do not.
    if !changes.is_sorted_by_key(size) {
        changes.sort_by_key(size);
    }
    changes.split_off(most)
}

fn sum(changes: Vec<SiteChange>) -> Option<SiteChange> {
    let sites = u64::try_from(changes.len()).unwrap_or(u64::MAX);
    let of = |value: fn(&SiteChange) -> i64| {
        changes.iter().fold(0_i64, |sum, change| sum.wrapping_add(value(change)))
    };
    let (base, head) = (of(|change| change.base.unwrap_or_default()), of(|change| change.head));
    let delta = head.wrapping_sub(base);
    let is_known = changes.iter().any(|change| change.base.is_some());
    let first = changes.into_iter().next()?;
    (delta != 0).then(|| SiteChange {
        subject: ChangeSubject::OtherSites,
        operation: String::new(),
        place: None,
        through: Vec::new(),
        callers: Vec::new(),
        base: is_known.then_some(base),
        head,
        delta,
        notes: vec![ChangeNote::LeftOut { sites }],
        ..first
    })
}
