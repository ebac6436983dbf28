//! How many of something, in words.

/// One thing, and several of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noun(pub(crate) &'static str, pub(crate) &'static str);

pub(crate) const BENCHMARKS: Noun = Noun("benchmark", "benchmarks");
pub(crate) const COMMITS: Noun = Noun("commit", "commits");
pub(crate) const SITES: Noun = Noun("site", "sites");
pub(crate) const MORE_SITES: Noun = Noun("more site", "more sites");

impl Noun {
    /// `1 site`, `2 sites`.
    pub(crate) fn counted(self, count: impl TryInto<usize> + Copy + std::fmt::Display) -> String {
        // A number that fits nowhere is not one.
        format!("{count} {}", self.of(count.try_into().unwrap_or(usize::MAX)))
    }

    /// The word alone, for what is shown apart from the number.
    pub(crate) fn of(self, count: usize) -> &'static str {
        if count == 1 { self.0 } else { self.1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_nothing_else_is() {
        assert_eq!([0, 1, 2].map(|count| SITES.counted(count)), ["0 sites", "1 site", "2 sites"]);
    }
}
