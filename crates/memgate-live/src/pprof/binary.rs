//! `profile.proto`, uncompressed: every client that was read takes it as it is.

use std::io::{self, Write};

use memgate_pprof::{ProfileBuilder, ProfileStream};

use super::comments::{Taken, comments};
use super::kind::HeapKind;
use super::no_stack::without_addresses;
use super::samples::{LocationIds, SAMPLE_TYPES, Samples, Sink, summary, values};
use crate::heap::Walk;
use crate::process::LoadedObject;
use crate::profile::HeapProfile;

/// Writes a profile. `objects` is what was loaded when it was taken, the program first.
///
/// It has addresses and build ids and no names: whoever looks at it has the program at hand, or asks for the symbols.
pub(crate) fn binary(
    profile: &HeapProfile,
    objects: &[LoadedObject],
    kind: HeapKind,
    taken: Taken,
) -> Vec<u8> {
    let mut ids = LocationIds::default();
    let mut samples = Samples::new(ProfileBuilder::new(&SAMPLE_TYPES), objects, &mut ids);
    for stack in &profile.stacks {
        let addresses = stack.return_addresses.iter().map(|address| *address as u64);
        add(&mut samples, addresses, &values(&stack.allocated, &stack.live), profile);
    }
    let comments = comments(profile, taken, std::process::id());
    samples.into_sink().finish(&summary(profile, kind, taken, &comments))
}

/// Writes a heap's profile while it goes through the tables, with one comment more. Beside what it is given it takes a few
/// kibibytes at a time, however much there is to be written.
///
/// # Errors
/// When a write fails. What was not in the tables in time is left out.
pub(crate) fn write_profile<W: Write>(
    walk: &Walk<'_>,
    objects: &[LoadedObject],
    ids: &mut LocationIds,
    comment: String,
    out: W,
) -> io::Result<W> {
    let head = walk.head();
    let stream = ProfileStream::new(out, &SAMPLE_TYPES);
    let mut samples = Samples::new(stream, objects, ids);
    let shown = walk.stacks(|stack| {
        let addresses = stack.addresses().map(|address| address as u64);
        add(&mut samples, addresses, &values(&stack.allocated, &stack.live), head);
    });
    shown.map_err(io::Error::other)?;
    let mut comments = comments(head, Taken::SinceStart, std::process::id());
    comments.push(comment);
    samples.into_sink().finish(&summary(head, HeapKind::Heap, Taken::SinceStart, &comments))
}

/// Adds a stack of which something is left.
fn add<S: Sink>(
    samples: &mut Samples<'_, S>,
    return_addresses: impl Iterator<Item = u64>,
    values: &[i64; 4],
    head: &HeapProfile,
) {
    if *values != [0; 4] {
        samples.add(return_addresses, values, without_addresses(head), &[]);
    }
}
