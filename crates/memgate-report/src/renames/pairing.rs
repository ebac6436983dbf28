//! Which old name is which new one, among benchmarks that are alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::BenchmarkId;

/// Old names with the new ones that they became, and those of which nothing tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Paired<'a> {
    pub(super) pairs: Vec<(&'a BenchmarkId, &'a BenchmarkId)>,
    pub(super) old: Vec<&'a BenchmarkId>,
    pub(super) new: Vec<&'a BenchmarkId>,
}

/// Pairs names of benchmarks that are alike.
///
/// Those go together that have the same name in another bench target or package, then those that differ in one part of their
/// names, such as `sort/10` and `order/10`, and then the last of each: nothing that could be two ways. That the last of each are
/// one says only what they have in common (`is_telling`): two benchmarks that allocate nothing are not one for that.
pub(super) fn paired<'a>(
    old: Vec<&'a BenchmarkId>,
    new: Vec<&'a BenchmarkId>,
    is_telling: bool,
) -> Paired<'a> {
    let mut paired = Paired { pairs: Vec::new(), old, new };
    paired.take(|id| vec![id.name.clone()]);
    paired.take(with_one_part_left_out);
    if let ([old], [new]) = (&*paired.old, &*paired.new)
        && is_telling
    {
        paired.pairs.push((*old, *new));
        (paired.old, paired.new) = (Vec::new(), Vec::new());
    }
    paired
}

impl Paired<'_> {
    /// Takes the pairs that share a text with each other and with nobody else.
    fn take(&mut self, texts: impl Fn(&BenchmarkId) -> Vec<String>) {
        let mut sharing: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (index, id) in self.old.iter().enumerate() {
            for text in texts(id) {
                sharing.entry(text).or_default().0.push(index);
            }
        }
        for (index, id) in self.new.iter().enumerate() {
            for text in texts(id) {
                sharing.entry(text).or_default().1.push(index);
            }
        }
        // What one could be, by any text.
        let mut of_old: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut of_new: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (old, new) in sharing.values() {
            // Many sharing one text are none that it tells apart: two of each are enough to know.
            for old in old.iter().take(2) {
                for new in new.iter().take(2) {
                    of_old.entry(*old).or_default().insert(*new);
                    of_new.entry(*new).or_default().insert(*old);
                }
            }
        }
        let only = |candidates: &BTreeSet<usize>| match candidates.len() {
            1 => candidates.first().copied(),
            _ => None,
        };
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (old, candidates) in &of_old {
            if let Some(new) = only(candidates)
                && of_new.get(&new).and_then(only) == Some(*old)
            {
                found.push((*old, new));
            }
        }
        self.pairs.extend(found.iter().map(|(old, new)| (self.old[*old], self.new[*new])));
        let (old, new): (BTreeSet<usize>, BTreeSet<usize>) = found.into_iter().unzip();
        self.old = without(&self.old, &old);
        self.new = without(&self.new, &new);
    }
}

fn without<'a>(ids: &[&'a BenchmarkId], taken: &BTreeSet<usize>) -> Vec<&'a BenchmarkId> {
    ids.iter().enumerate().filter(|(index, _)| !taken.contains(index)).map(|(_, id)| *id).collect()
}

/// An id with each of its parts left out in turn.
fn with_one_part_left_out(id: &BenchmarkId) -> Vec<String> {
    let text = id.to_string();
    let parts: Vec<&str> = text.split('/').collect();
    (0..parts.len())
        .map(|left_out| {
            let mut parts = parts.clone();
            // No name has it.
            parts[left_out] = "\0";
            parts.join("/")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `old -> new` of each pair, and then what is left of each.
    fn of(old: &[&str], new: &[&str], is_telling: bool) -> (Vec<String>, usize, usize) {
        let parsed =
            |texts: &[&str]| -> Vec<BenchmarkId> { texts.iter().map(|text| text.parse().unwrap()).collect() };
        let (old, new) = (parsed(old), parsed(new));
        let found = paired(old.iter().collect(), new.iter().collect(), is_telling);
        let mut pairs: Vec<String> = found.pairs.iter().map(|(old, new)| format!("{old} -> {new}")).collect();
        pairs.sort();
        (pairs, found.old.len(), found.new.len())
    }

    #[test]
    fn what_could_be_two_ways_is_not_guessed() {
        assert_eq!(of(&["p/t/a"], &["p/t/x/1"], true), (vec!["p/t/a -> p/t/x/1".to_owned()], 0, 0));
        assert_eq!(of(&["p/t/a"], &["p/t/x/1"], false), (Vec::new(), 1, 1));
        assert_eq!(of(&["p/t/a", "p/t/b"], &["p/t/x", "p/t/y"], true), (Vec::new(), 2, 2));
        assert_eq!(of(&["p/t/a"], &["p/t/x", "p/t/y"], true), (Vec::new(), 1, 2));
    }

    #[test]
    fn names_tell_what_numbers_do_not() {
        let (pairs, old, new) = of(&["p/t/sort/10", "p/t/sort/99"], &["p/t/order/10", "p/t/order/99"], false);
        assert_eq!(pairs, ["p/t/sort/10 -> p/t/order/10", "p/t/sort/99 -> p/t/order/99"]);
        assert_eq!((old, new), (0, 0));
        let (pairs, ..) = of(&["p/t/a", "p/t/b", "p/t/c/1"], &["q/u/a", "q/u/b", "q/u/c/1"], false);
        assert_eq!(pairs, ["p/t/a -> q/u/a", "p/t/b -> q/u/b", "p/t/c/1 -> q/u/c/1"]);
        // Of one that was renamed and one that came in its place, the name in the other target goes first.
        let (pairs, old, new) = of(&["p/t/a"], &["p/t/b", "p/u/a"], true);
        assert_eq!((pairs, old, new), (vec!["p/t/a -> p/u/a".to_owned()], 0, 1));
    }

    #[test]
    fn thousands_that_are_alike_take_no_time_to_speak_of() {
        let ids = |word: &str| -> Vec<BenchmarkId> {
            (0..20_000).map(|index| format!("p/t/{word}{index}").parse().unwrap()).collect()
        };
        let (old, new) = (ids("a"), ids("b"));
        let found = paired(old.iter().collect(), new.iter().collect(), true);
        assert_eq!((found.pairs.len(), found.old.len()), (0, 20_000));
    }
}
