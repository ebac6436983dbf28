//! Whose code a function is.

use std::path::{Path, PathBuf};

use memgate_protocol::names::{is_compiler_shim, is_of_standard_library, without_registry};
use memgate_report::sites::Origin;

/// Where the sources of the workspace lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceRoots {
    /// The folders of the workspace's packages, and the workspace's own.
    pub workspace: Vec<PathBuf>,
    /// The folder of the compiler, whose `lib/rustlib/src` may hold the standard library.
    pub sysroot: PathBuf,
}

/// Whose code a function is, by where its source lies.
///
/// The standard library that comes with rustup was compiled as `/rustc/<commit>/library/…`, and what it is built from as
/// `/rust/deps/…`. Names are not asked, since they move from release to release; but for the compiler's own shims, whose
/// source is wherever `#[global_allocator]` stands, and for functions without a source: code that is not optimised
/// shares `Vec`'s with the packages that the standard library is built from, which bring no debug information.
#[must_use]
pub fn origin_of(name: &str, file: Option<&str>, roots: &SourceRoots) -> Origin {
    if is_compiler_shim(name) || is_of_standard_library(name, file) {
        return Origin::Standard;
    }
    let Some(file) = file else { return Origin::Unknown };
    let path = Path::new(file);
    if !roots.sysroot.as_os_str().is_empty() && path.starts_with(&roots.sysroot) {
        return Origin::Standard;
    }
    let is_vendored = |root: &PathBuf| path.starts_with(root.join("vendor"));
    if roots.workspace.iter().any(|root| path.starts_with(root)) && !roots.workspace.iter().any(is_vendored) {
        return Origin::Workspace;
    }
    if file.ends_with(".rs") { Origin::Dependency } else { Origin::Unknown }
}

/// A source file as it is shown: relative to the workspace for what lies in it, from its package's folder on for what
/// cargo has fetched. So reports say the same on every machine, and give nothing of it away.
#[must_use]
pub fn shown_file(file: &str, roots: &SourceRoots) -> String {
    let path = Path::new(file);
    let in_workspace = roots.workspace.iter().filter_map(|root| path.strip_prefix(root).ok());
    // The longest way is that from the outermost folder, the workspace's own.
    if let Some(relative) = in_workspace.max_by_key(|relative| relative.as_os_str().len()) {
        return relative.to_string_lossy().into_owned();
    }
    without_registry(file).unwrap_or(file).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_shown_without_what_is_the_machines() {
        let roots =
            SourceRoots { workspace: vec!["/w/app".into(), "/w/app/sub".into()], ..Default::default() };
        assert_eq!(shown_file("/w/app/sub/src/lib.rs", &roots), "sub/src/lib.rs");
        let fetched = "/home/me/.cargo/registry/src/some-registry-1949cf8c/serde_json-1.0.154/src/de.rs";
        assert_eq!(shown_file(fetched, &roots), "serde_json-1.0.154/src/de.rs");
        assert_eq!(
            shown_file("/rustc/abc/library/alloc/src/vec/mod.rs", &roots),
            "/rustc/abc/library/alloc/src/vec/mod.rs"
        );
    }

    #[test]
    fn the_source_decides() {
        let roots = SourceRoots { workspace: vec!["/w/app".into()], sysroot: "/opt/rust".into() };
        let origin = |file| origin_of("core::mine::f", file, &roots);
        assert_eq!(origin(Some("/rustc/59807616e1/library/alloc/src/vec/mod.rs")), Origin::Standard);
        assert_eq!(origin(Some("/rust/deps/hashbrown-0.16.1/src/raw.rs")), Origin::Standard);
        assert_eq!(origin(Some("/opt/rust/lib/rustlib/src/rust/library/core/src/lib.rs")), Origin::Standard);
        assert_eq!(origin(Some("/w/app/src/lib.rs")), Origin::Workspace);
        assert_eq!(origin(Some("/w/app/vendor/serde/src/lib.rs")), Origin::Dependency);
        assert_eq!(origin(Some("/w/application/src/lib.rs")), Origin::Dependency);
        assert_eq!(origin(Some("/build/glibc/malloc.c")), Origin::Unknown);
        assert_eq!(origin_of("__rustc::__rust_alloc", Some("/w/app/b.rs"), &roots), Origin::Standard);
    }

    #[test]
    fn without_a_source_the_crate_decides() {
        let origin = |name| origin_of(name, None, &SourceRoots::default());
        for name in [
            "<alloc::raw_vec::RawVecInner>::try_allocate_in",
            "std::thread::spawn::<app::work>",
            "<alloc::vec::Vec<app::Word> as core::clone::Clone>::clone",
        ] {
            assert_eq!(origin(name), Origin::Standard, "{name}");
        }
        for name in [
            "",
            "malloc",
            "app::alloc::f",
            "<alloc::vec::Vec<u8> as app::Trait>::f",
            "<app::Word as core::clone::Clone>::clone",
        ] {
            assert_eq!(origin(name), Origin::Unknown, "{name}");
        }
    }
}
