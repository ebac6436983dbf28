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
/// The workspace is asked before the compiler: a distribution's lies in `/usr`, and so does code in `/usr/src/app`. What cargo or rustup have put
/// into the workspace's own folder, as on a server that caches no other, is not the workspace's all the same.
///
/// The standard library that comes with rustup was compiled as `/rustc/<commit>/library/…`, and what it is built from as
/// `/rust/deps/…`. Names are not asked, since they move from release to release; but for the compiler's own shims, whose
/// source is wherever `#[global_allocator]` stands, and for functions without a source: code that is not optimised
/// shares `Vec`'s with the packages that the standard library is built from, which bring no debug information.
#[must_use]
pub fn origin_of(name: &str, file: Option<&str>, roots: &SourceRoots) -> Origin {
    if is_compiler_shim(name) {
        return Origin::Standard;
    }
    let Some(file) = file else {
        return if is_of_standard_library(name, None) { Origin::Standard } else { Origin::Unknown };
    };
    let path = Path::new(file);
    let in_workspace = path_in_workspace(file, roots);
    let is_vendored = |root: &PathBuf| path.starts_with(root.join("vendor"));
    if in_workspace.is_some_and(is_fetched) || roots.workspace.iter().any(is_vendored) {
        return Origin::Dependency;
    }
    if in_workspace.is_some() && !file.contains(TOOLCHAINS_SOURCES) {
        return Origin::Workspace;
    }
    let is_in_compiler =
        !roots.sysroot.as_os_str().is_empty() && path.starts_with(roots.sysroot.join("lib/rustlib"));
    if is_in_compiler || is_of_standard_library(name, Some(file)) {
        return Origin::Standard;
    }
    if file.ends_with(".rs") { Origin::Dependency } else { Origin::Unknown }
}

/// Where a toolchain has the standard library's sources.
const TOOLCHAINS_SOURCES: &str = "/lib/rustlib/src/rust/";

/// A source's path in the workspace, from its outermost folder on.
fn path_in_workspace<'a>(file: &'a str, roots: &SourceRoots) -> Option<&'a str> {
    let relative =
        roots.workspace.iter().filter_map(|root| Path::new(file).strip_prefix(root).ok()?.to_str());
    // The longest way is that from the outermost folder, the workspace's own.
    relative.max_by_key(|relative| relative.len())
}

/// Whether a path in the workspace leads to where cargo keeps what it has fetched, if the workspace has such a folder: as
/// `.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/serde-1.0.0` does, and the workspace's own `registry/src/lib.rs` does not.
fn is_fetched(path_in_workspace: &str) -> bool {
    ["registry/src/", "git/checkouts/"].iter().any(|kept| {
        let Some((_, rest)) = path_in_workspace.split_once(kept) else { return false };
        let source = rest.split('/').next().and_then(|source| source.rsplit_once('-'));
        source
            .is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()))
    })
}

/// A source file as it is shown: relative to the workspace for what lies in it, from its package's folder on for what
/// cargo has fetched. So reports say the same on every machine, and give nothing of it away.
#[must_use]
pub fn shown_file(file: &str, roots: &SourceRoots) -> String {
    match path_in_workspace(file, roots).filter(|path| !is_fetched(path)) {
        Some(path) => path.to_owned(),
        None => without_registry(file).unwrap_or(file).to_owned(),
    }
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
    fn a_distributions_compiler_does_not_take_the_workspace_for_its_own() {
        let roots = SourceRoots { workspace: vec!["/usr/src/app".into()], sysroot: "/usr".into() };
        let origin = |file| origin_of("core::mine::f", Some(file), &roots);
        assert_eq!(origin("/usr/src/app/src/lib.rs"), Origin::Workspace);
        assert_eq!(origin("/usr/src/rustc-1.63.0/library/alloc/src/vec/mod.rs"), Origin::Standard);
        assert_eq!(origin("/usr/src/rustc-1.63.0/vendor/hashbrown/src/raw/mod.rs"), Origin::Standard);
        assert_eq!(origin("/usr/lib/rustlib/src/rust/library/core/src/lib.rs"), Origin::Standard);
        assert_eq!(origin("/usr/share/cargo/registry/serde-1.0.0/src/lib.rs"), Origin::Dependency);
        let roots = SourceRoots { workspace: vec!["/usr/src/rustc-demo".into()], ..roots };
        let of = |file| origin_of("f", Some(file), &roots);
        assert_eq!(of("/usr/src/rustc-demo/library/src/lib.rs"), Origin::Workspace);
    }

    #[test]
    fn what_is_fetched_into_the_workspace_is_not_its_own() {
        let roots = SourceRoots {
            workspace: vec!["/w/app".into()],
            sysroot: "/w/app/.rustup/toolchains/stable".into(),
        };
        let fetched = "/w/app/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/serde-1.0.0/src/lib.rs";
        let checked_out = "/w/app/.cargo/git/checkouts/serde-1b7c1949cf8c6b5b/0f3e/src/lib.rs";
        let standard = "/w/app/.rustup/toolchains/stable/lib/rustlib/src/rust/library/core/src/lib.rs";
        let origin = |file| origin_of("serde::f", Some(file), &roots);
        assert_eq!((origin(fetched), origin(checked_out)), (Origin::Dependency, Origin::Dependency));
        assert_eq!(origin(standard), Origin::Standard);
        assert_eq!(shown_file(fetched, &roots), "serde-1.0.0/src/lib.rs");
        let own = "/w/app/registry/src/types/mod.rs";
        assert_eq!(
            (origin(own), &*shown_file(own, &roots)),
            (Origin::Workspace, "registry/src/types/mod.rs")
        );
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
