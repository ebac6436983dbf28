//! How many of something, in words.

/// One thing, and several of them.
#[derive(Clone, Copy, Debug)]
pub struct Noun(
    /// The word for one.
    pub &'static str,
    /// The word for any other number.
    pub &'static str,
);

/// Benchmarks.
pub const BENCHMARKS: Noun = Noun("benchmark", "benchmarks");
/// Commits.
pub const COMMITS: Noun = Noun("commit", "commits");
/// Call sites.
pub const SITES: Noun = Noun("call site", "call sites");
/// Call sites that are not shown.
pub const MORE_SITES: Noun = Noun("more call site", "more call sites");

impl Noun {
    /// `1 call site`, `2 call sites`.
    #[must_use]
    pub fn counted(self, count: impl TryInto<usize> + Copy + std::fmt::Display) -> String {
        // A number that fits nowhere is not one.
        format!("{count} {}", self.of(count.try_into().unwrap_or(usize::MAX)))
    }

    /// The word alone, for what is shown apart from the number.
    #[must_use]
    pub fn of(self, count: usize) -> &'static str {
        if count == 1 { self.0 } else { self.1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_nothing_else_is() {
        assert_eq!(
            [0, 1, 2].map(|count| SITES.counted(count)),
            ["0 call sites", "1 call site", "2 call sites"]
        );
    }
}
