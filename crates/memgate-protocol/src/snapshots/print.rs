//! Snapshots to the text of a file.

use super::{SNAPSHOTS_KIND, SNAPSHOTS_SCHEMA, Snapshot, SnapshotFile};
use crate::codec::Writer;

/// Prints a file of snapshots, as baselines are printed: keys sorted, one metric on a line, no date, no revision, no host; the
/// same data always gives the same bytes.
#[must_use]
pub fn print_snapshots(file: &SnapshotFile) -> String {
    let profiles = file.profiles.iter().map(|(profile, snapshots)| {
        let snapshots = snapshots.iter().map(|(id, snapshot)| (id.as_str(), print_snapshot(snapshot)));
        (profile.as_str(), print_object(2, snapshots))
    });
    let members = [
        ("kind", format!("\"{SNAPSHOTS_KIND}\"")),
        ("profiles", print_object(1, profiles)),
        ("schema", SNAPSHOTS_SCHEMA.to_string()),
    ];
    print_object(0, members) + "\n"
}

fn print_snapshot(snapshot: &Snapshot) -> String {
    let Snapshot { probe, rustc, .. } = snapshot;
    let mut members: Vec<(&str, String)> =
        snapshot.by_metric().map(|(metric, value)| (metric.name(), value.to_string())).collect();
    members.push(("environment", format!("{{ \"probe\": {probe}, \"rustc\": {} }}", print_string(rustc))));
    members.sort_unstable_by_key(|(key, _)| *key);
    print_object(3, members)
}

/// An object at a depth, one member on a line.
fn print_object<'a>(depth: usize, members: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let indent = "  ".repeat(depth + 1);
    let lines: Vec<String> =
        members.into_iter().map(|(key, value)| format!("\n{indent}{}: {value}", print_string(key))).collect();
    if lines.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{{}\n{}}}", lines.join(","), "  ".repeat(depth))
    }
}

fn print_string(text: &str) -> String {
    let mut writer = Writer::default();
    writer.string(text);
    String::from_utf8_lossy(&writer.into_bytes()).into_owned()
}
