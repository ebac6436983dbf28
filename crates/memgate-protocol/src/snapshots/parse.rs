//! The text of a file to snapshots.

use std::collections::{BTreeMap, BTreeSet};

use super::{SNAPSHOTS_KIND, SNAPSHOTS_SCHEMA, Snapshot, SnapshotFile, SnapshotFileError, check_id};
use crate::codec::{Decode, Reader};
use crate::{DecodeError, DecodeProblem, Metric, check_name};

const FILE_KEYS: &[&str] = &["kind", "profiles", "schema"];
const ENVIRONMENT_KEYS: &[&str] = &["probe", "rustc"];
const SNAPSHOT_KEYS: &[&str] =
    &["allocs", "environment", "peak_bytes", "reallocs", "retained_bytes", "total_bytes"];

/// Reads a file of snapshots.
///
/// # Errors
/// When it is none, has a newer schema, unknown or repeated keys, or numbers that can't be.
pub fn parse_snapshots(bytes: &[u8]) -> Result<SnapshotFile, SnapshotFileError> {
    let at_line =
        |error: DecodeError| SnapshotFileError::Decode { line: line_of(bytes, error.offset), error };
    let conflict = |line: &[u8]| line.starts_with(b"<<<<<<< ") || line.starts_with(b">>>>>>> ");
    if let Some(index) = bytes.split(|byte| *byte == b'\n').position(conflict) {
        return Err(SnapshotFileError::MergeConflict { line: index + 1 });
    }
    check_envelope(read_envelope(bytes).map_err(at_line)?)?;
    let file = read_file(bytes).map_err(at_line)?;
    for (profile, snapshots) in &file.profiles {
        check_name(profile).map_err(|error| {
            SnapshotFileError::Unsound(format!("{profile:?} is no name of a profile: {error}"))
        })?;
        for (id, snapshot) in snapshots {
            check_id(id)
                .map_err(|error| SnapshotFileError::Unsound(format!("{id:?} is no id of a test: {error}")))?;
            let negative =
                snapshot.by_metric().find(|(metric, value)| *value < 0 && *metric != Metric::RetainedBytes);
            if let Some((metric, _)) = negative {
                return Err(SnapshotFileError::Unsound(format!("`{metric}` of `{id}` is negative")));
            }
        }
    }
    Ok(file)
}

fn line_of(bytes: &[u8], offset: usize) -> usize {
    bytes.iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// What a file says it is, whatever else is in it, so that a newer one is called newer and not malformed.
fn read_envelope(bytes: &[u8]) -> Result<(Option<String>, Option<u32>), DecodeError> {
    let mut reader = Reader::new(bytes)?;
    let (mut kind, mut schema) = (None, None);
    let mut members = reader.object()?;
    while let Some(key) = members.key(&mut reader)? {
        match &*key {
            "kind" => kind = Some(String::decode(&mut reader)?),
            "schema" => schema = Some(u32::decode(&mut reader)?),
            _ => reader.skip()?,
        }
    }
    reader.end()?;
    Ok((kind, schema))
}

fn check_envelope((kind, schema): (Option<String>, Option<u32>)) -> Result<(), SnapshotFileError> {
    match schema {
        _ if kind.as_deref() != Some(SNAPSHOTS_KIND) => Err(SnapshotFileError::Kind),
        None => Err(SnapshotFileError::Kind),
        Some(0) => Err(SnapshotFileError::Schema { found: 0 }),
        Some(found) if found > SNAPSHOTS_SCHEMA => Err(SnapshotFileError::Newer { found }),
        Some(_) => Ok(()),
    }
}

fn read_file(bytes: &[u8]) -> Result<SnapshotFile, DecodeError> {
    let mut reader = Reader::new(bytes)?;
    let mut file = SnapshotFile::default();
    for_each_member(&mut reader, |reader, key, offset| match key {
        "kind" | "schema" => reader.skip(),
        "profiles" => {
            file.profiles = read_map(reader, |reader| read_map(reader, read_snapshot))?;
            Ok(())
        }
        _ => Err(unknown(offset, key, FILE_KEYS)),
    })?;
    reader.end()?;
    Ok(file)
}

fn read_snapshot(reader: &mut Reader<'_>) -> Result<Snapshot, DecodeError> {
    let mut values = [None; 5];
    let mut environment = None;
    for_each_member(reader, |reader, key, offset| {
        if key == "environment" {
            environment = Some(read_environment(reader)?);
            return Ok(());
        }
        let place = Snapshot::METRICS.iter().position(|metric| metric.name() == key);
        let place = place.ok_or_else(|| unknown(offset, key, SNAPSHOT_KEYS))?;
        values[place] = Some(i64::decode(reader)?);
        Ok(())
    })?;
    let missing = |field| DecodeError::new(reader.position(), DecodeProblem::MissingField(field));
    let (probe, rustc) = environment.ok_or_else(|| missing("environment"))?;
    let mut found = [0; 5];
    for ((found, value), metric) in found.iter_mut().zip(values).zip(Snapshot::METRICS) {
        *found = value.ok_or_else(|| missing(metric.name()))?;
    }
    Ok(Snapshot { values: found, probe, rustc })
}

fn read_environment(reader: &mut Reader<'_>) -> Result<(u32, String), DecodeError> {
    let (mut probe, mut rustc) = (None, None);
    for_each_member(reader, |reader, key, offset| {
        match key {
            "probe" => probe = Some(u32::decode(reader)?),
            "rustc" => rustc = Some(String::decode(reader)?),
            _ => return Err(unknown(offset, key, ENVIRONMENT_KEYS)),
        }
        Ok(())
    })?;
    let missing = |field| DecodeError::new(reader.position(), DecodeProblem::MissingField(field));
    Ok((probe.ok_or_else(|| missing("probe"))?, rustc.ok_or_else(|| missing("rustc"))?))
}

/// Reads an object whose keys are anybody's.
fn read_map<T>(
    reader: &mut Reader<'_>,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<BTreeMap<String, T>, DecodeError> {
    let mut map = BTreeMap::new();
    for_each_member(reader, |reader, key, _| {
        map.insert(key.to_owned(), read(reader)?);
        Ok(())
    })?;
    Ok(map)
}

/// Reads an object in which no key stands twice.
fn for_each_member(
    reader: &mut Reader<'_>,
    mut read: impl FnMut(&mut Reader<'_>, &str, usize) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut seen = BTreeSet::new();
    let mut members = reader.object()?;
    let mut offset = reader.position();
    while let Some(key) = members.key(reader)? {
        if seen.contains(&key) {
            return Err(DecodeError::new(reader.position(), DecodeProblem::RepeatedKey(key.into_owned())));
        }
        read(reader, &key, offset)?;
        seen.insert(key);
        offset = reader.position();
    }
    Ok(())
}

fn unknown(offset: usize, name: &str, known: &'static [&'static str]) -> DecodeError {
    // Within the member, past the line that the one before it ends on.
    DecodeError::new(offset + 1, DecodeProblem::UnknownField { name: name.to_owned(), known })
}
