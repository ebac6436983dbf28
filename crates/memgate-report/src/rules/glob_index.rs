//! Which of many globs may match a text, without trying each.

use std::collections::{BTreeSet, HashMap};

/// Globs by what they begin with before anything in them means something, and what they end with after it: of thousands of
/// them, few have to be tried on one id. Only those without an end of their own are tried on all ids with their beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GlobIndex {
    by_start: HashMap<String, Vec<usize>>,
    /// The lengths that beginnings have, in bytes.
    lengths: BTreeSet<usize>,
    /// What each ends with.
    ends: Vec<String>,
}

impl GlobIndex {
    /// Adds the next glob.
    pub(crate) fn push(&mut self, glob: &str) {
        let start = glob.split(['*', '?', '[']).next().unwrap_or_default();
        self.lengths.insert(start.len());
        self.by_start.entry(start.to_owned()).or_default().push(self.ends.len());
        self.ends.push(glob.rsplit(['*', '?', ']']).next().unwrap_or_default().to_owned());
    }

    /// The places of all globs that may match, in the order in which they were added. No other matches.
    pub(crate) fn candidates(&self, text: &str) -> Vec<usize> {
        let starts = self.lengths.range(..=text.len()).filter_map(|length| text.get(..*length));
        let started = starts.filter_map(|start| self.by_start.get(start)).flatten().copied();
        let mut found: Vec<usize> = started.filter(|place| text.ends_with(&self.ends[*place])).collect();
        found.sort_unstable();
        found
    }
}

impl<'a> FromIterator<&'a str> for GlobIndex {
    fn from_iter<I: IntoIterator<Item = &'a str>>(globs: I) -> Self {
        let mut index = Self::default();
        for glob in globs {
            index.push(glob);
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches_is_among_the_candidates_in_order() {
        let globs = ["*", "p/t/a", "p/*", "q/t/[ab]", "p/t/aß", "", "p/t/a?", "p/*/b", "*[]x]b", "p/[t]/ab"];
        let index: GlobIndex = globs.into_iter().collect();
        for id in ["p/t/a", "p/t/aß", "p/t/ab", "q/t/a", "", "é"] {
            let candidates = index.candidates(id);
            assert!(candidates.is_sorted());
            for (place, glob) in globs.iter().enumerate() {
                let matches = glob::Pattern::new(glob).unwrap().matches(id);
                assert!(!matches || candidates.contains(&place), "{glob} {id}");
            }
        }
        assert_eq!(index.candidates("q/t/a"), [0, 3, 5]);
        assert_eq!(index.candidates("p/t/é"), [0, 2, 5]);
    }
}
