//! The committed numbers of tests against those of base.

use memgate_protocol::snapshots::{SNAPSHOTS_FILE, Snapshot, SnapshotFile};

use super::raises::{compare, sort};
use crate::model::{BenchmarkId, MetricKey, Observation, SnapshotKey, Snapshots};
use crate::report::{Acceptance, DroppedBenchmark};

/// Adds what a change accepts of the numbers of tests. Rules of `memgate.toml` are about benchmarks, so every number counts.
pub fn add_accepted_snapshots(acceptance: &mut Acceptance, base: &Snapshots, head: &Snapshots) {
    let none = SnapshotFile::default();
    for (key, before) in base {
        let after = head.get(key).unwrap_or(&none);
        let mut elsewhere = 0;
        for (profile, id, old) in entries(before) {
            let id_shown = shown(key, profile, id);
            let Some(new) = after.get(profile, id) else {
                acceptance.dropped.push(DroppedBenchmark { target: key.target.clone(), id: id_shown });
                continue;
            };
            for ((metric, old), (_, new)) in old.by_metric().zip(new.by_metric()) {
                let values = [&Observation::Exact(old), &Observation::Exact(new)];
                compare(acceptance, &key.target, &id_shown, MetricKey::steady(metric), values);
            }
            elsewhere +=
                usize::from(new.values != old.values && (&new.rustc, new.probe) != (&old.rustc, old.probe));
        }
        if elsewhere > 0 {
            let SnapshotKey { target, package } = key;
            acceptance.notes.push(format!(
                "{package}/{SNAPSHOTS_FILE} on {target}: new numbers were recorded with another compiler, or another version of memgate"
            ));
        }
    }
    for (key, after) in head {
        let before = base.get(key).unwrap_or(&none);
        let new = entries(after).filter(|(profile, id, _)| before.get(profile, id).is_none()).count();
        acceptance.added += u64::try_from(new).unwrap_or(u64::MAX);
    }
    sort(acceptance);
}

fn entries(file: &SnapshotFile) -> impl Iterator<Item = (&String, &String, &Snapshot)> {
    let profiles = file.profiles.iter();
    profiles
        .flat_map(|(profile, snapshots)| snapshots.iter().map(move |(id, snapshot)| (profile, id, snapshot)))
}

/// A snapshot as reviewers see it, among benchmarks: no bench target has a blank in its name.
fn shown(key: &SnapshotKey, profile: &str, id: &str) -> BenchmarkId {
    BenchmarkId::new(&*key.package, format!("tests ({profile})"), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(allocs: i64, rustc: &str) -> Snapshot {
        Snapshot { values: [100, 100, allocs, 0, 0], probe: 1, rustc: rustc.to_owned() }
    }

    fn snapshots(entries: &[(&str, &str, i64, &str)]) -> Snapshots {
        let mut file = SnapshotFile::default();
        for (profile, id, allocs, rustc) in entries {
            file.insert(profile, id, snapshot(*allocs, rustc));
        }
        let key = SnapshotKey { target: "x86_64-unknown-linux-gnu".to_owned(), package: "app".to_owned() };
        Snapshots::from([(key, file)])
    }

    #[test]
    fn raised_dropped_added_and_lowered_numbers_are_told_apart() {
        let base = snapshots(&[
            ("dev", "a/b", 4, "1"),
            ("dev", "c", 9, "1"),
            ("release", "a/b", 3, "1"),
            ("dev", "d", 1, "1"),
        ]);
        let head = snapshots(&[
            ("dev", "a/b", 5, "1"),
            ("dev", "c", 8, "2"),
            ("release", "a/b", 9, "1"),
            ("dev", "e", 1, "1"),
        ]);
        let mut found = Acceptance::default();
        add_accepted_snapshots(&mut found, &base, &head);
        let raises: Vec<String> =
            found.raises.iter().map(|raise| format!("{} {}", raise.id, raise.metric)).collect();
        assert_eq!(raises, ["app/tests (release)/a/b allocs", "app/tests (dev)/a/b allocs"]);
        assert_eq!((found.lowered, found.added, found.dropped.len()), (1, 1, 1));
        assert_eq!(found.dropped[0].id.to_string(), "app/tests (dev)/d");
        assert!(
            found.notes[0].starts_with("app/tests.json on x86_64-unknown-linux-gnu: new numbers"),
            "{:?}",
            found.notes
        );

        let mut none = Acceptance::default();
        add_accepted_snapshots(&mut none, &base, &base);
        assert_eq!(none, Acceptance::default());
        add_accepted_snapshots(&mut none, &base, &Snapshots::new());
        assert_eq!(none.dropped.len(), 4);
    }
}
