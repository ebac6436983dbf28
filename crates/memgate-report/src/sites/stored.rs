//! The sites of one benchmark as they are committed.

use std::collections::BTreeSet;

use memgate_protocol::Metric;

use super::{Site, SiteKey, SiteNumbers, SiteTable};

/// Up to how many sites are all committed.
pub const MAXIMUM_COMPLETE_SITES: usize = 60;

/// Up to how many sites of a whole command are all committed. Most of them are of what starts and reads arguments, and what its own code
/// does is small beside that: as a sum it would explain nothing.
const MAXIMUM_COMPLETE_SITES_OF_A_COMMAND: usize = 2_000;

/// What part of each metric's magnitude the committed sites make up at least where there are more, in percent.
const COVERED_PERCENT: u128 = 95;

/// The sites of one benchmark as they are committed.
///
/// The sum of everything is that of the table that they were made from, in every metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredSites {
    /// The sites, in the order of their keys' texts. None is there twice.
    pub sites: Vec<StoredSite>,
    /// The small ones, summed.
    pub other: OtherSites,
    /// What is counted for no stack: blocks from before the window that were freed or moved in it.
    pub older: SiteNumbers,
}

/// One committed site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSite {
    /// What it is known by.
    pub key: SiteKey,
    /// The numbers of its positions, in the order of the source.
    pub positions: Vec<SiteNumbers>,
}

/// Sites that are committed only as a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OtherSites {
    /// How many there are. What was beyond the limit of stacks counts as one.
    pub sites: u64,
    /// Their sum.
    pub numbers: SiteNumbers,
    /// Of each metric the largest value that one of them has; zero when none is above zero.
    pub largest: SiteNumbers,
}

impl StoredSites {
    /// What is committed of a table.
    ///
    /// All sites when there are at most [`MAXIMUM_COMPLETE_SITES`], else of each of `metrics`, which are those that are
    /// gated, the largest that make up 95 % of the sum of magnitudes.
    #[must_use]
    pub fn of(table: &SiteTable, metrics: &[Metric]) -> Self {
        Self::within(table, metrics, MAXIMUM_COMPLETE_SITES)
    }

    /// What is committed of the table of a whole command: as [`of`](Self::of), with all sites when there are at most 2,000.
    #[must_use]
    pub fn of_command(table: &SiteTable, metrics: &[Metric]) -> Self {
        Self::within(table, metrics, MAXIMUM_COMPLETE_SITES_OF_A_COMMAND)
    }

    fn within(table: &SiteTable, metrics: &[Metric], most: usize) -> Self {
        let kept = (table.sites.len() > most).then(|| kept(&table.sites, metrics));
        let mut stored = Self { older: table.older, ..Self::default() };
        for (index, site) in table.sites.iter().enumerate() {
            if kept.as_ref().is_none_or(|kept| kept.contains(&index)) {
                let positions = site.positions.iter().map(|position| position.numbers).collect();
                stored.sites.push(StoredSite { key: site.key.clone(), positions });
            } else {
                stored.other.add(site.numbers());
            }
        }
        if !table.beyond_limit.is_zero() {
            stored.other.add(table.beyond_limit);
        }
        stored
    }

    /// The exact sum of everything.
    #[must_use]
    pub fn total(&self) -> SiteNumbers {
        self.sites.iter().map(StoredSite::numbers).sum::<SiteNumbers>() + self.other.numbers + self.older
    }
}

impl StoredSite {
    /// The sum of its positions.
    #[must_use]
    pub fn numbers(&self) -> SiteNumbers {
        self.positions.iter().sum()
    }
}

impl OtherSites {
    fn add(&mut self, numbers: SiteNumbers) {
        self.sites += 1;
        self.numbers += numbers;
        self.largest = self.largest.larger(numbers);
    }
}

/// The indices of the sites that are kept where not all are.
fn kept(sites: &[Site], metrics: &[Metric]) -> BTreeSet<usize> {
    let numbers: Vec<SiteNumbers> = sites.iter().map(Site::numbers).collect();
    let mut kept = BTreeSet::new();
    for metric in metrics {
        let mut magnitudes: Vec<(u128, usize)> = numbers
            .iter()
            .map(|numbers| u128::from(numbers.get(*metric).unsigned_abs()))
            .zip(0..)
            .filter(|(magnitude, _)| *magnitude > 0)
            .collect();
        // The earlier of equal ones first, so that the same sites are kept each time.
        magnitudes.sort_by_key(|(magnitude, index)| (std::cmp::Reverse(*magnitude), *index));
        let sum: u128 = magnitudes.iter().map(|(magnitude, _)| magnitude).sum();
        let mut covered = 0;
        for (magnitude, index) in magnitudes {
            if covered * 100 >= sum * COVERED_PERCENT {
                break;
            }
            covered += magnitude;
            kept.insert(index);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use memgate_protocol::StackNumbers;

    use super::super::Profile;
    use super::super::samples::{numbers, stack};
    use super::*;

    fn table(count: i64, allocs: impl Fn(i64) -> i64) -> SiteTable {
        let one = |index: i64| {
            let numbers = [(Metric::Allocs, allocs(index)), (Metric::TotalBytes, 8 * allocs(index))];
            stack(&format!("w f::g{index:03}"), &numbers)
        };
        let beyond_limit = StackNumbers { allocs: 3, total_bytes: 24, ..StackNumbers::default() };
        let older = StackNumbers { total_bytes: -5, ..StackNumbers::default() };
        let stacks = (0..count).map(one).collect();
        SiteTable::from_profile(&Profile { stacks, beyond_limit, older, ..Profile::default() })
    }

    #[test]
    fn up_to_sixty_sites_are_all_kept() {
        let table = table(60, |index| index + 1);
        let stored = StoredSites::of(&table, &[Metric::Allocs]);
        assert_eq!(stored.sites.len(), 60);
        assert_eq!(stored.other, OtherSites { sites: 1, numbers: numbers(3), largest: numbers(3) });
        assert_eq!(stored.total(), table.total());
    }

    #[test]
    fn of_more_sites_the_largest_are_kept() {
        let table = table(61, |index| if index < 2 { -1_000 * (index + 1) } else { index });
        let stored = StoredSites::of(&table, &[Metric::Allocs]);
        // The magnitudes are 3000 + (2 + … + 60) = 4829, of which 95 % is 4587.55: without the 21 smallest, which
        // make up 2 + … + 22 = 252, it is 4577, so one more is kept.
        assert_eq!(stored.sites.len(), 61 - 20);
        assert_eq!(stored.other.sites, 21);
        assert_eq!(stored.other.numbers, numbers((2..=21).sum::<i64>() + 3));
        assert_eq!(stored.other.largest, numbers(21));
        assert_eq!(stored.total(), table.total());
        let texts: Vec<String> = stored.sites.iter().map(|site| site.key.to_string()).collect();
        assert!(texts.is_sorted());
    }

    #[test]
    fn of_a_command_all_of_many_are_kept() {
        let table = table(400, |index| if index == 0 { 100_000 } else { 1 });
        let stored = StoredSites::of_command(&table, &[Metric::Allocs]);
        assert_eq!(stored.sites.len(), 400);
        assert_eq!(stored.total(), table.total());
        assert_eq!(StoredSites::of(&table, &[Metric::Allocs]).sites.len(), 1);
    }

    #[test]
    fn every_metric_is_covered() {
        let mut table = table(61, |index| if index == 0 { 100_000 } else { 1 });
        table.sites[60].positions[0].numbers = numbers(1).with(Metric::PeakBytes, 7);
        let stored = StoredSites::of(&table, &[Metric::Allocs, Metric::PeakBytes]);
        assert_eq!(stored.sites.len(), 2);
        assert_eq!(StoredSites::of(&table, &[]).sites.len(), 0);
    }

    #[test]
    fn exactly_the_part_that_is_needed_is_enough() {
        let with = |largest| table(61, |index| if index == 0 { largest } else { 1 });
        assert_eq!(StoredSites::of(&with(1_140), &[Metric::Allocs]).sites.len(), 1);
        assert_eq!(StoredSites::of(&with(1_139), &[Metric::Allocs]).sites.len(), 2);
    }
}
