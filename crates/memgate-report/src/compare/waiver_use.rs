//! Which waivers a comparison needed.

use glob::Pattern;
use jiff::civil::Date;

use crate::model::MetricKey;
use crate::rules::{GlobIndex, Waiver};

/// The waivers of a comparison, and which of them were needed.
pub(super) struct WaiverUse<'a> {
    entries: Vec<Entry<'a>>,
    index: GlobIndex,
}

struct Entry<'a> {
    waiver: &'a Waiver,
    pattern: Option<Pattern>,
    /// None until a measured metric matched; then whether any of them was above its limit.
    is_needed: Option<bool>,
}

impl<'a> WaiverUse<'a> {
    pub(super) fn new(waivers: &'a [Waiver]) -> Self {
        let entry = |waiver: &'a Waiver| Entry {
            waiver,
            pattern: Pattern::new(&waiver.benchmark).ok(),
            is_needed: None,
        };
        let index = waivers.iter().map(|waiver| waiver.benchmark.as_str()).collect();
        Self { entries: waivers.iter().map(entry).collect(), index }
    }

    pub(super) fn has_any(&self) -> bool {
        !self.entries.is_empty()
    }

    /// The waiver for a metric of a benchmark: the first that holds today, else the first that has expired.
    pub(super) fn matching(&self, id: &str, key: MetricKey, today: Date) -> Option<(usize, &'a Waiver)> {
        let of_metric =
            |place: &usize| self.entries.get(*place).is_some_and(|entry| entry.waiver.metric == key);
        let matching: Vec<(usize, &Waiver)> = self
            .places(id)
            .filter(of_metric)
            .filter_map(|place| Some((place, self.entries.get(place)?.waiver)))
            .collect();
        let holding = matching.iter().find(|(_, waiver)| waiver.holds_on(today));
        holding.or(matching.first()).copied()
    }

    /// The places of the waivers that are about an id.
    pub(super) fn places<'s>(&'s self, id: &'s str) -> impl Iterator<Item = usize> + 's {
        let candidates = self.index.candidates(id).into_iter();
        candidates.filter(move |place| self.entries.get(*place).is_some_and(|entry| entry.matches(id)))
    }

    pub(super) fn note_use(&mut self, index: usize, is_needed: bool) {
        let entry = &mut self.entries[index];
        entry.is_needed = Some(entry.is_needed.unwrap_or(false) || is_needed);
    }

    /// The waivers that matched a measured metric and were needed by none, by their places.
    pub(super) fn stale(&self) -> impl Iterator<Item = (usize, &'a Waiver)> {
        let unneeded = |(_, entry): &(usize, &Entry<'_>)| entry.is_needed == Some(false);
        self.entries.iter().enumerate().filter(unneeded).map(|(place, entry)| (place, entry.waiver))
    }
}

impl Entry<'_> {
    /// An id may itself have characters that mean something in a glob, so the same text always matches.
    fn matches(&self, id: &str) -> bool {
        self.waiver.benchmark == id || self.pattern.as_ref().is_some_and(|pattern| pattern.matches(id))
    }
}
