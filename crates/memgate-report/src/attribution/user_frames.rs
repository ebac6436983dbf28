//! Which frame of a key is the user's.

use std::collections::BTreeSet;

use crate::sites::{SiteKey, SiteTable, crates_of, name_without_modules};

/// How many callers tell first user frames apart.
const CALLERS: usize = 3;

/// What a table says about whose functions are whose.
///
/// A committed file has names only. A function that the table knows is the workspace's or not; of another one its crate
/// decides.
pub(super) struct UserFrames<'a> {
    workspace: &'a BTreeSet<String>,
    known: BTreeSet<&'a str>,
    crates: BTreeSet<&'a str>,
}

impl<'a> UserFrames<'a> {
    pub(super) fn of(table: &'a SiteTable) -> Self {
        let workspace = &table.workspace_functions;
        let known = table.sites.iter().flat_map(|site| &site.key.frames).map(String::as_str).collect();
        // The crates of a type and of a trait may be any; that of a path is the function's own.
        let paths = workspace.iter().filter(|name| !name.starts_with('<'));
        let mut crates: BTreeSet<&str> = paths.flat_map(|name| crates_of(name)).collect();
        for foreign in ["alloc", "core", "std"] {
            crates.remove(foreign);
        }
        Self { workspace, known, crates }
    }

    fn is_users(&self, name: &str) -> bool {
        if self.workspace.contains(name) {
            return true;
        }
        !self.known.contains(name) && crates_of(name).iter().any(|name| self.crates.contains(name))
    }

    /// The index of a key's first user frame.
    fn first(&self, key: &SiteKey) -> Option<usize> {
        if let Some(index) = key.frames.iter().position(|name| self.is_users(name)) {
            return Some(index);
        }
        // Nothing is known of the workspace: the outermost function is the benchmark's own.
        let outermost = if self.crates.is_empty() { key.frames.last() } else { None };
        let own_crates = outermost.map(|name| crates_of(name)).unwrap_or_default();
        let own =
            key.frames.iter().position(|name| crates_of(name).iter().any(|name| own_crates.contains(name)));
        own.or_else(|| (!key.frames.is_empty()).then_some(0))
    }

    /// The first user function.
    pub(super) fn function<'k>(&self, key: &'k SiteKey) -> Option<&'k str> {
        key.frames.get(self.first(key)?).map(String::as_str)
    }

    /// The first user function, and the functions of other packages that it called, innermost first.
    pub(super) fn split<'k>(&self, key: &'k SiteKey) -> Option<(&'k str, &'k [String])> {
        let first = self.first(key)?;
        Some((key.frames.get(first)?, key.frames.get(..first)?))
    }

    /// The callers of the first user function, outwards.
    pub(super) fn callers<'k>(&self, key: &'k SiteKey) -> &'k [String] {
        self.first(key).and_then(|first| key.frames.get(first + 1..)).unwrap_or(&[])
    }

    /// The first user function with its callers.
    pub(super) fn with_callers(&self, key: &SiteKey) -> Option<String> {
        let frames: Vec<&str> =
            key.frames.iter().skip(self.first(key)?).take(1 + CALLERS).map(String::as_str).collect();
        Some(frames.join(" <- "))
    }

    /// The first user function without the modules that it is in.
    pub(super) fn without_modules(&self, key: &SiteKey) -> Option<String> {
        self.function(key).map(name_without_modules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::samples::table;

    fn function(head: &SiteTable, key: &str) -> String {
        UserFrames::of(head).function(&key.parse().unwrap()).unwrap_or("none").to_owned()
    }

    #[test]
    fn the_first_frame_of_the_workspace_is_the_users() {
        let head = table(&[
            ("d dep::x; w <dep::T as f::A>::m; w f::main", 1),
            ("d <f::T as dep::B>::m; w f::main", 1),
        ]);
        assert_eq!(
            function(&head, "push <- dep::x <- <dep::T as f::A>::m <- f::main"),
            "<dep::T as f::A>::m"
        );
        assert_eq!(function(&head, "push <- dep::y <- f::old <- f::main"), "f::old");
        assert_eq!(function(&head, "push <- <f::T as dep::B>::m <- f::main"), "f::main");
        assert_eq!(function(&head, "push <- dep::x <- dep::y"), "dep::x");
        assert_eq!(function(&head, "push"), "none");
    }

    #[test]
    fn without_a_table_the_outermost_crate_is_the_users() {
        let head = SiteTable::default();
        assert_eq!(function(&head, "push <- dep::x <- f::a <- dep::y <- f::main"), "f::a");
        assert_eq!(function(&head, "push <- x <- y"), "x");
    }
}
