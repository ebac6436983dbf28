//! Reads the file.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::layout::{
    ALLOCATOR_OF_ITS_OWN, BECAME_ANOTHER, ENDED, EXECUTABLE_BYTES, FORKED, KIND_ANNOUNCED, KIND_PROCESS,
    KIND_WITHDRAWN, LINKED, MAGIC, MOST_SLOTS, SLOT_BYTES, TABLE_VERSION, UNCOUNTED_BLOCKS, WORD_BYTES,
    WORDS_BYTES, header, word,
};
use super::{Announcement, ProcessEntry, ProcessNumbers, ProcessTable, ProcessTableError};

impl ProcessTable {
    /// Reads what processes have said until now: no more of the file than the slots that were taken.
    ///
    /// # Errors
    /// When it can't be read, or is no such file.
    pub fn read(path: &Path) -> Result<Self, ProcessTableError> {
        let mut file = File::open(path).map_err(ProcessTableError::Read)?;
        let mut bytes = Vec::new();
        let mut read_to = |length: usize, bytes: &mut Vec<u8>| {
            let more = length.saturating_sub(bytes.len()) as u64;
            file.by_ref().take(more).read_to_end(bytes).map_err(ProcessTableError::Read)
        };
        read_to(SLOT_BYTES, &mut bytes)?;
        let taken = taken(&bytes)?.0;
        read_to(taken * SLOT_BYTES, &mut bytes)?;
        Self::parse(&bytes)
    }

    /// What the bytes of a file say.
    ///
    /// # Errors
    /// When they are none of such a file, or not all that it says.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProcessTableError> {
        let (taken, beyond) = taken(bytes)?;
        let slots = bytes.get(..taken * SLOT_BYTES).ok_or(ProcessTableError::Truncated)?;
        let mut table = Self { lost: beyond, ..Self::default() };
        for (number, slot) in (0_u32..).zip(slots.chunks_exact(SLOT_BYTES)).skip(1) {
            match at(slot, word::KIND) {
                KIND_PROCESS => table.processes.push(process(number, slot)),
                KIND_ANNOUNCED => table.announcements.push(Announcement {
                    slot: number,
                    process: small(at(slot, word::PROCESS)),
                    parent: small(at(slot, word::PARENT)),
                    program: text(slot.get(WORDS_BYTES..).unwrap_or(&[])),
                }),
                KIND_WITHDRAWN => {}
                _ => table.lost += 1,
            }
        }
        Ok(table)
    }
}

/// How many slots there are to be read, the header included, and how many more were asked for.
fn taken(bytes: &[u8]) -> Result<(usize, u64), ProcessTableError> {
    if !bytes.starts_with(&MAGIC) {
        return Err(ProcessTableError::NoTable);
    }
    if bytes.len() < SLOT_BYTES {
        return Err(ProcessTableError::Truncated);
    }
    match at(bytes, header::VERSION) {
        TABLE_VERSION => {}
        other => return Err(ProcessTableError::Version(other)),
    }
    let asked = at(bytes, header::TAKEN).max(1);
    let most = MOST_SLOTS as u64;
    Ok((usize::try_from(asked.min(most)).unwrap_or(MOST_SLOTS), asked.saturating_sub(most)))
}

fn process(number: u32, slot: &[u8]) -> ProcessEntry {
    let flags = at(slot, word::FLAGS);
    let (executable, arguments) =
        slot.get(WORDS_BYTES..).unwrap_or(&[]).split_at_checked(EXECUTABLE_BYTES).unwrap_or_default();
    let arguments = &arguments[..arguments.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)];
    ProcessEntry {
        slot: number,
        process: small(at(slot, word::PROCESS)),
        parent: small(at(slot, word::PARENT)),
        executable: text(executable),
        arguments: if arguments.is_empty() {
            Vec::new()
        } else {
            arguments.split(|byte| *byte == 0).map(os_string).collect()
        },
        has_ended: flags & ENDED != 0,
        has_become_another: flags & BECAME_ANOTHER != 0,
        is_forked: flags & FORKED != 0,
        has_allocator_of_its_own: flags & ALLOCATOR_OF_ITS_OWN != 0,
        has_uncounted_blocks: flags & UNCOUNTED_BLOCKS != 0,
        is_linked: flags & LINKED != 0,
        resident_peak_bytes: Some(at(slot, word::RESIDENT_PEAK_BYTES)).filter(|bytes| *bytes > 0),
        numbers: ProcessNumbers {
            allocs: at(slot, word::ALLOCS),
            reallocs: at(slot, word::REALLOCS),
            total_bytes: at(slot, word::TOTAL_BYTES),
            // A process that was killed between two counters may have freed more than it has.
            live_bytes: u64::try_from(at(slot, word::LIVE_BYTES) as i64).unwrap_or(0),
            peak_bytes: at(slot, word::PEAK_BYTES),
            frees: at(slot, word::FREES),
            unknown_blocks: at(slot, word::UNKNOWN_BLOCKS),
            mapped_peak_bytes: at(slot, word::MAPPED_PEAK_BYTES),
        },
    }
}

fn at(slot: &[u8], word: usize) -> u64 {
    let bytes = slot.get(word * WORD_BYTES..).and_then(<[u8]>::first_chunk);
    u64::from_le_bytes(bytes.copied().unwrap_or_default())
}

/// Numbers of processes have 32 bits.
fn small(word: u64) -> u32 {
    u32::try_from(word).unwrap_or(0)
}

/// What comes before the first zero byte.
fn text(bytes: &[u8]) -> OsString {
    os_string(bytes.split(|byte| *byte == 0).next().unwrap_or_default())
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}
