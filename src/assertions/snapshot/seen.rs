//! Which snapshots this process has measured.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::change::changes;
use super::site::SnapshotSite;
use memgate_protocol::snapshots::Snapshot;

/// What was measured under an id first.
#[derive(Clone, Debug)]
struct Seen {
    site: SnapshotSite,
    snapshot: Snapshot,
}

/// Why an id can't be that of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// Another assertion has it; where.
    OtherSite(String),
    /// The assertion itself has measured other numbers before, so that there are none to record.
    OtherNumbers(Snapshot),
}

static SEEN: Mutex<BTreeMap<(&'static str, &'static str), Seen>> = Mutex::new(BTreeMap::new());

/// Notes what was measured.
///
/// # Errors
/// When another assertion of this process has the id, or, where it `records`, this one had other numbers.
pub(super) fn see(site: &SnapshotSite, snapshot: &Snapshot, records: bool) -> Result<(), Clash> {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let first = seen
        .entry((site.package, site.id))
        .or_insert_with(|| Seen { site: *site, snapshot: snapshot.clone() });
    if first.site != *site {
        return Err(Clash::OtherSite(first.site.place()));
    }
    if records && !changes(&first.snapshot, snapshot).is_empty() {
        return Err(Clash::OtherNumbers(first.snapshot.clone()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_is_one_assertion_with_one_set_of_numbers() {
        let site = SnapshotSite {
            id: "id",
            package: "of this test",
            package_folder: "/p",
            file: "tests/a.rs",
            line: 3,
            column: 5,
            has_debug_assertions: true,
        };
        let snapshot = |allocs| Snapshot { values: [8, 8, allocs, 0, 8], probe: 1, rustc: String::new() };
        assert_eq!(see(&site, &snapshot(1), true), Ok(()));
        assert_eq!(see(&site, &snapshot(1), true), Ok(()));
        assert_eq!(see(&site, &snapshot(2), false), Ok(()), "that is for the comparison to say");
        assert_eq!(see(&site, &snapshot(2), true), Err(Clash::OtherNumbers(snapshot(1))));
        let other = SnapshotSite { line: 9, ..site };
        assert_eq!(see(&other, &snapshot(1), false), Err(Clash::OtherSite("tests/a.rs:3:5".to_owned())));
        assert_eq!(see(&SnapshotSite { package: "another", ..other }, &snapshot(1), true), Ok(()));
    }
}
