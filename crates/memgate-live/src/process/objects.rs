//! The executable and the shared libraries that are loaded now.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::bounded::{Bytes, read_bounded};
use super::elf::{Elf, build_id_of_file};
use super::maps::{Region, parse_maps};

/// Some ten thousand lines.
const MAX_MAPS: u64 = 16 << 20;

/// An executable part of the program or of a shared library, where it is loaded: page-aligned, as the kernel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoadedObject {
    pub(crate) start: u64,
    pub(crate) limit: u64,
    pub(crate) file_offset: u64,
    /// As people know it.
    pub(crate) path: String,
    /// In hexadecimal digits; empty for none.
    pub(crate) build_id: String,
    /// Where it can be opened; none where it was removed, or is no file.
    pub(crate) file: Option<PathBuf>,
}

/// What is loaded now, the program first; asked anew each time, since libraries come and go. Nothing where there is no `/proc`.
pub(crate) fn loaded_objects() -> Vec<LoadedObject> {
    let Some(text) = read_bounded(Path::new("/proc/self/maps"), MAX_MAPS) else {
        return Vec::new();
    };
    let program = std::fs::read_link("/proc/self/exe").unwrap_or_default();
    let memory = File::open("/proc/self/mem").ok();
    objects(&parse_maps(&text), &program, memory.as_ref())
}

/// Which object an address is in.
pub(crate) fn find_object(objects: &[LoadedObject], address: u64) -> Option<usize> {
    objects.iter().position(|object| (object.start..object.limit).contains(&address))
}

/// How many addresses of a stack, from the inner end, are in code that is loaded; the first is where the thread was, in whatever code.
///
/// A function without a frame pointer leads anywhere: what lies further out is no more than what happened to be there.
#[cfg(all(
    any(feature = "cpu", feature = "threads"),
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(crate) fn length_in_code(objects: &[LoadedObject], return_addresses: &[u64]) -> usize {
    let is_code = |address: &&u64| find_object(objects, address.wrapping_sub(1)).is_some();
    return_addresses.len().min(1 + return_addresses.iter().skip(1).take_while(is_code).count())
}

fn objects(regions: &[Region], program: &Path, memory: Option<&File>) -> Vec<LoadedObject> {
    let program = program.to_string_lossy();
    let program = program.strip_suffix(" (deleted)").unwrap_or(&program);
    let mut build_ids: HashMap<&str, String> = HashMap::new();
    let mut objects: Vec<LoadedObject> = regions
        .iter()
        .filter(|region| region.is_executable && (region.path.starts_with('/') || region.path == "[vdso]"))
        .map(|region| {
            let is_program = region.path == program;
            let file = match (is_program, region.is_deleted || region.path.starts_with('[')) {
                // It leads to the program also when it has been replaced.
                (true, _) => Some(PathBuf::from("/proc/self/exe")),
                (false, false) => Some(PathBuf::from(&region.path)),
                (false, true) => None,
            };
            let build_id = build_ids
                .entry(&region.path)
                .or_insert_with(|| {
                    let loaded = memory.and_then(|memory| loaded_build_id(regions, &region.path, memory));
                    loaded.or_else(|| file_build_id(file.as_deref())).unwrap_or_default()
                })
                .clone();
            let (start, limit, file_offset) = (region.start, region.limit, region.file_offset);
            LoadedObject { start, limit, file_offset, path: region.path.clone(), build_id, file }
        })
        .collect();
    objects.sort_by_key(|object| object.path != program);
    objects
}

/// From the notes in memory: the file may be another one by now.
fn loaded_build_id(regions: &[Region], path: &str, memory: &File) -> Option<String> {
    let first = regions.iter().find(|region| region.path == path && region.file_offset == 0)?;
    let loaded = Loaded { memory, start: first.start };
    let elf = Elf::read(&loaded)?;
    let first_address = elf.first_address()?;
    elf.build_id(&loaded, |segment| segment.address.checked_sub(first_address))
}

fn file_build_id(file: Option<&Path>) -> Option<String> {
    let file = File::open(file?).ok()?;
    build_id_of_file(&Elf::read(&file)?, &file)
}

/// What is loaded from an address on.
struct Loaded<'a> {
    memory: &'a File,
    start: u64,
}

impl Bytes for Loaded<'_> {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Option<()> {
        Bytes::read_at(self.memory, self.start.checked_add(offset)?, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_program_comes_first_and_has_this_function() {
        let objects = loaded_objects();
        let here = the_program_comes_first_and_has_this_function as *const () as u64;
        assert_eq!(find_object(&objects, here), Some(0), "{objects:?}");
        assert_eq!(objects[0].file.as_deref(), Some(Path::new("/proc/self/exe")));
        assert!(objects[0].start.is_multiple_of(4_096) && objects[0].file_offset.is_multiple_of(4_096));
        assert_eq!(find_object(&objects, 0), None);
    }

    // A static program has no libc of its own file.
    #[cfg(all(target_os = "linux", target_pointer_width = "64", not(target_feature = "crt-static")))]
    #[test]
    fn notes_in_memory_are_those_of_the_file() {
        let libc = loaded_objects().into_iter().find(|object| object.path.contains("libc.so")).unwrap();
        assert!(!libc.build_id.is_empty());
        assert_eq!(Some(libc.build_id), file_build_id(libc.file.as_deref()));
    }

    #[test]
    fn what_was_removed_is_opened_only_if_it_is_the_program() {
        let text = "\
1000-2000 r-xp 00001000 fe:01 1 /lib/a.so (deleted)
3000-4000 r-xp 00001000 fe:01 2 /bin/service (deleted)
5000-6000 r-xp 00000000 00:00 0 [anon: just in time]
7000-8000 r-xp 00000000 00:00 0 [vdso]
";
        let objects = objects(&parse_maps(text), Path::new("/bin/service (deleted)"), None);
        let files: Vec<_> =
            objects.iter().map(|object| (object.path.as_str(), object.file.is_some())).collect();
        assert_eq!(files, [("/bin/service", true), ("/lib/a.so", false), ("[vdso]", false)]);
    }
}
