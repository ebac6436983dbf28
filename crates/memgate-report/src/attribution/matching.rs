//! Which site of base is which site of head.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use memgate_protocol::Metric;

use super::alignment::align;
use super::equal::take_equal;
use super::foreign_way::ForeignWay;
use super::user_frames::UserFrames;
use crate::sites::{OtherSites, Site, SiteKey, SiteNumbers, SiteTable, StoredSite, StoredSites};

/// What belongs together, as indices.
#[derive(Debug, Default)]
pub(super) struct Matching {
    /// Sites that are compared.
    pub(super) comparisons: Vec<Comparison>,
    /// The sites of base that are in none.
    pub(super) base_left: BTreeSet<usize>,
    /// The sites of head that are in none.
    pub(super) head_left: BTreeSet<usize>,
}

/// Sites that are compared, sum against sum when there are several. Never empty on either side.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) base: Vec<usize>,
    pub(super) head: Vec<usize>,
    /// Whether the function has another name or lies elsewhere than in base.
    pub(super) is_moved: bool,
}

/// What is done with the sites of a group that have no counterpart with identical numbers.
#[derive(Clone, Copy)]
enum Rest {
    /// They are one comparison, however many they are.
    Merge,
    /// They are a comparison when there is one on each side.
    Single,
}

/// Matches in tiers, from the whole key to the numbers alone. Each tier looks at what those before it left over.
pub(super) fn match_sites(base: &StoredSites, head: &SiteTable) -> Matching {
    let frames = UserFrames::of(head);
    let mut matcher = Matcher {
        base: &base.sites,
        head: &head.sites,
        base_numbers: base.sites.iter().map(StoredSite::numbers).collect(),
        head_numbers: head.sites.iter().map(Site::numbers).collect(),
        other: base.other,
        matching: Matching {
            comparisons: Vec::new(),
            base_left: (0..base.sites.len()).collect(),
            head_left: (0..head.sites.len()).collect(),
        },
    };
    matcher.match_keys();
    matcher.match_foreign_ways(&frames);
    let with_operation = |key: &SiteKey, part: String| Some(format!("{} <- {part}", key.operation));
    matcher.match_tier(|key| with_operation(key, frames.with_callers(key)?), Rest::Merge, false);
    matcher.match_tier(|key| with_operation(key, frames.function(key)?.to_owned()), Rest::Merge, false);
    matcher.match_tier(|key| frames.function(key).map(str::to_owned), Rest::Merge, false);
    matcher.match_tier(|key| with_operation(key, frames.without_modules(key)?), Rest::Merge, true);
    matcher.match_renamed();
    matcher.match_unique_numbers();
    matcher.matching
}

struct Matcher<'a> {
    base: &'a [StoredSite],
    head: &'a [Site],
    base_numbers: Vec<SiteNumbers>,
    head_numbers: Vec<SiteNumbers>,
    other: OtherSites,
    matching: Matching,
}

/// Indices that have something in common.
#[derive(Default)]
struct Group {
    base: Vec<usize>,
    head: Vec<usize>,
}

impl Matcher<'_> {
    /// Whole keys. Keys that differ only in the numbers of closures are looked at together: a closure that is added
    /// gives those after it other numbers.
    fn match_keys(&mut self) {
        for group in self
            .groups_by_key(|key| Some(without_closure_numbers(key)), |key| Some(without_closure_numbers(key)))
        {
            self.match_family(group);
        }
    }

    fn match_family(&mut self, Group { mut base, mut head }: Group) {
        let in_head: HashSet<Option<&SiteKey>> = head.iter().map(|index| self.head_key(*index)).collect();
        let keys_are_equal =
            base.len() == head.len() && base.iter().all(|index| in_head.contains(&self.base_key(*index)));
        if !keys_are_equal {
            base.sort_by_key(|index| self.base.get(*index).map(|site| closure_numbers(&site.key)));
            head.sort_by_key(|index| self.head.get(*index).map(|site| closure_numbers(&site.key)));
            let same = take_equal(
                &mut base,
                &mut head,
                |index| (self.base_key(index), self.base_numbers.get(index)),
                |index| (self.head_key(index), self.head_numbers.get(index)),
            );
            self.pair_all(same);
            let numbers = |all: &[SiteNumbers], indices: &[usize]| -> Vec<SiteNumbers> {
                indices.iter().filter_map(|index| all.get(*index).copied()).collect()
            };
            let alignment = align(&numbers(&self.base_numbers, &base), &numbers(&self.head_numbers, &head));
            for (base_index, head_index) in alignment.pairs {
                if let (Some(base), Some(head)) = (base.get(base_index), head.get(head_index)) {
                    self.pair(*base, *head, false);
                }
            }
            base.retain(|index| self.matching.base_left.contains(index));
            head.retain(|index| self.matching.head_left.contains(index));
        }
        let same =
            take_equal(&mut base, &mut head, |index| self.base_key(index), |index| self.head_key(index));
        self.pair_all(same);
        // In the order of the source.
        for (base, head) in base.into_iter().zip(head) {
            self.pair(base, head, false);
        }
    }

    fn match_tier(&mut self, coarse: impl Fn(&SiteKey) -> Option<String>, rest: Rest, is_moved: bool) {
        for group in self.groups_by_key(&coarse, &coarse) {
            self.match_group(group, rest, is_moved);
        }
    }

    /// What other packages allocate, by what they call themselves: from the whole way without modules, for code that moved
    /// within its package, to the outermost function that both sides have.
    fn match_foreign_ways(&mut self, frames: &UserFrames<'_>) {
        let base: Vec<_> = self.base.iter().map(|site| ForeignWay::of(&site.key, frames)).collect();
        let head: Vec<_> = self.head.iter().map(|site| ForeignWay::of(&site.key, frames)).collect();
        let mut tier = |part: &dyn Fn(&ForeignWay) -> Option<String>, rest, is_moved| {
            let of = |ways: &[Option<ForeignWay>], index: usize| part(ways.get(index)?.as_ref()?);
            for group in self.groups(|index| of(&base, index), |index| of(&head, index)) {
                self.match_group(group, rest, is_moved);
            }
        };
        tier(&|way| Some(way.whole_with_entry()), Rest::Merge, true);
        tier(&|way| Some(way.whole()), Rest::Merge, true);
        let names = |ways: &[Option<ForeignWay>]| -> BTreeSet<String> {
            ways.iter().flatten().flat_map(ForeignWay::foreign_functions).map(str::to_owned).collect()
        };
        let (in_base, in_head) = (names(&base), names(&head));
        let in_both: BTreeSet<String> = in_base.intersection(&in_head).cloned().collect();
        tier(&|way| way.known(&in_both), Rest::Single, true);
        tier(&|way| way.innermost_with_entry(), Rest::Merge, false);
        tier(&|way| way.innermost(), Rest::Merge, false);
        tier(&|way| way.innermost_function(), Rest::Merge, false);
        let deepest = base.iter().flatten().map(ForeignWay::depth).max().unwrap_or_default();
        for depth in (1..=deepest).rev() {
            tier(&|way| way.outer_with_operation(depth), Rest::Merge, false);
            tier(&|way| way.outer(depth), Rest::Merge, false);
        }
    }

    /// Keys that are equal but for functions that only one side knows: those were renamed, or their modules or types.
    fn match_renamed(&mut self) {
        let in_base: BTreeSet<&str> =
            self.base.iter().flat_map(|site| &site.key.frames).map(String::as_str).collect();
        let in_head: BTreeSet<&str> =
            self.head.iter().flat_map(|site| &site.key.frames).map(String::as_str).collect();
        let masked = |key: &SiteKey, known: &BTreeSet<&str>| {
            let frames = key.frames.iter().map(|name| if known.contains(name.as_str()) { name } else { "?" });
            (!key.frames.is_empty()).then(|| {
                std::iter::once(key.operation.as_str()).chain(frames).collect::<Vec<_>>().join(" <- ")
            })
        };
        for group in self.groups_by_key(|key| masked(key, &in_head), |key| masked(key, &in_base)) {
            self.match_group(group, Rest::Single, true);
        }
    }

    fn match_group(&mut self, Group { mut base, mut head }: Group, rest: Rest, is_moved: bool) {
        let before = self.matching.comparisons.len();
        let identical = take_equal(
            &mut base,
            &mut head,
            |index| self.base_numbers.get(index),
            |index| self.head_numbers.get(index),
        );
        self.pair_all(identical);
        self.pair_where(&mut base, &mut head, Self::is_alike);
        for comparison in self.matching.comparisons.iter_mut().skip(before) {
            comparison.is_moved = is_moved;
        }
        // Small ones may have been among the other sites of base: then they have a counterpart already.
        head.retain(|index| !self.may_be_other(*index));
        let is_comparable = match rest {
            Rest::Merge => !base.is_empty() && !head.is_empty(),
            Rest::Single => base.len() == 1 && head.len() == 1,
        };
        if is_comparable {
            self.compare(Comparison { base, head, is_moved });
        }
    }

    /// Numbers that one site on each side has.
    fn match_unique_numbers(&mut self) {
        let mut groups: BTreeMap<SiteNumbers, Group> = BTreeMap::new();
        for index in &self.matching.base_left {
            if let Some(numbers) = self.base_numbers.get(*index).filter(|numbers| !numbers.is_zero()) {
                groups.entry(*numbers).or_default().base.push(*index);
            }
        }
        for index in &self.matching.head_left {
            if let Some(numbers) = self.head_numbers.get(*index) {
                groups.entry(*numbers).or_default().head.push(*index);
            }
        }
        for group in groups.into_values() {
            if let ([base], [head]) = (group.base.as_slice(), group.head.as_slice()) {
                self.pair(*base, *head, true);
            }
        }
    }

    fn groups_by_key(
        &self,
        base_key: impl Fn(&SiteKey) -> Option<String>,
        head_key: impl Fn(&SiteKey) -> Option<String>,
    ) -> Vec<Group> {
        let (base, head) = (self.base, self.head);
        self.groups(|index| base_key(&base.get(index)?.key), |index| head_key(&head.get(index)?.key))
    }

    /// What is left, by coarser keys; only groups that have both sides.
    fn groups(
        &self,
        base_key: impl Fn(usize) -> Option<String>,
        head_key: impl Fn(usize) -> Option<String>,
    ) -> Vec<Group> {
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for index in &self.matching.base_left {
            if let Some(key) = base_key(*index) {
                groups.entry(key).or_default().base.push(*index);
            }
        }
        for index in &self.matching.head_left {
            if let Some(key) = head_key(*index) {
                groups.entry(key).or_default().head.push(*index);
            }
        }
        groups.into_values().filter(|group| !group.base.is_empty() && !group.head.is_empty()).collect()
    }

    /// Pairs those for which something holds, and takes them off the lists.
    fn pair_where(
        &mut self,
        base: &mut Vec<usize>,
        head: &mut Vec<usize>,
        holds: impl Fn(&Self, usize, usize) -> bool,
    ) {
        base.retain(|base| {
            let Some(at) = head.iter().position(|head| holds(self, *base, *head)) else {
                return true;
            };
            let head = head.remove(at);
            self.pair(*base, head, false);
            false
        });
    }

    fn pair_all(&mut self, pairs: Vec<(usize, usize)>) {
        pairs.into_iter().for_each(|(base, head)| self.pair(base, head, false));
    }

    fn pair(&mut self, base: usize, head: usize, is_moved: bool) {
        self.compare(Comparison { base: vec![base], head: vec![head], is_moved });
    }

    fn compare(&mut self, comparison: Comparison) {
        for index in &comparison.base {
            self.matching.base_left.remove(index);
        }
        for index in &comparison.head {
            self.matching.head_left.remove(index);
        }
        self.matching.comparisons.push(comparison);
    }

    fn base_key(&self, index: usize) -> Option<&SiteKey> {
        self.base.get(index).map(|site| &site.key)
    }

    fn head_key(&self, index: usize) -> Option<&SiteKey> {
        self.head.get(index).map(|site| &site.key)
    }

    /// Whether two sites allocate as often and as much, but for an eighth: of several of a group, those are the same under
    /// another name.
    fn is_alike(&self, base: usize, head: usize) -> bool {
        let (Some(base), Some(head)) = (self.base_numbers.get(base), self.head_numbers.get(head)) else {
            return false;
        };
        base.get(Metric::TotalBytes) != 0
            && [Metric::Allocs, Metric::Reallocs, Metric::TotalBytes]
                .into_iter()
                .all(|metric| are_alike(base.get(metric), head.get(metric)))
    }

    fn may_be_other(&self, head: usize) -> bool {
        self.other.sites > 0
            && self.head_numbers.get(head).is_some_and(|numbers| numbers.is_within(&self.other.largest))
    }
}

/// Whether two values differ by less than an eighth of the larger one.
pub(crate) fn are_alike(one: i64, other: i64) -> bool {
    let difference = i128::from(one) - i128::from(other);
    let larger = one.unsigned_abs().max(other.unsigned_abs());
    one == other || difference.unsigned_abs() * 8 < u128::from(larger)
}

const CLOSURE: &str = "{closure#";

fn without_closure_numbers(key: &SiteKey) -> String {
    let text = key.to_string();
    let mut pieces = text.split(CLOSURE);
    let mut erased = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        erased.push_str(CLOSURE);
        erased.push_str(piece.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    erased
}

/// The numbers of a key's closures, outermost first: the order in which they are in the source.
fn closure_numbers(key: &SiteKey) -> Vec<u64> {
    let number = |piece: &str| {
        let end = piece.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(piece.len());
        piece.get(..end).and_then(|digits| digits.parse().ok())
    };
    let in_frame = |frame: &String| frame.split(CLOSURE).skip(1).filter_map(number).collect::<Vec<u64>>();
    key.frames.iter().rev().flat_map(in_frame).collect()
}
