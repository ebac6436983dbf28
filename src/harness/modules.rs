//! Which files the process's code was mapped from, so that the tool can look up symbols later.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use memgate_protocol::capture::MappedModule;

/// The parts of files that are mapped to be executed. Empty where the system does not say.
pub(crate) fn mapped_modules() -> Vec<MappedModule> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let own = std::fs::read_link("/proc/self/exe").unwrap_or_default();
    // The parts of a file follow each other.
    let mut last = ("", String::new(), 0);
    let mut modules = Vec::new();
    for line in maps.lines() {
        let Some((start, limit, file_offset, path)) = executable_part(line) else { continue };
        if last.0 != path {
            // This way to the executable stays open when another has been put in its place.
            let file = if own.as_os_str() == path { "/proc/self/exe" } else { path };
            let (build_id, file_length) = identity(file);
            last = (path, build_id, file_length);
        }
        modules.push(MappedModule {
            path: path.to_owned(),
            build_id: last.1.clone(),
            file_length: last.2,
            start,
            limit,
            file_offset,
        });
    }
    modules
}

/// The addresses, offset and file of one line of `/proc/self/maps` (proc(5)), if code can be executed there:
/// `55d0c8a00000-55d0c8b00000 r-xp 00010000 08:01 1234    /path/of the/file`
fn executable_part(line: &str) -> Option<(u64, u64, u64, &str)> {
    let mut rest = line;
    let range = next_word(&mut rest);
    let permissions = next_word(&mut rest);
    let offset = next_word(&mut rest);
    let _device = next_word(&mut rest);
    let _inode = next_word(&mut rest);
    let path = rest.trim_start();
    let (start, limit) = range.split_once('-')?;
    // Names in brackets are no files, such as `[vdso]`.
    (permissions.as_bytes().contains(&b'x') && path.starts_with('/')).then_some((
        address(start)?,
        address(limit)?,
        address(offset)?,
        path,
    ))
}

/// What is before the first space; what is behind it is left. Out of line, as others here: they are longer than what they are called for.
#[inline(never)]
fn next_word<'a>(rest: &mut &'a str) -> &'a str {
    let (word, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    *rest = behind;
    word
}

/// A number in hexadecimal digits. The standard library's way to read one would be compiled again with this package.
#[inline(never)]
fn address(digits: &str) -> Option<u64> {
    let mut number = 0_u64;
    for digit in digits.chars() {
        number = number.checked_mul(16)? + u64::from(digit.to_digit(16)?);
    }
    Some(number)
}

/// The build id and the length of a file, as far as they can be read.
fn identity(path: &str) -> (String, u64) {
    let Ok(mut file) = File::open(path) else { return (String::new(), 0) };
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    (build_id(&mut file).unwrap_or_default(), length)
}

/// A file, or bytes in its place. Behind a pointer, so that what looks at it is compiled once.
trait Source: Read + Seek {}

impl<S: Read + Seek> Source for S {}

/// The build id of a 64-bit little-endian ELF file, in hexadecimal digits: the note `NT_GNU_BUILD_ID` in one of its
/// `PT_NOTE` segments (elf(5)).
fn build_id(file: &mut dyn Source) -> Option<String> {
    const PT_NOTE: u64 = 4;
    const MOST_SEGMENTS: u64 = 256;
    let header = read_at(file, 0, 64)?;
    if !header.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, entry_size, entries) =
        (number(&header, 0x20, 8), number(&header, 0x36, 2), number(&header, 0x38, 2));
    for index in 0..entries.min(MOST_SEGMENTS) {
        let entry = read_at(file, table.checked_add(index * entry_size)?, 56)?;
        if number(&entry, 0, 4) != PT_NOTE {
            continue;
        }
        if let Some(id) = build_id_in_notes(file, number(&entry, 0x08, 8), number(&entry, 0x20, 8)) {
            return Some(id);
        }
    }
    None
}

fn build_id_in_notes(file: &mut dyn Source, offset: u64, size: u64) -> Option<String> {
    const NT_GNU_BUILD_ID: u64 = 3;
    const MOST_BYTES: u64 = 64 * 1024;
    let notes = read_at(file, offset, size.min(MOST_BYTES) as usize)?;
    let mut rest = notes.as_slice();
    while let Some((note, after)) = rest.split_at_checked(12) {
        let (name_length, length) = (number(note, 0, 4) as usize, number(note, 4, 4) as usize);
        // Names and descriptions are padded to four bytes.
        let (name, after) = after.split_at_checked(name_length.checked_next_multiple_of(4)?)?;
        let (description, after) = after.split_at_checked(length.checked_next_multiple_of(4)?)?;
        if number(note, 8, 4) == NT_GNU_BUILD_ID && name.starts_with(b"GNU\0") {
            return hexadecimal(description.get(..length)?);
        }
        rest = after;
    }
    None
}

fn hexadecimal(bytes: &[u8]) -> Option<String> {
    let mut digits = String::new();
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            digits.push(char::from_digit(digit.into(), 16)?);
        }
    }
    Some(digits)
}

/// The little-endian integer of so many bytes at a place; what is beyond the end is zero.
#[inline(never)]
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let mut sum = 0;
    for index in (at..at + length).rev() {
        sum = sum << 8 | bytes.get(index).map_or(0, |byte| u64::from(*byte));
    }
    sum
}

fn read_at(file: &mut dyn Source, offset: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(offset)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_spaces_in_the_path() {
        let line = "55d0c8a00000-55d0c8b00000 r-xp 00010000 08:01 1234                       /a folder/file";
        assert_eq!(
            executable_part(line),
            Some((0x55d0_c8a0_0000, 0x55d0_c8b0_0000, 0x10000, "/a folder/file"))
        );
        assert_eq!(executable_part(&line.replace("r-xp", "r--p")), None);
        assert_eq!(executable_part("7ffe-7fff r-xp 00000000 00:00 0                          [vdso]"), None);
        assert_eq!(executable_part("7ffe-7fff r-xp 00000000 00:00 0 "), None);
    }

    #[test]
    fn what_is_no_executable_has_no_build_id() {
        let build_id = |bytes: &[u8]| build_id(&mut std::io::Cursor::new(bytes));
        assert_eq!(build_id(b""), None);
        assert_eq!(build_id(&[0x7f; 100]), None);
        let mut header = [0_u8; 64];
        header[..6].copy_from_slice(b"\x7fELF\x02\x01");
        header[0x38] = 9;
        assert_eq!(build_id(&header), None);
        header[0x20..0x28].fill(0xff);
        header[0x36..0x3A].fill(0xff);
        assert_eq!(build_id(&header), None);
    }
}
