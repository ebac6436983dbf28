//! What may run side by side.

use std::num::NonZeroUsize;

use super::Problem;
use super::table::Item;
use crate::model::BenchmarkId;

/// Which benchmarks run with nothing beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alone(Vec<(glob::Pattern, bool)>);

impl Alone {
    /// Whether a benchmark runs alone; the last rule that matches wins.
    #[must_use]
    pub fn has(&self, id: &BenchmarkId) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let text = id.to_string();
        self.0.iter().rev().find(|(pattern, _)| pattern.matches(&text)).is_some_and(|(_, alone)| *alone)
    }

    pub(super) fn add(&mut self, pattern: glob::Pattern, alone: bool) {
        self.0.push((pattern, alone));
    }
}

/// How many benchmarks run side by side.
pub(super) fn jobs(item: Item<'_>) -> Result<NonZeroUsize, Problem> {
    let number = item.integer()?.and_then(|number| usize::try_from(number).ok());
    let number = number.filter(|number| *number <= 1_000).and_then(NonZeroUsize::new);
    number.ok_or_else(|| item.problem("it must be a whole number from 1 to 1000"))
}

#[cfg(test)]
mod tests {
    use super::super::parse_config;
    use super::*;

    #[test]
    fn the_last_rule_that_matches_wins() {
        let text = "jobs = 3\n[[benchmark]]\nmatch = \"p/m/*\"\nalone = true\n\
                    [[benchmark]]\nmatch = \"*/quick\"\nalone = false\n\
                    [[benchmark]]\nmatch = \"*\"\nbudget = { allocs = 1 }";
        let config = parse_config(text).unwrap();
        assert_eq!(config.measure.jobs, NonZeroUsize::new(3));
        let alone = |name: &str| config.alone.has(&BenchmarkId::new("p", "m", name));
        assert!(alone("slow") && !alone("quick") && !config.alone.has(&BenchmarkId::new("q", "m", "slow")));
        assert!(!Alone::default().has(&BenchmarkId::new("p", "m", "slow")));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, problem) in [
            ("jobs = 0", "1: `jobs`: it must be a whole number from 1 to 1000"),
            ("jobs = \"2\"", "1: `jobs`: it must be a whole number from 1 to 1000"),
            ("job = 2", "1: unknown key `job` in memgate.toml; did you mean `jobs`?"),
            ("[[benchmark]]\nmatch = \"*\"\nalone = 1", "3: `alone`: it must be true or false"),
            (
                "[[benchmark]]\nmatch = \"*\"\nalon = true",
                "3: unknown key `alon` in [[benchmark]]; did you mean `alone`?",
            ),
        ] {
            assert_eq!(parse_config(text).unwrap_err().to_string(), problem, "{text}");
        }
    }
}
