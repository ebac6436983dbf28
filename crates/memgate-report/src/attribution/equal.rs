//! What is equal in two lists.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Takes off both lists what is equal in something, and gives it in pairs, the first of the one list with the first of the other.
///
/// Looked up rather than searched for: one function may have thousands of closures.
pub(super) fn take_equal<T: Eq + Hash>(
    base: &mut Vec<usize>,
    head: &mut Vec<usize>,
    of_base: impl Fn(usize) -> T,
    of_head: impl Fn(usize) -> T,
) -> Vec<(usize, usize)> {
    let mut places: HashMap<T, VecDeque<usize>> = HashMap::new();
    for (place, index) in head.iter().enumerate() {
        places.entry(of_head(*index)).or_default().push_back(place);
    }
    let mut is_taken = vec![false; head.len()];
    let mut pairs = Vec::new();
    base.retain(|index| {
        let place = places.get_mut(&of_base(*index)).and_then(VecDeque::pop_front);
        let Some((place, found)) = place.and_then(|place| Some((place, *head.get(place)?))) else {
            return true;
        };
        if let Some(is_taken) = is_taken.get_mut(place) {
            *is_taken = true;
        }
        pairs.push((*index, found));
        false
    });
    let mut is_taken = is_taken.into_iter();
    head.retain(|_| !is_taken.next().unwrap_or_default());
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_are_paired_in_the_order_of_the_lists() {
        let (base_values, head_values) = ([7, 8, 7, 9, 7], [9, 7, 5, 7]);
        let (mut base, mut head) = (vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3]);
        let pairs = take_equal(&mut base, &mut head, |index| base_values[index], |index| head_values[index]);
        assert_eq!(pairs, [(0, 1), (2, 3), (3, 0)]);
        assert_eq!((base, head), (vec![1, 4], vec![2]));
    }
}
