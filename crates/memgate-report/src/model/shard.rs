//! Whether shards are the whole: each there, and none twice.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{BenchmarkId, OverlapError, Partition, PartitionKind, Run, Selection, SourceRevision};

/// One shard of a measurement, and what the whole is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// The target triple.
    pub target: String,
    /// What was asked of all shards together.
    pub selection: Selection,
    /// Which of them this is.
    pub partition: Partition,
    /// Every benchmark that was declared and selected, of this shard or of another.
    pub selected: BTreeSet<BenchmarkId>,
    /// The source; none outside of a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<SourceRevision>,
}

/// A shard that is not there, as the others know it; or very many of one whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostShard {
    /// The target triple.
    pub target: String,
    /// Which one.
    pub partition: Partition,
    /// How many benchmarks were to be measured in it.
    pub benchmarks: usize,
    /// The first of them.
    pub first: Option<BenchmarkId>,
    /// How many more shards this stands for. `benchmarks` are those of all.
    pub more: usize,
}

/// Of more shards of one whole than this, none is named by itself: a small file may say that a thousand are lost.
const MOST_NAMED: usize = 20;

/// What the shards of one whole have in common.
type Cut<'a> = (&'a str, &'a Selection, PartitionKind, u32);

impl Shard {
    /// The shard that a run is; none for a run of the whole.
    #[must_use]
    pub fn of_run(run: &Run) -> Option<Self> {
        let partition = run.partition?;
        let declared = run
            .bench_targets
            .iter()
            .flat_map(|part| part.declared.iter().map(|name| part.id(name)))
            .filter(|id| run.selection.selects(id));
        Some(Self {
            target: run.target.clone(),
            selection: run.selection.clone(),
            partition,
            selected: declared.collect(),
            revision: run.revision.clone(),
        })
    }

    /// The benchmarks that were to be measured in this shard.
    #[must_use]
    pub fn part(&self) -> BTreeSet<BenchmarkId> {
        self.partition.part_of(&self.selected)
    }

    fn cut(&self) -> Cut<'_> {
        (&self.target, &self.selection, self.partition.kind(), self.partition.shards())
    }
}

/// The shards that are not there, in order. `has_failures` says that a bench target could not list its benchmarks, which is
/// worse than shards of different wholes, and the reason for it.
///
/// # Errors
/// When a shard is there twice, or two are not of one whole: cut from lists of benchmarks that differ.
pub fn lost_shards(shards: &[Shard], has_failures: bool) -> Result<Vec<LostShard>, OverlapError> {
    let mut cuts: BTreeMap<Cut<'_>, Vec<&Shard>> = BTreeMap::new();
    for shard in shards {
        cuts.entry(shard.cut()).or_default().push(shard);
    }
    let mut lost = Vec::new();
    for shards in cuts.into_values() {
        let Some(first) = shards.first() else { continue };
        let mut seen: BTreeSet<Partition> = BTreeSet::new();
        for shard in &shards {
            if !seen.insert(shard.partition) {
                return Err(OverlapError::ShardTwice {
                    partition: shard.partition,
                    target: shard.target.clone(),
                });
            }
            if let (Some(before), Some(revision)) = (&first.revision, &shard.revision)
                && before != revision
            {
                return Err(OverlapError::ShardRevisions {
                    first: (first.partition, before.to_string()),
                    second: (shard.partition, revision.to_string()),
                    target: shard.target.clone(),
                });
            }
            if let Some(id) = first.selected.symmetric_difference(&shard.selected).next()
                && !has_failures
            {
                return Err(OverlapError::ShardsDiffer {
                    first: first.partition,
                    second: shard.partition,
                    target: shard.target.clone(),
                    id: id.clone(),
                });
            }
        }
        // In one pass: there may be a thousand shards, and a stranger may say so.
        let absent = first.partition.siblings().filter(|partition| !seen.contains(partition));
        let mut absent: BTreeMap<Partition, (usize, Option<&BenchmarkId>)> =
            absent.map(|partition| (partition, (0, None))).collect();
        for (id, partition) in first.partition.dealt(&first.selected) {
            if let Some((benchmarks, first)) = absent.get_mut(&partition) {
                *benchmarks += 1;
                first.get_or_insert(id);
            }
        }
        let named =
            |(partition, (benchmarks, first_id)): (Partition, (usize, Option<&BenchmarkId>))| LostShard {
                target: first.target.clone(),
                partition,
                benchmarks,
                first: first_id.cloned(),
                more: 0,
            };
        if absent.len() <= MOST_NAMED {
            lost.extend(absent.into_iter().map(named));
        } else {
            let (more, benchmarks) = (absent.len() - 1, absent.values().map(|(count, _)| count).sum());
            lost.extend(absent.into_iter().next().map(|one| LostShard { benchmarks, more, ..named(one) }));
        }
    }
    Ok(lost)
}

/// The shards of those wholes of which one is not there.
#[must_use]
pub fn open_shards(shards: Vec<Shard>) -> Vec<Shard> {
    let mut counts: BTreeMap<Cut<'_>, u32> = BTreeMap::new();
    for shard in &shards {
        *counts.entry(shard.cut()).or_default() += 1;
    }
    let is_open: Vec<bool> =
        shards.iter().map(|shard| counts.get(&shard.cut()) != Some(&shard.partition.shards())).collect();
    shards.into_iter().zip(is_open).filter(|(_, is_open)| *is_open).map(|(shard, _)| shard).collect()
}

impl std::fmt::Display for LostShard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { target, partition, benchmarks, first: _, more } = self;
        if *more > 0 {
            let (lost, all) = (more + 1, partition.shards());
            return write!(
                f,
                "{lost} of {all} shards on {target} are not there, {partition} and others, and {benchmarks} benchmarks with \
                 them"
            );
        }
        write!(f, "shard {partition} on {target} is not there")?;
        match (self.benchmarks, &self.first) {
            (0 | 1, Some(only)) => write!(f, ", and {only} with it"),
            (count, Some(first)) => {
                write!(f, ", and {count} benchmarks with it: {first} and {} more", count - 1)
            }
            (_, None) => write!(f, "; it has no benchmarks, which only the shard itself can prove"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(partition: &str, names: &[&str]) -> Shard {
        Shard {
            target: "triple".into(),
            selection: Selection::default(),
            partition: partition.parse().unwrap(),
            selected: names.iter().map(|name| BenchmarkId::new("p", "t", *name)).collect(),
            revision: None,
        }
    }

    #[test]
    fn what_is_lost_is_named() {
        let names = ["a", "b", "c", "d", "e"];
        let lost = |given: &[&str]| {
            let shards: Vec<Shard> = given.iter().map(|partition| shard(partition, &names)).collect();
            let lost = lost_shards(&shards, false).map_err(|error| error.to_string());
            lost.map(|lost| lost.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(lost(&["count:2/2", "count:1/2"]), Ok(vec![]));
        assert_eq!(
            lost(&["count:1/4", "count:3/4"]),
            Ok(vec![
                "shard count:2/4 on triple is not there, and p/t/b with it".to_owned(),
                "shard count:4/4 on triple is not there, and p/t/d with it".to_owned(),
            ])
        );
        assert_eq!(
            lost(&["count:2/2", "count:2/2"]),
            Err("the shard count:2/2 on triple is in two of the files; give each shard once".to_owned())
        );
        assert_eq!(
            lost(&["count:1/1000"]),
            Ok(vec![
                "999 of 1000 shards on triple are not there, count:2/1000 and others, and 4 benchmarks with them".to_owned()
            ])
        );
        // Shards that are cut in different ways are parts of different wholes.
        assert_eq!(lost(&["count:1/2", "hash:2/2"]).map(|lost| lost.len()), Ok(2));
    }

    #[test]
    fn shards_of_lists_that_differ_are_no_whole() {
        let shards = [shard("count:1/2", &["a", "b"]), shard("count:2/2", &["a", "b", "c"])];
        assert_eq!(
            lost_shards(&shards, false).unwrap_err().to_string(),
            "the shards count:1/2 and count:2/2 on triple are not of one whole: only one of them knows `p/t/c`; measure all \
             of them from one revision, with the same options"
        );
        assert_eq!(lost_shards(&shards, true), Ok(vec![]));
    }
}
