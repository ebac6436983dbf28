//! Whose a function is, as far as its name and its source tell.

use super::erased::erased_name;

/// Whether a function is the standard library's, or of what that is built from.
///
/// The standard library that comes with rustup was compiled as `/rustc/<commit>/library/…`, and what it is built from as
/// `/rust/deps/…`. A distribution compiles it in a folder of its own, and `-Zbuild-std` from the sources that the toolchain has.
/// Names are only asked without a source: code that is not optimised shares `Vec`'s with the packages that the standard
/// library is built from, which bring no debug information.
#[must_use]
pub fn is_of_standard_library(name: &str, file: Option<&str>) -> bool {
    match file {
        Some(file) => {
            file.starts_with("/rustc/") || file.starts_with("/rust/deps/") || is_of_compilers_sources(file)
        }
        None => is_of_standard_crates(name),
    }
}

/// Whether a file lies among the sources of a compiler: those of a toolchain, as in `~/.rustup/toolchains/…/lib/rustlib/src/rust/library`, or
/// those that a distribution has unpacked, as in `/usr/src/rustc-1.85.0/library`.
fn is_of_compilers_sources(file: &str) -> bool {
    let is_toolchains = |root: &str| root.ends_with("/lib/rustlib/src/rust");
    let is_unpacked = |root: &str| root.rsplit('/').next().is_some_and(|name| name.starts_with("rustc-"));
    let mut libraries = file.match_indices("/library/").map(|(end, _)| &file[..end]);
    let mut vendored = file.match_indices("/vendor/").map(|(end, _)| &file[..end]);
    libraries.any(|root| is_toolchains(root) || is_unpacked(root)) || vendored.any(is_unpacked)
}

/// Whether a function is one of the standard library's crates', as far as its name tells: that of a path, or that of both
/// the type and the trait.
fn is_of_standard_crates(name: &str) -> bool {
    let erased = erased_name(name);
    let mut paths = erased.trim_start_matches('<').split(" as ").take(2);
    paths.all(|path| ["alloc::", "core::", "std::"].iter().any(|prefix| path.starts_with(prefix)))
}

/// Whether a function is one of those that the compiler puts between the standard library and the global allocator.
#[must_use]
pub fn is_compiler_shim(name: &str) -> bool {
    ["__rustc::", "__rustc[", "__rust_", "__rdl_", "__rg_"].iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a function is of memgate's allocator, takes call stacks for it, or is what the compiler puts in front of it. memgate's names are
/// this project's own, and so no guess.
#[must_use]
pub fn is_of_allocator(name: &str) -> bool {
    let path = name.trim_start_matches('<');
    path.starts_with("memgate::alloc::") || path.starts_with("memgate_stacks::") || is_compiler_shim(name)
}

/// Whether a function is of an allocator, which may be around memgate's.
#[must_use]
pub fn is_global_allocator(name: &str) -> bool {
    name.contains(" as core::alloc::global::GlobalAlloc>::")
}

/// The path of a file that cargo has fetched, from its package's folder on. None for another.
#[must_use]
pub fn without_registry(file: &str) -> Option<&str> {
    ["/registry/src/", "/git/checkouts/"].iter().find_map(|fetched| {
        let (_, rest) = file.split_once(fetched)?;
        rest.split_once('/').map(|(_registry, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_decides_and_without_one_the_crate_does() {
        for file in [
            "/rustc/59807616e1/library/alloc/src/vec/mod.rs",
            "/rust/deps/hashbrown-0.16.1/src/raw.rs",
            "/home/me/library/.rustup/toolchains/nightly/lib/rustlib/src/rust/library/alloc/src/vec/mod.rs",
            "/usr/src/rustc-1.85.0/library/core/src/ops/function.rs",
            "/build/rustc-1.85.0-src/vendor/hashbrown-0.15.2/src/raw/mod.rs",
        ] {
            assert!(is_of_standard_library("app::f", Some(file)), "{file}");
        }
        for file in
            ["/w/app/library/core/src/lib.rs", "/w/vendor/hashbrown/src/lib.rs", "/w/rustc-helper/src/lib.rs"]
        {
            assert!(!is_of_standard_library("core::mine::f", Some(file)), "{file}");
        }
        assert!(!is_of_standard_library("core::mine::f", Some("/w/app/src/lib.rs")));
        for name in [
            "<alloc::raw_vec::RawVecInner>::try_allocate_in",
            "std::thread::spawn::<app::work>",
            "<alloc::vec::Vec<app::Word> as core::clone::Clone>::clone",
        ] {
            assert!(is_of_standard_library(name, None), "{name}");
        }
        for name in ["", "malloc", "app::alloc::f", "<alloc::vec::Vec<u8> as app::Trait>::f"] {
            assert!(!is_of_standard_library(name, None), "{name}");
        }
    }

    #[test]
    fn the_allocator_is_known_by_its_names() {
        for name in [
            "<memgate::alloc::allocator::Alloc as core::alloc::global::GlobalAlloc>::alloc",
            "memgate::alloc::scope::on_alloc",
            "<memgate_stacks::last_stack::LastStack>::walk",
            "__rustc::__rust_alloc",
            "__rustc[1a2b]::__rust_realloc",
        ] {
            assert!(is_of_allocator(name), "{name}");
        }
        assert!(!is_of_allocator("alloc::alloc::alloc") && !is_of_allocator("memgate::assertions::measure"));
        assert!(is_global_allocator("<app::Mine as core::alloc::global::GlobalAlloc>::alloc"));
    }

    #[test]
    fn a_fetched_file_is_known_by_its_folder() {
        let file = "/home/me/.cargo/registry/src/some-registry-1949cf8c/serde_json-1.0.154/src/de.rs";
        assert_eq!(without_registry(file), Some("serde_json-1.0.154/src/de.rs"));
        assert_eq!(without_registry("/w/app/src/lib.rs"), None);
    }
}
