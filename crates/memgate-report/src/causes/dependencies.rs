//! Which changes go through a package whose version changed.

use std::collections::{BTreeSet, HashMap};

use crate::attribution::SiteChange;
use crate::report::DependencyChange;
use crate::sites::{crates_of, erased_name};

/// The packages whose versions changed.
#[derive(Debug, Default)]
pub(super) struct Dependencies<'a> {
    all: &'a [DependencyChange],
    by_crate: HashMap<String, usize>,
    of_function: HashMap<&'a str, Option<usize>>,
    /// Those that a change goes through.
    met: BTreeSet<usize>,
}

impl<'a> Dependencies<'a> {
    pub(super) fn of_report(all: &'a [DependencyChange]) -> Self {
        let by_crate = all.iter().enumerate().map(|(index, change)| (change.crate_name(), index)).collect();
        Self { all, by_crate, ..Self::default() }
    }

    /// The package that a change goes through, the innermost of several.
    pub(super) fn of(&mut self, change: &'a SiteChange) -> Option<usize> {
        if self.all.is_empty() {
            return None;
        }
        let functions = change.through.iter().chain(&change.place).map(|place| place.function.as_str());
        for function in functions {
            let by_crate = &self.by_crate;
            let found = *self.of_function.entry(function).or_insert_with(|| {
                crates_of(&erased_name(function)).iter().find_map(|name| by_crate.get(*name).copied())
            });
            if found.is_some() {
                self.met.extend(found);
                return found;
            }
        }
        None
    }

    pub(super) fn get(&self, index: usize) -> Option<DependencyChange> {
        self.all.get(index).cloned()
    }

    pub(super) fn met(&self) -> Vec<DependencyChange> {
        self.met.iter().filter_map(|index| self.get(*index)).collect()
    }
}
