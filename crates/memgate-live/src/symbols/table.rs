//! The symbol table of one object, read through a small window. Nothing of it is kept: a table of some megabytes is read in some
//! milliseconds, and would be resident for ever.

use crate::process::{Bytes, Elf};

const SYMBOL_TABLE: u32 = 2;
const DYNAMIC_SYMBOLS: u32 = 11;
const ENTRY_BYTES: usize = 24;
/// How many entries are read at once.
const WINDOW_ENTRIES: usize = 2_730;
/// Legacy names of deep types are some hundred bytes; what is longer than this is left out.
const MAX_NAME_BYTES: usize = 4_096;
/// So many functions can be folded into one before the rest isn't looked at.
const MAX_FOLDED: usize = 64;

/// The mangled name of the function at each of several addresses, as the object counts them: the addresses sorted, and each once.
///
/// Of several functions at one address, which identical code makes, the first in the alphabet: which one was called nobody knows,
/// so it is at least the same every time.
pub(super) fn names(elf: &Elf, bytes: &(impl Bytes + ?Sized), addresses: &[u64]) -> Vec<Option<String>> {
    read(elf, bytes, addresses).unwrap_or_else(|| vec![None; addresses.len()])
}

/// Whether there is a table at all.
pub(super) fn has_names(elf: &Elf, bytes: &(impl Bytes + ?Sized)) -> bool {
    elf.sections(bytes).is_some_and(|sections| {
        sections.iter().any(|section| section.kind == SYMBOL_TABLE && section.size > ENTRY_BYTES as u64)
    })
}

/// What is known of one address so far.
#[derive(Clone, Debug, Default)]
struct Candidates {
    start: u64,
    size: u64,
    /// Where their names begin in the table of texts.
    names: Vec<u32>,
}

fn read(elf: &Elf, bytes: &(impl Bytes + ?Sized), addresses: &[u64]) -> Option<Vec<Option<String>>> {
    let sections = elf.sections(bytes)?;
    let of_kind = |kind| sections.iter().find(|section| section.kind == kind);
    let table = of_kind(SYMBOL_TABLE).or_else(|| of_kind(DYNAMIC_SYMBOLS))?;
    let texts = sections.get(table.link as usize)?;
    let mut candidates = vec![Candidates::default(); addresses.len()];
    let count = table.size / ENTRY_BYTES as u64;
    let mut window = vec![0; WINDOW_ENTRIES * ENTRY_BYTES];
    let mut done = 0;
    while done < count {
        let entries = (count - done).min(WINDOW_ENTRIES as u64) as usize;
        let window = &mut window[..entries * ENTRY_BYTES];
        bytes.read_at(table.file_offset.checked_add(done * ENTRY_BYTES as u64)?, window)?;
        for entry in window.chunks_exact(ENTRY_BYTES) {
            if let Some(function) = Function::of(entry) {
                function.offer(addresses, &mut candidates);
            }
        }
        done += entries as u64;
    }
    let name = |offset: &u32| {
        let offset = u64::from(*offset);
        let longest = usize::try_from(texts.size.checked_sub(offset)?).ok()?.min(MAX_NAME_BYTES);
        read_text(bytes, texts.file_offset.checked_add(offset)?, longest)
    };
    Some(candidates.iter().map(|candidates| candidates.names.iter().filter_map(name).min()).collect())
}

/// An entry of the table.
struct Function {
    name: u32,
    start: u64,
    size: u64,
}

impl Function {
    /// None where an entry is no function, or has no extent: what comes after it may be anything.
    fn of(entry: &[u8]) -> Option<Self> {
        let name = u32::from_ne_bytes(entry.get(..4)?.try_into().ok()?);
        let (kind, section) = (entry.get(4)? & 0xf, u16::from_ne_bytes(entry.get(6..8)?.try_into().ok()?));
        let start = u64::from_ne_bytes(entry.get(8..16)?.try_into().ok()?);
        let size = u64::from_ne_bytes(entry.get(16..24)?.try_into().ok()?);
        // Functions, and those that are chosen when they are loaded.
        let is_function = kind == 2 || kind == 10;
        (is_function && section != 0 && size > 0 && name != 0).then_some(Self { name, start, size })
    }

    /// Puts itself down for each address within it, if it is nearer than what was there.
    fn offer(&self, addresses: &[u64], candidates: &mut [Candidates]) {
        let first = addresses.partition_point(|address| *address < self.start);
        let within =
            addresses[first..].iter().take_while(|address| **address - self.start < self.size).count();
        for candidates in &mut candidates[first..first + within] {
            // The later start and, of these, the smaller function is the more exact.
            let is_better = candidates.names.is_empty()
                || (self.start, u64::MAX - self.size) > (candidates.start, u64::MAX - candidates.size);
            if is_better {
                *candidates = Candidates { start: self.start, size: self.size, names: vec![self.name] };
            } else if (self.start, self.size) == (candidates.start, candidates.size)
                && candidates.names.len() < MAX_FOLDED
            {
                candidates.names.push(self.name);
            }
        }
    }
}

/// A text that ends with a zero byte, within `longest` bytes.
fn read_text(bytes: &(impl Bytes + ?Sized), offset: u64, longest: usize) -> Option<String> {
    let mut text = Vec::new();
    while text.len() < longest {
        let start = text.len();
        text.resize((start + 256).min(longest), 0);
        bytes.read_at(offset + start as u64, &mut text[start..])?;
        if let Some(end) = text[start..].iter().position(|byte| *byte == 0) {
            text.truncate(start + end);
            return String::from_utf8(text).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: u32, start: u64, size: u64) -> Function {
        Function { name, start, size }
    }

    #[test]
    fn the_innermost_function_wins_and_folded_ones_are_all_kept() {
        let addresses = [5, 10, 14, 30];
        let mut candidates = vec![Candidates::default(); 4];
        for offered in [
            function(1, 0, 100),
            function(2, 10, 5),
            function(3, 10, 5),
            function(4, 10, 50),
            function(5, 31, 9),
        ] {
            offered.offer(&addresses, &mut candidates);
        }
        let names: Vec<_> = candidates.iter().map(|found| found.names.as_slice()).collect();
        assert_eq!(names, [&[1][..], &[2, 3], &[2, 3], &[4]]);
    }

    #[test]
    fn entries_that_are_no_functions_are_none() {
        let entry = |kind: u8, section: u8, size: u8| {
            let mut entry = [0; ENTRY_BYTES];
            (entry[0], entry[4], entry[6], entry[16]) = (1, kind, section, size);
            entry
        };
        let is_function = [entry(0x12, 1, 1), entry(0x11, 1, 1), entry(0x12, 0, 1), entry(0x12, 1, 0)]
            .map(|entry| Function::of(&entry).is_some());
        assert_eq!(is_function, [true, false, false, false]);
    }

    #[test]
    fn a_text_without_end_is_none() {
        assert_eq!(read_text(&[b'a'; 600][..], 0, 300), None);
        let mut bytes = vec![b'a'; 299];
        bytes.push(0);
        assert_eq!(read_text(bytes.as_slice(), 0, 300).unwrap().len(), 299);
        assert_eq!(read_text(bytes.as_slice(), 1, 1_000), None);
    }
}
