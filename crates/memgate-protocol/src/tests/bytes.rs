//! No bytes make a reader panic.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::values::{capture, request, response};
use crate::capture::Capture;
use crate::codec::to_bytes;
use crate::{Request, Response};

/// A change to bytes.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    /// A part once more, behind itself: fields and elements twice.
    Repeat(Index, Index),
    /// A part moved to the end.
    Move(Index, Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = || prop_oneof![any::<u8>(), prop::sample::select(b"{}[],:\"\\-.0123eEnu \n".to_vec())];
    prop_oneof![
        (any::<Index>(), byte()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        any::<Index>().prop_map(Mutation::Remove),
        any::<Index>().prop_map(Mutation::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(start, end)| Mutation::Repeat(start, end)),
        (any::<Index>(), any::<Index>()).prop_map(|(start, end)| Mutation::Move(start, end)),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let count = bytes.len() + 1;
    let range = |start: &Index, end: &Index| {
        let (start, end) = (start.index(count), end.index(count));
        start.min(end)..start.max(end)
    };
    match mutation {
        Mutation::Insert(at, byte) => bytes.insert(at.index(count), *byte),
        Mutation::Cut(at) => bytes.truncate(at.index(count)),
        Mutation::Repeat(start, end) => {
            let range = range(start, end);
            let part = bytes[range.clone()].to_vec();
            bytes.splice(range.end..range.end, part);
        }
        Mutation::Move(start, end) => {
            let part: Vec<u8> = bytes.drain(range(start, end)).collect();
            bytes.extend(part);
        }
        Mutation::Replace(at, byte) if !bytes.is_empty() => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Mutation::Remove(at) if !bytes.is_empty() => drop(bytes.remove(at.index(bytes.len()))),
        Mutation::Replace(..) | Mutation::Remove(_) => {}
    }
}

/// Bytes with up to three changes.
pub(super) fn mutated(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (bytes, vec(mutation(), 0..=3)).prop_map(|(mut bytes, mutations)| {
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
        }
        bytes
    })
}

fn file(capture: &Capture) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    capture.write(file.path()).unwrap();
    std::fs::read(file.path()).unwrap()
}

/// Reads bytes as everything that there is. What is read is shown, and what is not says why.
fn read_all(bytes: &[u8]) {
    let shown = (Request::parse(bytes), Response::parse(bytes), Capture::parse(bytes));
    let problems = [
        shown.0.as_ref().err().map(ToString::to_string),
        shown.1.as_ref().err().map(ToString::to_string),
        shown.2.as_ref().err().map(ToString::to_string),
    ];
    assert!(problems.iter().flatten().all(|problem| !problem.is_empty()), "{shown:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn requests_with_faults_are_read_or_refused(bytes in mutated(request().prop_map(|value| to_bytes(&value)))) {
        read_all(&bytes);
    }

    #[test]
    fn responses_with_faults_are_read_or_refused(bytes in mutated(response().prop_map(|value| to_bytes(&value)))) {
        read_all(&bytes);
    }

    #[test]
    fn captures_with_faults_are_refused_or_sound(bytes in mutated(capture().prop_map(|capture| file(&capture)))) {
        read_all(&bytes);
        if let Ok(capture) = Capture::parse(&bytes) {
            prop_assert_eq!(Capture::parse(&file(&capture)).unwrap(), capture);
        }
    }
}
