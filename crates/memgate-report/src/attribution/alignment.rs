//! Two lists in the order of the source, one from before an edit and one from after it.

use std::collections::HashSet;

use memgate_protocol::Metric;

use super::equal::take_equal;
use crate::sites::SiteNumbers;

/// Beyond this many cells the longest common subsequence is not looked for. No table comes near it; a file that someone
/// made up may.
const MAXIMUM_CELLS: usize = 1_000_000;

/// What belongs together in two lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Alignment {
    /// The indices in base and head of equal numbers.
    pub(super) pairs: Vec<(usize, usize)>,
    /// What is left over between two neighbouring pairs.
    pub(super) gaps: Vec<Gap>,
}

/// What is left over in both lists between the same neighbours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gap {
    /// The indices in base.
    pub(super) base: Vec<usize>,
    /// The indices in head.
    pub(super) head: Vec<usize>,
}

/// Aligns two lists by their longest common subsequence of equal numbers. What is equal elsewhere in the lists was
/// moved, and is paired too.
pub(super) fn align(base: &[SiteNumbers], head: &[SiteNumbers]) -> Alignment {
    let mut alignment = Alignment::default();
    let mut gap = Gap::default();
    for step in common_subsequence(base, head) {
        match step {
            Step::Both(base_index, head_index) => {
                alignment.pairs.push((base_index, head_index));
                alignment.gaps.push(std::mem::take(&mut gap));
            }
            Step::Base(index) => gap.base.push(index),
            Step::Head(index) => gap.head.push(index),
        }
    }
    alignment.gaps.push(gap);
    alignment.pair_moved(base, head);
    alignment.gaps.retain(|gap| !(gap.base.is_empty() && gap.head.is_empty()));
    alignment
}

impl Gap {
    /// The gap in parts: what allocates the same in both lists, and what is left over between that.
    ///
    /// When an edit puts the peak elsewhere, the lines around it hold other amounts then, and how much they allocate is
    /// all that is still the same.
    pub(super) fn by_allocations(&self, base: &[SiteNumbers], head: &[SiteNumbers]) -> Vec<Self> {
        let of = |list: &[SiteNumbers], indices: &[usize]| -> Vec<SiteNumbers> {
            indices.iter().filter_map(|index| list.get(*index)).map(allocations).collect()
        };
        let alignment = align(&of(base, &self.base), &of(head, &self.head));
        let pairs =
            alignment.pairs.into_iter().map(|(base, head)| Self { base: vec![base], head: vec![head] });
        let in_lists = |own: &[usize], part: Vec<usize>| {
            part.into_iter().filter_map(|index| own.get(index).copied()).collect()
        };
        pairs
            .chain(alignment.gaps)
            .map(|part| Self { base: in_lists(&self.base, part.base), head: in_lists(&self.head, part.head) })
            .collect()
    }
}

/// What is allocated, whatever becomes of it.
fn allocations(numbers: &SiteNumbers) -> SiteNumbers {
    let kept = [Metric::Allocs, Metric::Reallocs, Metric::TotalBytes];
    kept.into_iter().fold(SiteNumbers::default(), |kept, metric| kept.with(metric, numbers.get(metric)))
}

impl Alignment {
    fn pair_moved(&mut self, base: &[SiteNumbers], head: &[SiteNumbers]) {
        let mut left: Vec<usize> = self.gaps.iter().flat_map(|gap| gap.base.iter().copied()).collect();
        let mut left_of_head: Vec<usize> =
            self.gaps.iter().flat_map(|gap| gap.head.iter().copied()).collect();
        let moved =
            take_equal(&mut left, &mut left_of_head, |index| base.get(index), |index| head.get(index));
        let (of_base, of_head): (HashSet<usize>, HashSet<usize>) = moved.iter().copied().unzip();
        for gap in &mut self.gaps {
            gap.base.retain(|index| !of_base.contains(index));
            gap.head.retain(|index| !of_head.contains(index));
        }
        self.pairs.extend(moved);
    }
}

enum Step {
    Both(usize, usize),
    Base(usize),
    Head(usize),
}

fn common_subsequence(base: &[SiteNumbers], head: &[SiteNumbers]) -> Vec<Step> {
    let width = head.len() + 1;
    let cells = (base.len() + 1).saturating_mul(width);
    let mut lengths = vec![0_usize; if cells > MAXIMUM_CELLS { 0 } else { cells }];
    let at = |lengths: &[usize], row: usize, column: usize| {
        lengths.get(row * width + column).copied().unwrap_or_default()
    };
    if !lengths.is_empty() {
        for (row, base_numbers) in base.iter().enumerate().rev() {
            for (column, head_numbers) in head.iter().enumerate().rev() {
                let length = if base_numbers == head_numbers {
                    1 + at(&lengths, row + 1, column + 1)
                } else {
                    at(&lengths, row + 1, column).max(at(&lengths, row, column + 1))
                };
                if let Some(cell) = lengths.get_mut(row * width + column) {
                    *cell = length;
                }
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut steps = Vec::with_capacity(base.len() + head.len());
    loop {
        match (base.get(row), head.get(column)) {
            (Some(base_numbers), Some(head_numbers)) if base_numbers == head_numbers => {
                steps.push(Step::Both(row, column));
                (row, column) = (row + 1, column + 1);
            }
            (Some(_), Some(_)) if at(&lengths, row + 1, column) < at(&lengths, row, column + 1) => {
                steps.push(Step::Head(column));
                column += 1;
            }
            (Some(_), _) => {
                steps.push(Step::Base(row));
                row += 1;
            }
            (None, Some(_)) => {
                steps.push(Step::Head(column));
                column += 1;
            }
            (None, None) => return steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::samples::numbers;

    fn aligned(base: &[i64], head: &[i64]) -> String {
        let list = |values: &[i64]| values.iter().map(|value| numbers(*value)).collect::<Vec<_>>();
        let alignment = align(&list(base), &list(head));
        let gaps: Vec<String> =
            alignment.gaps.iter().map(|gap| format!("{:?}/{:?}", gap.base, gap.head)).collect();
        format!("{:?} {}", alignment.pairs, gaps.join(" "))
    }

    #[test]
    fn what_was_added_or_removed_is_between_what_stayed() {
        assert_eq!(aligned(&[1, 2, 3], &[1, 2, 3]), "[(0, 0), (1, 1), (2, 2)] ");
        assert_eq!(aligned(&[1, 2], &[1, 9, 2]), "[(0, 0), (1, 2)] []/[1]");
        assert_eq!(aligned(&[1, 9, 2], &[1, 2]), "[(0, 0), (2, 1)] [1]/[]");
        assert_eq!(aligned(&[1, 5, 2, 6], &[1, 7, 8, 2]), "[(0, 0), (2, 3)] [1]/[1, 2] [3]/[]");
        assert_eq!(aligned(&[], &[1]), "[] []/[0]");
    }

    #[test]
    fn what_changed_places_is_paired() {
        assert_eq!(aligned(&[3, 5], &[5, 3, 7]), "[(1, 0), (0, 1)] []/[2]");
    }

    #[test]
    fn a_gap_is_divided_by_what_is_allocated() {
        let at_peak = |value| numbers(value).with(Metric::PeakBytes, 8 * value);
        let (base, head) = ([numbers(1), at_peak(2)], [numbers(1), at_peak(3), numbers(2), numbers(4)]);
        let alignment = align(&base, &head);
        assert_eq!(alignment.gaps, [Gap { base: vec![1], head: vec![1, 2, 3] }]);
        let gap = |base: &[usize], head: &[usize]| Gap { base: base.to_vec(), head: head.to_vec() };
        assert_eq!(
            alignment.gaps[0].by_allocations(&base, &head),
            [gap(&[1], &[2]), gap(&[], &[1]), gap(&[], &[3])]
        );
    }

    #[test]
    fn lists_of_any_length_are_aligned() {
        let long: Vec<i64> = (0..1_500).collect();
        let list: Vec<SiteNumbers> = long.iter().map(|value| numbers(*value)).collect();
        let alignment = align(&list, &list);
        assert_eq!(alignment.pairs.len(), 1_500);
    }
}
