//! Which snapshots go, so that there is room for another.
//!
//! Of each process the first, the highest and the newest are worth the most: where it began, how far it got, and its end. What a
//! process has left that died is what somebody will look for, so that this process's own files go before those of the last one that died.

use std::collections::BTreeMap;

use super::files::{Caps, StoredSnapshot};
use super::reason::Reason;

/// Which files go before another one comes that may have `incoming` bytes; none when what has to stay leaves no room for it.
pub(super) fn make_room(files: &[StoredSnapshot], caps: &Caps, incoming: u64) -> Option<Vec<usize>> {
    let mut order = Vec::new();
    // The one that comes will be among the newest.
    let own = Process::new(own(files), files, caps.newest.saturating_sub(1));
    order.extend(own.ordinary);
    let mut others = others(files, caps.newest);
    let last = others.pop();
    order.extend(others.iter().flat_map(|process| &process.ordinary));
    order.extend(last.iter().flat_map(|process| &process.ordinary));
    order.extend(others.into_iter().flat_map(|process| process.kept));
    order.extend(own.kept);
    // The end of the last one that died stays in any case.
    let mut end = last.map(|process| process.kept).unwrap_or_default();
    end.pop();
    order.extend(end);
    let (removed, fits) = remove_until_it_fits(files, order, caps, 1, incoming);
    fits.then_some(removed)
}

/// Which files go once a new one is there, whose size is known now: of this process's own all but those that are kept of a process, and
/// what else is too much.
pub(super) fn tidy(files: &[StoredSnapshot], caps: &Caps) -> Vec<usize> {
    let mut own = Process::new(own(files), files, caps.newest);
    let mut removed = own.ordinary;
    let mut others = others(files, caps.newest);
    let last = others.pop();
    let mut order = Vec::new();
    order.extend(others.iter().flat_map(|process| &process.ordinary));
    order.extend(last.iter().flat_map(|process| &process.ordinary));
    order.extend(others.into_iter().flat_map(|process| process.kept));
    // What has just been written stays.
    own.kept.pop();
    order.extend(own.kept);
    // No cap may be the largest number.
    let beyond = Caps {
        files: caps.files.saturating_add(removed.len()),
        bytes: caps.bytes.saturating_add(removed.iter().map(|index| files[*index].bytes).sum()),
        ..*caps
    };
    removed.extend(remove_until_it_fits(files, order, &beyond, 0, 0).0);
    removed
}

/// Takes files in an order until the rest fits; whether it does.
fn remove_until_it_fits(
    files: &[StoredSnapshot],
    order: impl IntoIterator<Item = usize>,
    caps: &Caps,
    more_files: usize,
    more_bytes: u64,
) -> (Vec<usize>, bool) {
    let mut count = files.len() + more_files;
    let mut bytes = files.iter().fold(more_bytes, |sum, file| sum.saturating_add(file.bytes));
    let mut removed = Vec::new();
    let mut order = order.into_iter();
    loop {
        if count <= caps.files && bytes <= caps.bytes {
            return (removed, true);
        }
        let Some(index) = order.next() else { return (removed, false) };
        count -= 1;
        bytes -= files[index].bytes;
        removed.push(index);
    }
}

/// The files of one process, each by its index, oldest first.
#[derive(Debug)]
struct Process {
    ordinary: Vec<usize>,
    /// The first, the highest, the newest. The newest of all is the last.
    kept: Vec<usize>,
}

impl Process {
    fn new(indices: Vec<usize>, files: &[StoredSnapshot], newest: usize) -> Self {
        let highest = indices.iter().copied().max_by_key(|index| files[*index].name.live_bytes);
        let begin_of_newest = indices.len().saturating_sub(newest);
        let is_kept = |place: usize, index: usize| {
            place == 0
                || place >= begin_of_newest
                || Some(index) == highest
                || files[index].name.reason == Reason::Start.word()
        };
        let (kept, ordinary): (Vec<_>, Vec<_>) =
            indices.into_iter().enumerate().partition(|(place, index)| is_kept(*place, *index));
        let without_place = |pairs: Vec<(usize, usize)>| pairs.into_iter().map(|(_, index)| index).collect();
        Self { ordinary: without_place(ordinary), kept: without_place(kept) }
    }
}

/// This process's own, oldest first.
fn own(files: &[StoredSnapshot]) -> Vec<usize> {
    let mut own: Vec<usize> = (0..files.len()).filter(|index| files[*index].own.is_some()).collect();
    own.sort_by_key(|index| files[*index].own);
    own
}

/// The others', the process that left the newest file last. Of two with one number, which is the rule in containers, nobody can tell.
fn others(files: &[StoredSnapshot], newest: usize) -> Vec<Process> {
    let mut by_process: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| file.own.is_none()) {
        by_process.entry(file.name.process_id).or_default().push(index);
    }
    let stamp = |index: usize| files[index].name.stamp.as_str();
    let mut lists: Vec<Vec<usize>> = by_process.into_values().collect();
    for list in &mut lists {
        list.sort_by_key(|index| stamp(*index));
    }
    lists.sort_by_key(|list| list.last().map(|index| stamp(*index)));
    lists.into_iter().map(|list| Process::new(list, files, newest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshots::name::{SnapshotName, stamp};

    /// A file of 10 bytes; of this process with the number 0.
    fn file(minute: u64, process_id: u32, live_bytes: u64) -> StoredSnapshot {
        let own = (process_id == 0).then_some(minute);
        let name = SnapshotName {
            stamp: stamp(minute * 60_000),
            live_bytes,
            process_id,
            reason: "level".to_owned(),
        };
        StoredSnapshot { name, bytes: 10, own }
    }

    fn caps(files: usize, bytes: u64) -> Caps {
        Caps { newest: 2, files, bytes }
    }

    /// The minutes of those that are left.
    fn left(files: &[StoredSnapshot], removed: &[usize]) -> Vec<String> {
        let files = files.iter().enumerate().filter(|(index, _)| !removed.contains(index));
        files.map(|(_, file)| file.name.stamp[11..13].to_owned()).collect()
    }

    #[test]
    fn of_a_process_the_first_the_highest_and_the_newest_stay() {
        let mut files: Vec<_> = (0..8).map(|minute| file(minute, 0, 100 + minute)).collect();
        files[3].name.live_bytes = 900;
        files[5].name.reason = "start".to_owned();
        assert_eq!(left(&files, &tidy(&files, &caps(100, 1_000))), ["00", "03", "05", "06", "07"]);
    }

    #[test]
    fn the_clock_does_not_say_which_is_the_newest() {
        let mut files: Vec<_> = (0..6).map(|minute| file(minute, 0, 100)).collect();
        // Set back by four minutes before the last two.
        files[4].name.stamp = stamp(0);
        files[5].name.stamp = stamp(60_000);
        files[5].name.live_bytes = 200;
        assert_eq!(tidy(&files, &caps(100, 1_000)), [1, 2, 3]);
    }

    #[test]
    fn the_end_of_the_process_that_died_goes_last() {
        // Two that died, of five files each, and three of this one.
        let mut files: Vec<_> = (0..5).map(|minute| file(minute, 7, minute)).collect();
        files.extend((10..15).map(|minute| file(minute, 8, minute)));
        files.extend((20..23).map(|minute| file(minute, 0, minute)));
        let left = |most| make_room(&files, &caps(most, 1_000), 10).map(|removed| left(&files, &removed));
        let all = ["00", "01", "02", "03", "04", "10", "11", "12", "13", "14", "20", "21", "22"];
        assert_eq!(left(14).unwrap(), all);
        // Own ones between the first and the newest; those of the others, oldest process first.
        assert_eq!(
            left(13).unwrap(),
            ["00", "01", "02", "03", "04", "10", "11", "12", "13", "14", "20", "22"]
        );
        assert_eq!(left(9).unwrap(), ["00", "03", "04", "10", "13", "14", "20", "22"]);
        assert_eq!(left(6).unwrap(), ["10", "13", "14", "20", "22"]);
        assert_eq!(left(4).unwrap(), ["10", "13", "14"]);
        assert_eq!(left(2).unwrap(), ["14"]);
        assert_eq!(left(1), None);
    }

    #[test]
    fn bytes_are_a_cap_too() {
        let files: Vec<_> = (0..5).map(|minute| file(minute, 0, minute)).collect();
        assert_eq!(make_room(&files, &caps(100, 60), 10), Some(vec![]));
        assert_eq!(make_room(&files, &caps(100, 59), 10), Some(vec![1]));
        assert_eq!(make_room(&files, &caps(100, 59), 60), None);
        assert_eq!(make_room(&[], &caps(100, u64::MAX), u64::MAX), Some(vec![]));
        // What has been written turned out longer.
        let mut files = files;
        files[4].bytes = 95;
        assert_eq!(left(&files, &tidy(&files, &caps(100, 100))), ["04"]);
        assert_eq!(left(&files, &tidy(&files, &caps(100, 5))), ["04"]);
    }

    #[test]
    fn no_cap_at_all_removes_nothing_but_what_is_not_kept_of_a_process() {
        let files: Vec<_> = (0..8).map(|minute| file(minute, 0, minute)).collect();
        let none = caps(usize::MAX, u64::MAX);
        assert_eq!(make_room(&files, &none, 10), Some(vec![]));
        assert_eq!(left(&files, &tidy(&files, &none)), ["00", "06", "07"]);
    }
}
