//! Whose a function on a stack is.

use memgate_protocol::names::{
    is_compiler_shim, is_global_allocator, is_of_allocator, is_of_standard_library, without_registry,
};

/// Whose a function is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Owner {
    /// memgate's allocator, or what lies between it and the standard library.
    Allocator,
    /// An allocator, which may be around memgate's.
    OtherAllocator,
    /// What measures: all that is outside of it is the same for every stack.
    Assertion,
    Standard,
    /// A package that cargo has fetched.
    Fetched,
    /// The user's, or a C library's.
    #[default]
    User,
}

/// Where memgate's own sources lie, with a separator at the end; none where that is not known.
///
/// Debug information that is for lines alone has functions' names without what they are in: there the source decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OwnSources {
    pub(super) memgate: Option<String>,
    pub(super) memgate_stacks: Option<String>,
}

impl OwnSources {
    /// Whose a function is.
    pub(super) fn owner_of(&self, name: &str, file: Option<&str>) -> Owner {
        let within = |folder: &Option<String>| file?.strip_prefix(folder.as_deref()?);
        let own = within(&self.memgate);
        let path = name.trim_start_matches('<');
        let counts = (own == Some("alloc/scope.rs") && name.starts_with("counted"))
            || path.starts_with("memgate::alloc::scope::counted");
        let is_in = |room: &str| own.is_some_and(|file| file.starts_with(room));
        // The source of the compiler's shims is where the allocator is installed, which is a macro of the assertions.
        if is_compiler_shim(name) {
            Owner::Allocator
        } else if counts || is_in("assertions/") || path.starts_with("memgate::assertions::") {
            Owner::Assertion
        } else if is_of_allocator(name) || is_in("alloc/") || within(&self.memgate_stacks).is_some() {
            Owner::Allocator
        } else if is_global_allocator(name) {
            Owner::OtherAllocator
        } else if is_of_standard_library(name, file) {
            Owner::Standard
        } else if file.is_some_and(|file| without_registry(file).is_some()) {
            Owner::Fetched
        } else {
            Owner::User
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_and_where_they_say_little_the_source_does() {
        let own = OwnSources {
            memgate: Some("/w/memgate/src/".to_owned()),
            memgate_stacks: Some("/w/memgate/crates/memgate-stacks/src/".to_owned()),
        };
        for (name, file, owner) in [
            ("memgate::alloc::slow::alloc::<A>", None, Owner::Allocator),
            ("alloc<A>", Some("/w/memgate/src/alloc/slow.rs"), Owner::Allocator),
            ("addresses", Some("/w/memgate/crates/memgate-stacks/src/unwind.rs"), Owner::Allocator),
            ("__rustc::__rust_alloc", Some("/w/memgate/src/assertions/install_macro.rs"), Owner::Allocator),
            ("<app::Mine as core::alloc::global::GlobalAlloc>::alloc", None, Owner::OtherAllocator),
            ("memgate::alloc::scope::counted::<u8>", None, Owner::Assertion),
            ("counted<u8>", Some("/w/memgate/src/alloc/scope.rs"), Owner::Assertion),
            ("on_alloc", Some("/w/memgate/src/alloc/scope.rs"), Owner::Allocator),
            ("within<u8>", Some("/w/memgate/src/assertions/assert.rs"), Owner::Assertion),
            ("push", Some("/rustc/1/library/alloc/src/vec/mod.rs"), Owner::Standard),
            ("alloc::vec::Vec<T>::push", None, Owner::Standard),
            ("visit", Some("/h/.cargo/registry/src/index-1/serde-1.0.0/src/de.rs"), Owner::Fetched),
            ("counted", Some("/w/app/src/alloc/scope.rs"), Owner::User),
            ("app::parse", None, Owner::User),
        ] {
            assert_eq!(own.owner_of(name, file), owner, "{name} {file:?}");
        }
        let nothing_known = OwnSources::default();
        assert_eq!(nothing_known.owner_of("alloc", Some("/w/memgate/src/alloc/slow.rs")), Owner::User);
    }
}
