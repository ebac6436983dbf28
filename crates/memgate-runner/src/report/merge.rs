//! Several reports as one.

use std::collections::BTreeSet;

use super::Report;
use crate::model::{BenchmarkId, OverlapError};

/// Puts reports of shards or targets together.
///
/// # Errors
/// When a benchmark was measured in two of them.
pub fn merge_reports(reports: Vec<Report>, strict: bool) -> Result<Report, OverlapError> {
    let mut merged = Report { tool: env!("CARGO_PKG_VERSION").into(), strict, ..Report::default() };
    for report in reports {
        merged.strict |= report.strict;
        merged.targets.extend(report.targets);
        merged.benchmarks.extend(report.benchmarks);
        for notice in report.notices {
            if !merged.notices.contains(&notice) {
                merged.notices.push(notice);
            }
        }
    }
    let place = |target: &super::TargetReport| {
        (target.target.clone(), target.package.clone(), target.bench_target.clone())
    };
    merged.targets.sort_by_key(place);
    merged.targets.dedup_by_key(|target| place(target));
    // A shard reports what other shards measured as missing; what was measured anywhere is not.
    let is_measured =
        |benchmark: &super::BenchmarkReport| benchmark.verdict != crate::compare::Verdict::Missing;
    let mut measured: BTreeSet<(String, BenchmarkId)> = BTreeSet::new();
    for benchmark in merged.benchmarks.iter().filter(|benchmark| is_measured(benchmark)) {
        let place = (benchmark.target.clone(), benchmark.id.clone());
        if !measured.insert(place) {
            let (id, target) = (benchmark.id.clone(), benchmark.target.clone());
            return Err(OverlapError::MeasuredTwice { id, target });
        }
    }
    merged.benchmarks.retain(|benchmark| {
        is_measured(benchmark) || measured.insert((benchmark.target.clone(), benchmark.id.clone()))
    });
    merged.benchmarks.sort_by(|a, b| (&a.target, &a.id).cmp(&(&b.target, &b.id)));
    Ok(merged)
}
