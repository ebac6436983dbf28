//! Explanations of benchmarks with several threads.

use std::collections::BTreeMap;

use super::{ChangeKind, ChangeNote, ChangeSubject, Explanation, SiteChange};
use crate::sites::erased_name;

impl Explanation {
    /// With the call paths of one function taken together where some have more and others less.
    ///
    /// A scheduler that steals work lets the same function be called through other functions in each run. What one path
    /// has more, another has less, and neither is anybody's doing. Where a function has more in sum, one row says so.
    #[must_use]
    pub fn with_call_paths_netted(self) -> Self {
        let mut groups: BTreeMap<(String, Option<String>), Vec<SiteChange>> = BTreeMap::new();
        let mut changes = Vec::new();
        for change in self.changes {
            if change.subject == ChangeSubject::Site {
                let function = change.place.as_ref().map(|place| erased_name(&place.function));
                groups.entry((change.operation.clone(), function)).or_default().push(change);
            } else {
                changes.push(change);
            }
        }
        for group in groups.into_values() {
            let has_both =
                group.iter().any(|change| change.delta > 0) && group.iter().any(|change| change.delta < 0);
            if has_both {
                changes.extend(netted(group));
            } else {
                changes.extend(group);
            }
        }
        changes.sort_by_key(|change| (change.delta < 0, std::cmp::Reverse(change.delta.unsigned_abs())));
        Self { changes, ..self }
    }
}

/// The sum of several changes, at the place of the one that went furthest that way; none when it is zero.
fn netted(group: Vec<SiteChange>) -> Option<SiteChange> {
    let sum = |value: fn(&SiteChange) -> i64| {
        group.iter().fold(0_i64, |sum, change| sum.wrapping_add(value(change)))
    };
    let (base, head) = (sum(|change| change.base.unwrap_or_default()), sum(|change| change.head));
    let delta = sum(|change| change.delta);
    let count = |is_there: fn(&SiteChange) -> bool| {
        u64::try_from(group.iter().filter(|change| is_there(change)).count()).unwrap_or(u64::MAX)
    };
    let note = ChangeNote::Summed {
        base_sites: count(|change| change.kind != ChangeKind::New),
        head_sites: count(|change| change.kind != ChangeKind::Gone),
    };
    let furthest =
        group.into_iter().max_by_key(|change| i128::from(change.delta) * i128::from(delta.signum()))?;
    let kind = if delta > 0 { ChangeKind::Grew } else { ChangeKind::Shrank };
    (delta != 0).then(|| SiteChange { base: Some(base), head, delta, kind, notes: vec![note], ..furthest })
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::model::MetricKey;
    use crate::sites::Place;

    fn change(function: &str, line: u32, base: Option<i64>, head: i64) -> SiteChange {
        let delta = head - base.unwrap_or_default();
        SiteChange {
            subject: ChangeSubject::Site,
            operation: "Vec::push".into(),
            place: Some(Place { function: function.into(), file: None, line }),
            through: Vec::new(),
            callers: Vec::new(),
            base,
            head,
            delta,
            kind: if base.is_none() { ChangeKind::New } else { ChangeKind::Grew },
            notes: Vec::new(),
        }
    }

    #[test]
    fn what_only_went_another_way_is_no_change() {
        let explanation = Explanation {
            metric: MetricKey::steady(Metric::Allocs),
            changes: vec![
                change("app::map::<u8>", 3, None, 34),
                change("app::other", 9, Some(1), 3),
                change("app::map::<u16>", 4, Some(33), 0),
                change("app::steady", 1, Some(5), 4),
                change("app::steady", 1, Some(4), 5),
            ],
            unexplained: Vec::new(),
            peak: None,
        };
        let rows: Vec<String> = explanation
            .with_call_paths_netted()
            .changes
            .iter()
            .map(|change| {
                let place = change.place.as_ref().unwrap();
                format!("{} {:?} {} → {}", place.function, change.base, change.delta, change.notes.len())
            })
            .collect();
        assert_eq!(rows, ["app::other Some(1) 2 → 0", "app::map::<u8> Some(33) 1 → 1"]);
    }
}
