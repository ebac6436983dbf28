//! Addresses of the process to names.

use std::collections::HashMap;
use std::fs::File;

use super::table::{has_names, names};
use crate::process::{Elf, LoadedObject, build_id_of_file, find_object};

/// The mangled names of the functions that addresses are in; what is not known is left out.
pub(crate) fn symbolize(
    addresses: impl IntoIterator<Item = u64>,
    objects: &[LoadedObject],
) -> HashMap<u64, String> {
    let mut by_object: HashMap<usize, Vec<u64>> = HashMap::new();
    for address in addresses {
        if let Some(index) = find_object(objects, address) {
            by_object.entry(index).or_default().push(address);
        }
    }
    let mut found = HashMap::new();
    for (index, addresses) in by_object {
        add_names(&objects[index], addresses, &mut found);
    }
    found
}

/// The same for people: demangled, and without hashes.
pub(crate) fn readable_names(
    addresses: impl IntoIterator<Item = u64>,
    objects: &[LoadedObject],
) -> HashMap<u64, String> {
    let readable = |name: String| format!("{:#}", rustc_demangle::demangle(&name));
    symbolize(addresses, objects).into_iter().map(|(address, name)| (address, readable(name))).collect()
}

/// Whether the program has a symbol table: one that was stripped has none.
pub(crate) fn has_symbols(objects: &[LoadedObject]) -> bool {
    objects.first().and_then(open).is_some_and(|(elf, file)| has_names(&elf, &file))
}

fn add_names(object: &LoadedObject, addresses: Vec<u64>, found: &mut HashMap<u64, String>) {
    let Some((elf, file)) = open(object) else {
        return;
    };
    let counted = |address: u64| elf.address_of_offset(address - object.start + object.file_offset);
    let mut pairs: Vec<(u64, u64)> =
        addresses.into_iter().filter_map(|address| Some((counted(address)?, address))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let sorted: Vec<u64> = pairs.iter().map(|(counted, _)| *counted).collect();
    let names = names(&elf, &file, &sorted);
    found.extend(pairs.into_iter().zip(names).filter_map(|((_, address), name)| Some((address, name?))));
}

/// An object's file, unless it is another by now.
fn open(object: &LoadedObject) -> Option<(Elf, File)> {
    let file = File::open(object.file.as_ref()?).ok()?;
    let elf = Elf::read(&file)?;
    let is_same =
        object.build_id.is_empty() || build_id_of_file(&elf, &file).is_none_or(|id| id == object.build_id);
    is_same.then_some((elf, file))
}

#[cfg(all(test, target_os = "linux", target_pointer_width = "64"))]
mod tests {
    use super::*;
    use crate::process::loaded_objects;

    /// At one address with its twin, where the linker folds identical code; it is alone otherwise.
    #[inline(never)]
    fn a_function_with_a_name() -> u64 {
        std::hint::black_box(7)
    }

    #[test]
    fn a_function_of_this_program_and_one_of_libc_have_names() {
        let objects = loaded_objects();
        let here = a_function_with_a_name as *const () as u64;
        assert_eq!(a_function_with_a_name(), 7);
        let names = symbolize([here, here + 1, 0, u64::MAX], &objects);
        assert_eq!(names.len(), 2);
        assert!(names[&here].contains("a_function_with_a_name"), "{names:?}");
        assert_eq!(names[&here], names[&(here + 1)]);
        assert!(has_symbols(&objects));
    }

    #[test]
    fn another_file_than_what_is_loaded_has_no_names() {
        let mut objects = loaded_objects();
        let here = a_function_with_a_name as *const () as u64;
        objects[0].build_id = "0000".to_owned();
        let file = File::open("/proc/self/exe").unwrap();
        // A program without a build id can't be told from another.
        if build_id_of_file(&Elf::read(&file).unwrap(), &file).is_some() {
            assert!(symbolize([here], &objects).is_empty());
            assert!(!has_symbols(&objects));
        }
        objects[0].file = None;
        assert!(symbolize([here], &objects).is_empty());
    }
}
