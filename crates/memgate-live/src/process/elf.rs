//! Just enough of ELF: segments, sections, the build id. 64 bits in this machine's byte order: what runs here.

use std::fs::File;

use super::bounded::Bytes;

/// No object has as many; what says so is not to be believed.
const MAX_ENTRIES: u16 = 4_096;
/// Notes are some hundred bytes.
const MAX_NOTES: u64 = 64 << 10;
const LOAD: u32 = 1;
const NOTE: u32 = 4;
const BUILD_ID: u32 = 3;

/// An object's segments, and where its sections are listed.
#[derive(Clone, Debug)]
pub(crate) struct Elf {
    pub(crate) segments: Vec<Segment>,
    section_table: u64,
    section_count: u16,
}

/// A part of an object, as it is loaded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    kind: u32,
    pub(crate) file_offset: u64,
    pub(crate) address: u64,
    pub(crate) file_size: u64,
}

/// A part of an object, as a linker sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    pub(crate) kind: u32,
    pub(crate) file_offset: u64,
    pub(crate) size: u64,
    pub(crate) link: u32,
}

impl Elf {
    /// Reads the header and the segments; none when it is no such file.
    pub(crate) fn read(bytes: &(impl Bytes + ?Sized)) -> Option<Self> {
        let mut header = [0; 64];
        bytes.read_at(0, &mut header)?;
        let order = if cfg!(target_endian = "little") { 1 } else { 2 };
        if header[..6] != [0x7f, b'E', b'L', b'F', 2, order] {
            return None;
        }
        let (table, size, count) = (u64_at(&header, 32)?, u16_at(&header, 54)?, u16_at(&header, 56)?);
        if size != 56 || count > MAX_ENTRIES {
            return None;
        }
        let mut entries = vec![0; usize::from(count) * 56];
        bytes.read_at(table, &mut entries)?;
        let has_sections = u16_at(&header, 58)? == 64;
        Some(Self {
            segments: entries.chunks_exact(56).map(segment).collect::<Option<_>>()?,
            section_table: u64_at(&header, 40)?,
            section_count: if has_sections { u16_at(&header, 60)?.min(MAX_ENTRIES) } else { 0 },
        })
    }

    /// The sections, of a file; what is loaded has none.
    pub(crate) fn sections(&self, bytes: &(impl Bytes + ?Sized)) -> Option<Vec<Section>> {
        let mut entries = vec![0; usize::from(self.section_count) * 64];
        bytes.read_at(self.section_table, &mut entries)?;
        entries.chunks_exact(64).map(section).collect()
    }

    /// The address, as the object counts them, of what lies at an offset of its file.
    pub(crate) fn address_of_offset(&self, offset: u64) -> Option<u64> {
        self.segments
            .iter()
            .filter(|segment| segment.kind == LOAD)
            .find(|segment| {
                offset.checked_sub(segment.file_offset).is_some_and(|within| within < segment.file_size)
            })
            .and_then(|segment| segment.address.checked_add(offset - segment.file_offset))
    }

    /// The address, as the object counts them, of its first byte: what is between it and where it was loaded is its bias.
    pub(crate) fn first_address(&self) -> Option<u64> {
        let first = self.segments.iter().find(|segment| segment.kind == LOAD)?;
        first.address.checked_sub(first.file_offset)
    }

    /// The build id in hexadecimal digits; `place` says where a segment is.
    pub(crate) fn build_id(
        &self,
        bytes: &(impl Bytes + ?Sized),
        place: impl Fn(&Segment) -> Option<u64>,
    ) -> Option<String> {
        let notes =
            self.segments.iter().filter(|segment| segment.kind == NOTE && segment.file_size <= MAX_NOTES);
        for segment in notes {
            let mut text = vec![0; segment.file_size as usize];
            let read = place(segment).and_then(|place| bytes.read_at(place, &mut text));
            if let Some(id) = read.and_then(|()| build_id_note(&text)) {
                return Some(id);
            }
        }
        None
    }
}

/// The build id of a file.
pub(crate) fn build_id_of_file(elf: &Elf, file: &File) -> Option<String> {
    elf.build_id(file, |segment| Some(segment.file_offset))
}

/// The descriptor of the note `NT_GNU_BUILD_ID`, among several.
fn build_id_note(mut notes: &[u8]) -> Option<String> {
    loop {
        let (name_size, size, kind) =
            (u32_at(notes, 0)? as usize, u32_at(notes, 4)? as usize, u32_at(notes, 8)?);
        let start = 12_usize.checked_add(name_size.checked_next_multiple_of(4)?)?;
        let end = start.checked_add(size)?;
        let name = notes.get(12..12 + name_size)?;
        let descriptor = notes.get(start..end)?;
        if kind == BUILD_ID && name == b"GNU\0" && !descriptor.is_empty() {
            return Some(descriptor.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        notes = notes.get(end.checked_next_multiple_of(4)?..)?;
    }
}

fn segment(entry: &[u8]) -> Option<Segment> {
    Some(Segment {
        kind: u32_at(entry, 0)?,
        file_offset: u64_at(entry, 8)?,
        address: u64_at(entry, 16)?,
        file_size: u64_at(entry, 32)?,
    })
}

fn section(entry: &[u8]) -> Option<Section> {
    Some(Section {
        kind: u32_at(entry, 4)?,
        file_offset: u64_at(entry, 24)?,
        size: u64_at(entry, 32)?,
        link: u32_at(entry, 40)?,
    })
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(offset..offset + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(offset..offset + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(bytes.get(offset..offset + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_is_found_among_others() {
        let mut notes = Vec::new();
        for (name, kind, descriptor) in [
            (&b"Go\0"[..], 4, &b"xyz"[..]),
            (b"GNU\0", 1, b"abcd"),
            (b"GNU\0", BUILD_ID, &[0xde, 0xad, 0x01]),
        ] {
            for number in [name.len() as u32, descriptor.len() as u32, kind] {
                notes.extend(number.to_ne_bytes());
            }
            for part in [name, descriptor] {
                notes.extend(part);
                notes.resize(notes.len().next_multiple_of(4), 0);
            }
        }
        assert_eq!(build_id_note(&notes).as_deref(), Some("dead01"));
        assert_eq!(build_id_note(&notes[..24]), None);
    }

    #[test]
    fn garbage_is_no_object() {
        let mut bytes = vec![0xff; 4_096];
        assert!(Elf::read(bytes.as_slice()).is_none());
        bytes[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1]);
        assert!(Elf::read(bytes.as_slice()).is_none());
        // The right sizes, and a table beyond the end.
        bytes[54..58].copy_from_slice(&[56, 0, 2, 0]);
        assert!(Elf::read(bytes.as_slice()).is_none());
        // The longest name and descriptor that a note can claim.
        assert_eq!(build_id_note(&[0xff; 64]), None);
    }

    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    #[test]
    fn this_program_has_segments_and_sections() {
        let file = File::open("/proc/self/exe").unwrap();
        let elf = Elf::read(&file).unwrap();
        assert!(elf.first_address().is_some());
        assert!(!elf.sections(&file).unwrap().is_empty());
        assert!(elf.address_of_offset(u64::MAX).is_none());
    }
}
