//! What is shown of a cause: one of its call sites, how it changed, and who calls it.

use std::collections::BTreeMap;

use super::CauseKind;
use super::collected::{Entry, was_called, was_in};
use super::part::WHOLE;
use super::shrunk::netted;
use crate::attribution::{ChangeKind, SiteChange};
use crate::sites::Place;

/// The call site that explains most of a cause.
pub(super) fn shown_entry<'e, 'a>(entries: &[&'e Entry<'a>], rises: &[i128]) -> Option<&'e Entry<'a>> {
    let mut by_spot: BTreeMap<_, (i128, &'e Entry<'a>)> = BTreeMap::new();
    for of_red in netted(entries).chunk_by(|one, other| one.red == other.red) {
        // What shrank beside it makes the rise less than what grew; no metric weighs more for that.
        let grown: i128 = of_red.iter().map(|entry| i128::from(entry.change.delta)).sum();
        for entry in of_red {
            let rise = rises.get(entry.red).copied().unwrap_or(1).max(grown).max(1);
            let share = i128::from(entry.change.delta) * WHOLE / rise;
            by_spot.entry((entry.line, entry.spot)).or_insert((0, entry)).0 += share;
        }
    }
    // The first of equal ones.
    by_spot.into_values().rev().max_by_key(|(share, _)| *share).map(|(_, entry)| entry)
}

/// How a cause changed the code.
pub(super) fn kind(shown: Option<&Entry<'_>>, entries: &[&Entry<'_>]) -> CauseKind {
    let shown_operation = shown.map(|entry| entry.change.operation.as_str());
    let mut operations: Vec<String> = Vec::new();
    // What another function of a package does not do any more is not what this one did.
    let of_function =
        || entries.iter().filter(|entry| shown.is_some_and(|shown| shown.spot.1 == entry.spot.1));
    let gone = of_function().filter(|entry| entry.change.kind == ChangeKind::Gone);
    let was = gone.map(|entry| entry.change.operation.as_str());
    for operation in was.chain(of_function().filter_map(|entry| was_called(entry.change))) {
        if !operations.iter().any(|known| known == operation) {
            operations.push(operation.to_owned());
        }
    }
    // Of what is called as before, there is no more to say than that it has more.
    operations.retain(|operation| Some(operation.as_str()) != shown_operation);
    if !operations.is_empty() {
        return CauseKind::Replaced { operations };
    }
    if let Some(function) = shown.and_then(|entry| was_in(entry.change)) {
        return CauseKind::Moved { function: function.to_owned() };
    }
    let mut grown = entries.iter().filter(|entry| entry.change.delta > 0);
    let has_gone = entries.iter().any(|entry| entry.change.kind == ChangeKind::Gone);
    if !has_gone && grown.all(|entry| entry.change.kind == ChangeKind::New) {
        CauseKind::New
    } else {
        CauseKind::Grew
    }
}

/// The callers that the shown site has in every benchmark.
pub(super) fn common_callers(shown: &SiteChange, entries: &[&Entry<'_>]) -> Vec<Place> {
    let mut common: &[Place] = &shown.callers;
    let same = entries.iter().filter(|entry| {
        entry.change.delta > 0
            && entry.change.place == shown.place
            && entry.change.operation == shown.operation
    });
    for entry in same {
        let length = common.iter().zip(&entry.change.callers).take_while(|(one, other)| one == other).count();
        common = common.get(..length).unwrap_or(common);
    }
    common.to_vec()
}
