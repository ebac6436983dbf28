//! What the user's code called of the standard library.

use super::erased::{erased_name, short_name};

/// What stands for functions that only the standard library can call: the public operation that they are a part of.
///
/// They are named only where the compiler left nothing of the public one: it makes one call out of several that end the same way,
/// and that call belongs to none of their lines. Elsewhere the public function is there, inlined or not, and no name is asked.
/// The first that matches counts; a name that is not listed stays as it is.
const PARTS: [(&str, &[&str], &str); 16] = [
    ("alloc::raw_vec::", &["shrink"], "Vec::shrink_to_fit"),
    ("alloc::raw_vec::", &["with_capacity", "allocate_in", "new"], "Vec::with_capacity"),
    ("alloc::raw_vec::", &[""], "Vec::reserve"),
    (
        "hashbrown::raw::",
        &["with_capacity", "new_uninitialized", "uninitialized", "clone"],
        "HashMap::with_capacity",
    ),
    ("hashbrown::raw::", &["reserve", "resize", "rehash"], "HashMap::reserve"),
    ("alloc::collections::btree::node::", &[""], "BTreeMap::insert"),
    ("alloc::collections::vec_deque::", &["grow", "spec_extend"], "VecDeque::reserve"),
    ("alloc::alloc::", &["exchange_malloc", "box_new"], "Box::new"),
    ("alloc::alloc::Global", &["grow", "realloc"], "alloc::realloc"),
    ("alloc::alloc::Global", &[""], "alloc::alloc"),
    ("alloc::slice::hack::", &["to_vec"], "[T]::to_vec"),
    ("alloc::fmt::format::format_inner", &[""], "fmt::format"),
    ("alloc::vec::", &["spec_extend", "extend_desugared", "extend_trusted"], "Vec::extend"),
    ("alloc::vec::", &["append_elements"], "Vec::extend_from_slice"),
    ("alloc::vec::", &["extend_with"], "Vec::resize"),
    ("alloc::vec::", &["spec_from_iter", "from_iter_in_place"], "Vec::from_iter"),
];

/// The operation that a function of the standard library is, as people say it.
#[must_use]
pub fn operation(function: &str) -> String {
    let erased = erased_name(function);
    // `<Type as Trait>::function` is known by its type.
    let path = erased.trim_start_matches('<');
    let called = erased.split("::{closure#").next().unwrap_or_default();
    let called = called.rsplit("::").next().unwrap_or_default();
    let part = PARTS.iter().find(|(module, parts, _)| {
        (path.starts_with(module)
            || path.split(" as ").nth(1).is_some_and(|of_trait| of_trait.starts_with(module)))
            && parts.iter().any(|part| called.contains(part))
    });
    part.map_or_else(|| short_name(function), |(_, _, operation)| (*operation).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_standard_library_stand_for_what_they_are_a_part_of() {
        for (function, expected) in [
            ("<alloc::raw_vec::RawVecInner>::grow_amortized", "Vec::reserve"),
            (
                "<alloc::raw_vec::RawVecInner>::reserve::do_reserve_and_handle::<alloc::alloc::Global>",
                "Vec::reserve",
            ),
            ("alloc::raw_vec::finish_grow::<alloc::alloc::Global>", "Vec::reserve"),
            ("<alloc::raw_vec::RawVec<u8>>::grow_one", "Vec::reserve"),
            ("<alloc::raw_vec::RawVecInner>::try_allocate_in", "Vec::with_capacity"),
            ("<alloc::raw_vec::RawVecInner>::with_capacity_in", "Vec::with_capacity"),
            ("<alloc::raw_vec::RawVecInner>::shrink_unchecked", "Vec::shrink_to_fit"),
            ("<hashbrown::raw::RawTable<(u8, u8)>>::reserve_rehash::<f::x>", "HashMap::reserve"),
            ("<hashbrown::raw::RawTableInner>::fallible_with_capacity::<f::x>", "HashMap::with_capacity"),
            ("alloc::alloc::exchange_malloc", "Box::new"),
            ("<alloc::alloc::Global>::alloc_impl_runtime", "alloc::alloc"),
            ("<alloc::alloc::Global as core::alloc::Allocator>::allocate", "alloc::alloc"),
            ("<u8 as alloc::slice::hack::ConvertVec>::to_vec::<alloc::alloc::Global>", "[T]::to_vec"),
            ("alloc::fmt::format::format_inner", "fmt::format"),
            (
                "<alloc::vec::Vec<u8> as alloc::vec::spec_extend::SpecExtend<u8, I>>::spec_extend",
                "Vec::extend",
            ),
            ("<alloc::vec::Vec<f::T>>::extend_trusted::<f::I>", "Vec::extend"),
        ] {
            assert_eq!(operation(function), expected, "{function}");
        }
    }

    #[test]
    fn what_everybody_can_call_stays_as_it_is() {
        for (function, expected) in [
            ("<alloc::vec::Vec<u8>>::push", "Vec::push"),
            ("<alloc::vec::Vec<u8>>::reserve", "Vec::reserve"),
            ("<alloc::vec::Vec<u8>>::extend_from_slice", "Vec::extend_from_slice"),
            ("alloc::vec::from_elem::<u8>", "vec::from_elem"),
            ("alloc::alloc::alloc", "alloc::alloc"),
            ("alloc::alloc::realloc", "alloc::realloc"),
            ("<alloc::boxed::Box<f::T>>::new", "Box::new"),
            ("<std::collections::hash::map::HashMap<u8, u8>>::insert", "HashMap::insert"),
            ("core::ptr::drop_in_place::<f::T>", "ptr::drop_in_place"),
        ] {
            assert_eq!(operation(function), expected, "{function}");
        }
    }
}
