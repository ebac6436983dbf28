//! Whether the source of a target is one of memgate's, or may be.
//!
//! For what was not built, or has no marker to be known by. The burden of proof is on the target: it is one of memgate's unless
//! all of its source could be read, and nothing there speaks of memgate, or its `main` is shown to be another's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::condition::{Condition, Facts, effort};
use super::source::{Event, EventKind, Source};
use memgate_report::model::Need;

/// What the names at the beginning of paths stand for in a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// memgate and its facades.
    pub(super) runtime: BTreeSet<String>,
    /// Other dependencies that lead to memgate, under some features.
    pub(super) helpers: BTreeSet<String>,
    /// The package's own library, where that leads to memgate. What uses it mostly uses it for something else.
    pub(super) own: Option<String>,
    /// Dependencies that don't.
    pub(super) foreign: BTreeSet<String>,
}

/// What the source of a target says of memgate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mentions {
    /// What stands before each thing that speaks of memgate, and each that can't be read.
    touches: Vec<Vec<Condition>>,
    /// What stands before each macro of memgate's that defines `main`.
    mains: Vec<Vec<Condition>>,
    /// Whether one of the touches is of memgate itself, or of its facade.
    pub(super) is_direct: bool,
    /// Whether there is a `fn main`.
    pub(super) has_function: bool,
    /// Whether an item is a macro of memgate's, or of what leads to it.
    pub(super) has_macro: bool,
    /// Whether there may be a `main` at all.
    defines_main: bool,
    /// Whether there is another harness's `main`, whatever the features.
    other_harness: bool,
}

/// What a library hands on when it hands on memgate.
const RUNTIME_ITEMS: [&str; 6] =
    ["memgate", "memgate_criterion", "memgate_divan", "Suite", "Bencher", "Alloc"];
/// The standard library's macros that are items.
const STD_ITEMS: [&str; 4] = ["thread_local", "compile_error", "include", "global_asm"];
const STD_CRATES: [&str; 4] = ["std", "core", "alloc", "test"];

impl Names {
    pub(super) fn is_empty(&self) -> bool {
        self.runtime.is_empty() && self.helpers.is_empty() && self.own.is_none()
    }

    fn is_ours(&self, name: &str) -> bool {
        self.runtime.contains(name) || self.helpers.contains(name)
    }

    fn is_foreign(&self, name: &str) -> bool {
        self.foreign.contains(name) || STD_CRATES.contains(&name)
    }
}

/// Whose something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ours,
    Foreign,
    /// The package's own, as far as can be seen.
    Own,
}

impl Mentions {
    /// Reads the source of a target of a package with its modules.
    pub(super) fn read(root: &Path, package: &Path, names: &Names) -> Self {
        Self::of(&Source::read(root, package), names)
    }

    pub(super) fn of(source: &Source, names: &Names) -> Self {
        let mut mentions = Self::default();
        if names.is_empty() {
            return mentions;
        }
        let scope = Scope::new(source, names);
        source.events.iter().for_each(|event| mentions.add(event, &scope));
        mentions
    }

    fn add(&mut self, event: &Event, scope: &Scope<'_>) {
        let is_direct = |path: &Vec<String>| path.iter().any(|word| scope.names.runtime.contains(word));
        match &event.kind {
            EventKind::Unread => {
                self.touches.push(event.conditions.clone());
                self.defines_main |= event.is_item;
            }
            EventKind::Main => {
                self.has_function = true;
                self.defines_main = true;
            }
            EventKind::Import(import) => {
                let paths = scope.resolve(&import.path);
                let whose = scope.whose(&paths, false);
                if whose == Whose::Ours {
                    self.touches.push(event.conditions.clone());
                    self.is_direct |= paths.iter().any(is_direct);
                }
                // A function of a module.
                self.defines_main |= event.is_item && import.name == "main" && whose == Whose::Own;
            }
            EventKind::Path { segments, is_macro } => {
                let is_item_macro = *is_macro && event.is_item;
                let paths = scope.resolve(segments);
                let whose = match (&segments[..], is_macro) {
                    ([name], true) if !scope.imports.contains_key(name) => {
                        scope.whose_macro(name, is_item_macro)
                    }
                    _ => scope.whose(&paths, is_item_macro),
                };
                let is_main = paths.iter().filter_map(|path| path.last()).any(|name| name.ends_with("main"));
                match whose {
                    Whose::Ours => {
                        self.touches.push(event.conditions.clone());
                        self.is_direct |= paths.iter().any(is_direct);
                        self.has_macro |= is_item_macro;
                        self.defines_main |= is_item_macro;
                        if *is_macro && is_main {
                            self.mains.push(event.conditions.clone());
                        }
                    }
                    Whose::Foreign => {
                        self.other_harness |= is_main && event.conditions.iter().all(Condition::is_platform);
                    }
                    Whose::Own => {
                        let is_std = segments.last().is_some_and(|name| STD_ITEMS.contains(&name.as_str()));
                        self.defines_main |= is_item_macro && !is_std;
                    }
                }
            }
        }
    }

    /// Whether the target is one of memgate's, or may be.
    pub(super) fn is_suite(&self) -> bool {
        !self.mains.is_empty() || (!self.touches.is_empty() && self.defines_main && !self.other_harness)
    }

    /// Whether it has a macro of memgate's that defines `main`.
    pub(super) fn has_main(&self) -> bool {
        !self.mains.is_empty()
    }

    pub(super) fn may_have_main(&self) -> bool {
        self.defines_main || self.has_main()
    }

    /// What is missing for what speaks of memgate to be there; nothing when it is.
    pub(super) fn needs(&self, facts: &dyn Facts) -> Vec<Need> {
        let of = |conditions: &Vec<Condition>| -> Vec<Need> {
            conditions.iter().flat_map(|condition| condition.needs(facts)).collect()
        };
        let is_of_platform = |needs: &Vec<Need>| needs.iter().any(|need| matches!(need, Need::Platform(_)));
        let speaking = if self.mains.is_empty() { &self.touches } else { &self.mains };
        let needs: Vec<Vec<Need>> = speaking.iter().map(of).collect();
        let is_there = needs.iter().any(Vec::is_empty);
        if is_there && !self.mains.is_empty() {
            return Vec::new();
        }
        let missing = needs.into_iter().filter(|needs| !needs.is_empty());
        let mut missing: Vec<Vec<Need>> =
            missing.filter(|needs| !is_there || !is_of_platform(needs)).collect();
        missing.sort_by_key(|needs| effort(needs));
        let mut needs = missing.into_iter().next().unwrap_or_default();
        let mut seen = Vec::new();
        needs.retain(|need| {
            let is_new = !seen.contains(need);
            seen.push(need.clone());
            is_new
        });
        needs
    }
}

/// What names stand for in the files of a target, taken together.
struct Scope<'a> {
    names: &'a Names,
    imports: BTreeMap<String, BTreeSet<Vec<String>>>,
}

impl<'a> Scope<'a> {
    fn new(source: &Source, names: &'a Names) -> Self {
        let mut imports: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
        for event in &source.events {
            if let EventKind::Import(import) = &event.kind {
                imports.entry(import.name.clone()).or_default().insert(import.path.clone());
            }
        }
        Self { names, imports }
    }

    /// The paths that a path may stand for, by what is imported.
    fn resolve(&self, path: &[String]) -> Vec<Vec<String>> {
        const MOST_PATHS: usize = 100;
        let mut seen = BTreeSet::new();
        let mut waiting = vec![path.to_vec()];
        let mut ends = Vec::new();
        while let Some(path) = waiting.pop() {
            let start = path.iter().position(|word| !matches!(word.as_str(), "crate" | "self" | "super"));
            let path = path[start.unwrap_or(0)..].to_vec();
            if seen.len() >= MOST_PATHS || !seen.insert(path.clone()) {
                continue;
            }
            let Some(first) = path.first() else { continue };
            let imported = self.imports.get(first).into_iter().flatten();
            let imported: Vec<Vec<String>> = imported
                .map(|import| [&import[..], &path[1..]].concat())
                .filter(|imported| *imported != path)
                .collect();
            if imported.is_empty() || self.names.is_ours(first) {
                ends.push(path);
            } else {
                waiting.extend(imported);
            }
        }
        ends
    }

    fn whose(&self, paths: &[Vec<String>], is_item_macro: bool) -> Whose {
        let names = self.names;
        let is_ours = |path: &Vec<String>| {
            let Some((first, rest)) = path.split_first() else { return false };
            let hands_on = |word: &String| names.is_ours(word) || RUNTIME_ITEMS.contains(&word.as_str());
            names.is_ours(first)
                || (names.own.as_ref() == Some(first) && (is_item_macro || rest.iter().any(hands_on)))
        };
        let is_foreign = |path: &Vec<String>| path.first().is_some_and(|first| names.is_foreign(first));
        if paths.iter().any(is_ours) {
            Whose::Ours
        } else if paths.iter().any(is_foreign) {
            Whose::Foreign
        } else {
            Whose::Own
        }
    }

    /// Whose a macro is that no import names.
    fn whose_macro(&self, name: &str, is_item_macro: bool) -> Whose {
        // As with `#[macro_use]`.
        let is_criterion = name.starts_with("criterion_") && self.names.is_foreign("criterion");
        if is_criterion {
            return Whose::Foreign;
        }
        let all_of: Vec<Vec<String>> = self.imports.get("*").into_iter().flatten().cloned().collect();
        let is_std = STD_ITEMS.contains(&name);
        let resolved: Vec<Vec<String>> = all_of.iter().flat_map(|path| self.resolve(path)).collect();
        if is_std { Whose::Own } else { self.whose(&resolved, is_item_macro) }
    }
}

#[cfg(test)]
#[path = "mentions_tests.rs"]
mod tests;
