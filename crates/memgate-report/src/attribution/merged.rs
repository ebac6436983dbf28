//! Several sites of base against several of head, of one function or one way.

use super::explanation::Rows;
use super::foreign_way::ForeignWay;
use super::matching::are_alike;
use super::{ChangeNote, SiteChange};
use crate::sites::{Site, SiteKey, StoredSite};

/// A site with its value.
type Valued<T> = (i64, T);

impl Rows<'_> {
    /// Compares what belongs together and has no counterparts by name: what is gone against what is new of the same size,
    /// then of about the same size, and the rest as a sum.
    pub(super) fn compare_several(&mut self, base: &[&StoredSite], head: &[&Site], is_moved: bool) {
        let metric = self.metric;
        let mut in_base: Vec<Valued<&StoredSite>> =
            base.iter().map(|site| (site.numbers().get(metric), *site)).collect();
        let mut in_head: Vec<Valued<&Site>> =
            head.iter().map(|site| (site.numbers().get(metric), *site)).collect();
        let has_nothing_in_base = in_base.iter().any(|(value, _)| *value == 0);
        in_base.retain(|(value, _)| *value != 0);
        in_head.retain(|(value, _)| *value != 0);
        take_pairs(&mut in_base, &mut in_head, |one, other| one == other);
        for (base, head) in take_pairs(&mut in_base, &mut in_head, are_alike) {
            self.compare_pair(base, head, is_moved);
        }
        match (in_base.as_slice(), in_head.as_slice()) {
            (gone, []) => {
                for (_, site) in gone {
                    self.push_gone(site, site.numbers(), self.base_place(site));
                }
            }
            ([], grown) => {
                for (_, site) in grown {
                    for position in &site.positions {
                        let change = self.site_change(site, Some(position), is_moved);
                        let base = has_nothing_in_base.then_some(0);
                        self.push(change, base, position.numbers.get(metric));
                    }
                }
            }
            ([(_, base)], [(_, head)]) => self.compare_pair(base, head, is_moved),
            (base, head) => self.compare_sum(base, head, is_moved),
        }
    }

    fn compare_sum(&mut self, base: &[Valued<&StoredSite>], head: &[Valued<&Site>], is_moved: bool) {
        let Some((value, shown)) = head.iter().rev().max_by_key(|(value, _)| value.unsigned_abs()) else {
            return;
        };
        let mut change = self.site_change(shown, shown.largest(self.metric), is_moved);
        // Whether the largest is what has more nobody can say, unless base has nothing of its size.
        let largest_of_base = base.iter().map(|(value, _)| value.unsigned_abs()).max().unwrap_or_default();
        if value.unsigned_abs() / 2 < largest_of_base {
            let keys = base.iter().map(|(_, site)| &site.key).chain(head.iter().map(|(_, site)| &site.key));
            self.show_common_way(&mut change, &shown.key, keys);
        }
        change.notes.push(ChangeNote::Summed {
            base_sites: u64::try_from(base.len()).unwrap_or(u64::MAX),
            head_sites: u64::try_from(head.len()).unwrap_or(u64::MAX),
        });
        let (base_sum, head_sum) = (sum(base), sum(head));
        self.push(change, Some(base_sum), head_sum);
    }

    /// Takes off the innermost functions of other packages that are not common to all.
    fn show_common_way<'k>(
        &self,
        change: &mut SiteChange,
        shown: &SiteKey,
        all: impl Iterator<Item = &'k SiteKey>,
    ) {
        let Some(way) = ForeignWay::of(shown, &self.frames) else { return };
        let depth =
            |key: &SiteKey| ForeignWay::of(key, &self.frames).map_or(0, |other| way.common_depth(&other));
        let common = all.map(depth).min().unwrap_or_default();
        let taken_off = (way.depth() - common).min(change.through.len());
        change.through.drain(..taken_off);
    }
}

fn sum<T>(sites: &[Valued<T>]) -> i64 {
    sites.iter().fold(0, |sum, (value, _)| sum.wrapping_add(*value))
}

/// Takes pairs off two lists, the largest first, each of a site of base and one of head whose values belong together.
fn take_pairs<'a>(
    base: &mut Vec<Valued<&'a StoredSite>>,
    head: &mut Vec<Valued<&'a Site>>,
    belong_together: impl Fn(i64, i64) -> bool,
) -> Vec<(&'a StoredSite, &'a Site)> {
    base.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
    head.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
    let (mut pairs, mut base_left, mut head_left) = (Vec::new(), Vec::new(), Vec::new());
    let (mut in_base, mut in_head) = (base.drain(..).peekable(), head.drain(..).peekable());
    while let (Some((one, _)), Some((other, _))) = (in_base.peek(), in_head.peek()) {
        if belong_together(*one, *other) {
            pairs.extend(in_base.next().zip(in_head.next()).map(|((_, base), (_, head))| (base, head)));
        } else if one > other {
            base_left.extend(in_base.next());
        } else {
            head_left.extend(in_head.next());
        }
    }
    base_left.extend(in_base);
    head_left.extend(in_head);
    (*base, *head) = (base_left, head_left);
    pairs
}
