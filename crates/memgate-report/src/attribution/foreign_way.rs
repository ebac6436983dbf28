//! The way from the user's code through other packages to an allocation.

use std::collections::BTreeSet;

use super::user_frames::UserFrames;
use crate::sites::{SiteKey, name_without_modules};

/// The way from the user's code through other packages to an allocation, with names that outlive a move within the package.
pub(super) struct ForeignWay {
    operation: String,
    /// The user's function with its callers.
    entry: String,
    /// The user's function, then those of other packages inwards, without the modules that they are in.
    functions: Vec<String>,
}

impl ForeignWay {
    /// None where the user's own code allocates.
    pub(super) fn of(key: &SiteKey, frames: &UserFrames<'_>) -> Option<Self> {
        let (user, through) = frames.split(key)?;
        let last = through.iter().rev().map(|name| name_without_modules(name));
        (!through.is_empty()).then(|| Self {
            operation: key.operation.clone(),
            entry: frames.with_callers(key).unwrap_or_default(),
            functions: std::iter::once(user.to_owned()).chain(last).collect(),
        })
    }

    /// The functions of other packages on the way.
    pub(super) fn foreign_functions(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().skip(1).map(String::as_str)
    }

    /// How many functions of other packages there are on the way.
    pub(super) fn depth(&self) -> usize {
        self.functions.len().saturating_sub(1)
    }

    pub(super) fn whole_with_entry(&self) -> String {
        joined([self.operation.as_str(), self.entry.as_str()].into_iter().chain(self.foreign_functions()))
    }

    pub(super) fn whole(&self) -> String {
        joined(std::iter::once(self.operation.as_str()).chain(self.functions.iter().map(String::as_str)))
    }

    /// The way without functions that the other side does not know; none when that is all of them.
    pub(super) fn known(&self, others: &BTreeSet<String>) -> Option<String> {
        let user = self.functions.first()?;
        let known: Vec<&str> = self.foreign_functions().filter(|name| others.contains(*name)).collect();
        (!known.is_empty()).then(|| joined([self.operation.as_str(), user.as_str()].into_iter().chain(known)))
    }

    pub(super) fn innermost_with_entry(&self) -> Option<String> {
        Some(joined([self.operation.as_str(), self.functions.last()?.as_str(), self.entry.as_str()]))
    }

    pub(super) fn innermost(&self) -> Option<String> {
        Some(joined([
            self.operation.as_str(),
            self.functions.last()?.as_str(),
            self.functions.first()?.as_str(),
        ]))
    }

    /// The innermost function, whatever is called there.
    pub(super) fn innermost_function(&self) -> Option<String> {
        Some(joined([self.functions.last()?.as_str(), self.functions.first()?.as_str()]))
    }

    /// The outer part of the way, up to so many functions of other packages.
    pub(super) fn outer(&self, depth: usize) -> Option<String> {
        Some(joined(self.functions.get(..=depth)?.iter().map(String::as_str)))
    }

    pub(super) fn outer_with_operation(&self, depth: usize) -> Option<String> {
        Some(joined([self.operation.as_str(), self.outer(depth)?.as_str()]))
    }

    /// How many functions of other packages two ways have in common, from the user's code inwards.
    pub(super) fn common_depth(&self, other: &Self) -> usize {
        self.foreign_functions()
            .zip(other.foreign_functions())
            .take_while(|(one, other)| one == other)
            .count()
    }
}

fn joined<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(" <- ")
}
