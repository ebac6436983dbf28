//! `profile.proto`, uncompressed: every client that was read takes it as it is.

use std::io::{self, Write};

use memgate_pprof::{ProfileBuilder, ProfileStream};

use super::comments::{Taken, comments};
use super::kind::HeapKind;
use super::no_stack::without_addresses;
use super::samples::{LocationIds, SAMPLE_TYPES, Samples, summary, values};
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
    let builder = ProfileBuilder::new(&SAMPLE_TYPES);
    let mut samples = Samples::new(builder, objects, without_addresses(profile), &mut ids);
    for stack in &profile.stacks {
        samples.add(stack.return_addresses.iter().copied(), &values(&stack.allocated, &stack.live));
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
    let mut samples = Samples::new(stream, objects, without_addresses(head), ids);
    let shown = walk.stacks(|stack| samples.add(stack.addresses(), &values(&stack.allocated, &stack.live)));
    shown.map_err(io::Error::other)?;
    let mut comments = comments(head, Taken::SinceStart, std::process::id());
    comments.push(comment);
    samples.into_sink().finish(&summary(head, HeapKind::Heap, Taken::SinceStart, &comments))
}
