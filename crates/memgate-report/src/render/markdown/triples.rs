//! The same thing on several target triples, said once.

use std::collections::{HashMap, HashSet};

use super::inert::code;

/// The triples of a report.
pub(super) struct Triples<'a> {
    all: Vec<&'a str>,
}

/// Something with the triples on which it is the same.
pub(super) struct Grouped<'a, T> {
    pub(super) triples: Vec<&'a str>,
    pub(super) value: T,
}

impl<'a> Triples<'a> {
    pub(super) fn of(report: &'a crate::report::Report) -> Self {
        let targets = report.targets.iter().map(|target| target.target.as_str());
        let benchmarks = report.benchmarks.iter().map(|benchmark| benchmark.target.as_str());
        let all: std::collections::BTreeSet<&str> = targets.chain(benchmarks).collect();
        Self { all: all.into_iter().collect() }
    }

    pub(super) fn all(&self) -> &[&'a str] {
        &self.all
    }

    pub(super) fn are_several(&self) -> bool {
        self.all.len() > 1
    }

    /// Puts together what reads the same on several triples, in the order in which each comes up first.
    pub(super) fn grouped<T>(items: impl IntoIterator<Item = (&'a str, String, T)>) -> Vec<Grouped<'a, T>> {
        let mut groups: Vec<Grouped<'a, T>> = Vec::new();
        let mut index_of: HashMap<String, usize> = HashMap::new();
        let mut known: HashSet<(usize, &str)> = HashSet::new();
        for (triple, text, value) in items {
            let next = groups.len();
            let index = *index_of.entry(text).or_insert(next);
            let is_new = known.insert((index, triple));
            match groups.get_mut(index) {
                Some(group) if is_new => group.triples.push(triple),
                Some(_) => {}
                None => groups.push(Grouped { triples: vec![triple], value }),
            }
        }
        groups
    }

    /// Where something holds, as in "on all 3 targets"; nothing when there is only one.
    pub(super) fn shown(&self, triples: &[&str]) -> String {
        const MOST: usize = 3;
        if !self.are_several() {
            return String::new();
        }
        if triples.len() == self.all.len() {
            return format!("on all {} targets", triples.len());
        }
        let named: Vec<String> = triples.iter().take(MOST).map(|triple| code(triple)).collect();
        let more = match triples.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("on {}{more}", named.join(", "))
    }
}
