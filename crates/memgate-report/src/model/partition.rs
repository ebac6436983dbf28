//! A part of the selected benchmarks, for machines that share the work.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::BenchmarkId;

/// More shards than this are a mistake.
const MOST_SHARDS: u32 = 1_000;

/// How benchmarks are dealt out to shards; the words are those of `cargo nextest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartitionKind {
    /// In turns over the sorted ids. Shards are of equal size; a benchmark that is added moves others.
    Count,
    /// By a stable hash of the id. A benchmark that is added moves no other; shards differ in size.
    Hash,
}

/// One of so many shards, as in `count:1/4`.
///
/// # Example
/// ```
/// use memgate_report::model::Partition;
/// let partition: Partition = "count:2/4".parse().unwrap();
/// assert_eq!((partition.shard(), partition.shards()), (2, 4));
/// assert_eq!(partition.to_string(), "count:2/4");
/// assert!("count:5/4".parse::<Partition>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    kind: PartitionKind,
    shards: u32,
    shard: u32,
}

/// The error of [`Partition`]'s `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no partition; the first of four shards is count:1/4, or hash:1/4")]
pub struct InvalidPartition(String);

impl Partition {
    /// How benchmarks are dealt out.
    #[must_use]
    pub fn kind(self) -> PartitionKind {
        self.kind
    }

    /// Which shard this is, from one.
    #[must_use]
    pub fn shard(self) -> u32 {
        self.shard
    }

    /// How many shards there are.
    #[must_use]
    pub fn shards(self) -> u32 {
        self.shards
    }

    /// Every shard of the same cut, in order.
    pub fn siblings(self) -> impl Iterator<Item = Self> + Clone {
        (1..=self.shards).map(move |shard| Self { shard, ..self })
    }

    /// The benchmarks of this shard. Every one of `ids` is in exactly one of [`Partition::siblings`].
    #[must_use]
    pub fn part_of(self, ids: &BTreeSet<BenchmarkId>) -> BTreeSet<BenchmarkId> {
        let own = self.dealt(ids).filter(|(_, sibling)| *sibling == self);
        own.map(|(id, _)| id.clone()).collect()
    }

    /// Every benchmark with its shard.
    pub fn dealt(self, ids: &BTreeSet<BenchmarkId>) -> impl Iterator<Item = (&BenchmarkId, Self)> {
        let turns = self.siblings().cycle();
        ids.iter().zip(turns).map(move |(id, turn)| match self.kind {
            PartitionKind::Count => (id, turn),
            PartitionKind::Hash => {
                let place = stable_hash(&id.to_string()) % u64::from(self.shards);
                // Less than the number of shards, which is small.
                let shard = u32::try_from(place).unwrap_or_default() + 1;
                (id, Self { shard, ..self })
            }
        })
    }
}

/// FNV-1a over the bytes, then the last step of `SplitMix64`, without which its lowest bits say little. It may never
/// change: what is in which shard is what people plan their machines by.
fn stable_hash(text: &str) -> u64 {
    let fnv = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl std::fmt::Display for Partition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            PartitionKind::Count => "count",
            PartitionKind::Hash => "hash",
        };
        write!(f, "{kind}:{}/{}", self.shard, self.shards)
    }
}

impl std::str::FromStr for Partition {
    type Err = InvalidPartition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (kind, place) = text.split_once(':')?;
            let kind = match kind {
                "count" => PartitionKind::Count,
                "hash" => PartitionKind::Hash,
                _ => return None,
            };
            let (shard, shards) = place.split_once('/')?;
            let number = |digits: &str| {
                digits.parse::<u32>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
            };
            let (shard, shards) = (number(shard)?, number(shards)?);
            let is_one_of_them = (1..=shards).contains(&shard) && shards <= MOST_SHARDS;
            is_one_of_them.then_some(Self { kind, shards, shard })
        };
        parse().ok_or_else(|| InvalidPartition(text.to_owned()))
    }
}

impl Serialize for Partition {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Partition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(names: &[&str]) -> BTreeSet<BenchmarkId> {
        names.iter().map(|name| BenchmarkId::new("p", "t", *name)).collect()
    }

    fn part(partition: &str, ids: &BTreeSet<BenchmarkId>) -> Vec<String> {
        let part = partition.parse::<Partition>().unwrap().part_of(ids);
        part.into_iter().map(|id| id.name).collect()
    }

    #[test]
    fn count_takes_turns_over_the_sorted_ids() {
        let ids = ids(&["e", "d", "c", "b", "a"]);
        assert_eq!(part("count:1/2", &ids), ["a", "c", "e"]);
        assert_eq!(part("count:2/2", &ids), ["b", "d"]);
        assert_eq!(part("count:7/9", &ids), [] as [&str; 0]);
    }

    #[test]
    fn hashes_are_what_they_were() {
        // From another implementation of the same steps; see `stable_hash` for why they may not change.
        assert_eq!(stable_hash(""), 0xf52a_15e9_a9b5_e89b);
        assert_eq!(stable_hash("p/t/name/1000"), 0x5b93_618c_ed3c_c7dc);
    }

    #[test]
    fn what_is_no_partition_is_refused() {
        for text in [
            "",
            "1/4",
            "count:0/4",
            "count:5/4",
            "count:1/0",
            "count:+1/4",
            "slice:1/4",
            "count:1",
            "hash:1/2/3",
            "count:1/1001",
        ] {
            let error = text.parse::<Partition>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` is no partition")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn every_benchmark_is_in_exactly_one_shard(
            names in prop::collection::btree_set("[a-z]{1,6}(/[0-9]{1,4})?", 0..60),
            shards in 1_u32..12,
            kind in prop::sample::select(vec!["count", "hash"]),
        ) {
            let ids: BTreeSet<BenchmarkId> =
                names.iter().map(|name| BenchmarkId::new("p", "t", name.as_str())).collect();
            let first: Partition = format!("{kind}:1/{shards}").parse().unwrap();
            let mut dealt: Vec<BenchmarkId> = first.siblings().flat_map(|shard| shard.part_of(&ids)).collect();
            dealt.sort();
            prop_assert_eq!(dealt, ids.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn by_hash_an_added_benchmark_moves_no_other(
            names in prop::collection::btree_set("[a-z]{1,6}", 1..40),
            shard in 1_u32..5,
        ) {
            let mut ids: BTreeSet<BenchmarkId> =
                names.iter().map(|name| BenchmarkId::new("p", "t", name.as_str())).collect();
            let partition: Partition = format!("hash:{shard}/4").parse().unwrap();
            let before = partition.part_of(&ids);
            let added = BenchmarkId::new("p", "t", "an added one");
            ids.insert(added.clone());
            let mut after = partition.part_of(&ids);
            after.remove(&added);
            prop_assert_eq!(after, before);
        }
    }
}
