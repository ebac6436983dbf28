//! A report in which benchmarks have other names than in the baselines.

use std::collections::BTreeMap;

use super::{TRIPLE, baselines_of, measured, metrics, part, run_of, steady};
use crate::compare::{ComparisonInput, compare};
use crate::model::MetricMap;
use crate::renames::renames;
use crate::report::{RenameEvidence, RenameReport, Report};
use crate::rules::Policy;

/// One benchmark that was renamed, a whole bench target, one that has other numbers since, and two of which nothing tells which
/// is which.
pub fn renamed_report() -> Report {
    let numbers = |allocs| metrics(&[4_096], allocs);
    let named = |names: &[(&str, i64)]| -> BTreeMap<String, MetricMap> {
        names.iter().map(|(name, allocs)| ((*name).to_owned(), numbers(*allocs))).collect()
    };
    let heads = |names: &[(&str, i64)]| {
        named(names).into_iter().map(|(name, metrics)| (name, measured(metrics))).collect()
    };
    let bases = |names: &[(&str, i64)]| {
        named(names).into_iter().map(|(name, metrics)| (name, steady(&metrics))).collect()
    };
    let mut baselines = baselines_of(
        "memory",
        bases(&[("stays", 1), ("tokens", 2), ("words", 3), ("left", 4), ("right", 4), ("gone", 5)]),
    );
    baselines.extend(baselines_of("stream", bases(&[("read/10", 10), ("read/100", 100)])));
    let run = run_of(vec![
        part(
            "memory",
            heads(&[("stays", 1), ("tokenize", 2), ("split words", 30), ("first", 4), ("second", 4)]),
        ),
        part("streaming", heads(&[("read/10", 10), ("read/100", 100)])),
    ]);
    let mut report = compare(ComparisonInput {
        runs: &[run],
        baselines: &baselines,
        policy: &Policy::default(),
        today: jiff::civil::date(2026, 11, 23),
        strict: false,
    });
    let id = |name: &str| format!("parser/memory/{name}").parse().expect("it is an id");
    let by_sites = RenameReport {
        target: TRIPLE.to_owned(),
        from: vec![id("words")],
        to: vec![id("split words")],
        by: RenameEvidence::Sites,
    };
    report.renames = renames(&report.benchmarks, &[by_sites]);
    report
}
