//! What a report says of shards: that it is of one alone, or that one of them is lost.

use std::collections::BTreeSet;

use crate::model::{BenchmarkId, OverlapError, Shard, lost_shards, open_shards};
use crate::report::{Notice, NoticeKind, Report, Verdict};
use crate::text::BENCHMARKS;

/// Says of a report which part of the whole it is about.
#[must_use]
pub(crate) fn about_shard(shard: &Shard) -> Notice {
    Notice {
        kind: NoticeKind::Shard,
        text: format!(
            "this is shard {} on {}, with {} of {}; nothing is said of the others before `report` has put all \
             shards together",
            shard.partition,
            shard.target,
            shard.part().len(),
            BENCHMARKS.counted(shard.selected.len())
        ),
    }
}

/// Checks that no shard is there twice, and that they are of one whole.
///
/// # Errors
/// When a shard is there twice, or shards are not of one whole.
pub(super) fn check(report: &Report) -> Result<(), OverlapError> {
    lost_shards(&report.shards, has_failures(report)).map(drop)
}

fn has_failures(report: &Report) -> bool {
    report.targets.iter().any(|target| target.failure.is_some())
}

/// Proves that the shards of a merged report cover what they share exactly once. Of what is complete nothing is left to
/// say, so that the report is the one of an undivided run; shards that others have to join stay, and what is lost is said.
///
/// # Errors
/// When a shard is there twice, shards are not of one whole, or one has not all of its part.
pub(super) fn put_together(report: &mut Report) -> Result<(), OverlapError> {
    report.notices.retain(|notice| !matches!(notice.kind, NoticeKind::Shard | NoticeKind::LostShard));
    let lost = lost_shards(&report.shards, has_failures(report))?;
    // A bench target that failed has no results, which is worse than a gap.
    if !has_failures(report) {
        check_parts(report)?;
    }
    report
        .notices
        .extend(lost.iter().map(|lost| Notice { kind: NoticeKind::LostShard, text: lost.to_string() }));
    report.shards = open_shards(std::mem::take(&mut report.shards));
    report.shards.sort_by(|a, b| (&a.target, a.partition).cmp(&(&b.target, b.partition)));
    Ok(())
}

/// Checks that each shard has results for all of its part.
fn check_parts(report: &Report) -> Result<(), OverlapError> {
    let measured: BTreeSet<(&str, &BenchmarkId)> = report
        .benchmarks
        .iter()
        .filter(|benchmark| benchmark.verdict != Verdict::Missing)
        .map(|benchmark| (benchmark.target.as_str(), &benchmark.id))
        .collect();
    for shard in &report.shards {
        let part = shard.part();
        if let Some(id) = part.iter().find(|id| !measured.contains(&(shard.target.as_str(), *id))) {
            return Err(OverlapError::ShardIncomplete {
                partition: shard.partition,
                target: shard.target.clone(),
                id: id.clone(),
            });
        }
    }
    Ok(())
}
