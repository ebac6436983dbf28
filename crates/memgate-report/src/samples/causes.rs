//! Reports whose causes are known, since they were planted.

use std::collections::BTreeMap;

use memgate_protocol::Metric;

use super::verdicts::{TRIPLE, measured, part, run_of, steady};
use crate::attribution::{ChangeKind, ChangeSubject, Explanation, SiteChange};
use crate::compare::{ComparisonInput, compare};
use crate::model::{Baseline, BaselineKey, Baselines, MetricKey, MetricMap, Observation, Run};
use crate::report::{Report, SitesReport};
use crate::rules::Policy;
use crate::sites::Place;

/// What is planted into one benchmark: its numbers before, and what changes at which call site.
#[derive(Debug)]
pub struct Planted {
    pub name: String,
    pub base: Vec<(Metric, i64)>,
    pub changes: Vec<(Metric, SiteChange)>,
}

/// A place in the crate `mylib`.
pub fn place_in_mylib(function: &str, line: u32) -> Place {
    Place { function: format!("mylib::{function}"), file: Some("src/lib.rs".to_owned()), line }
}

/// A change at a call site: from nothing, to nothing, or from one number to another.
pub fn change_at(operation: &str, place: Place, base: Option<i64>, head: Option<i64>) -> SiteChange {
    let kind = match (base, head) {
        (None, _) => ChangeKind::New,
        (_, None) => ChangeKind::Gone,
        (Some(base), Some(head)) if head > base => ChangeKind::Grew,
        _ => ChangeKind::Shrank,
    };
    // Of what is gone nobody knows the line.
    let place = if head.is_some() { place } else { Place { file: None, line: 0, ..place } };
    let head = head.unwrap_or_default();
    SiteChange {
        subject: ChangeSubject::Site,
        operation: operation.to_owned(),
        place: Some(place),
        through: Vec::new(),
        callers: Vec::new(),
        base,
        head,
        delta: head - base.unwrap_or_default(),
        kind,
        notes: Vec::new(),
    }
}

/// The report on benchmarks `mylib/memory/…`, in which every number is what it was and what was planted.
pub fn planted_report(planted: Vec<Planted>) -> Report {
    let (mut heads, mut bases) = (BTreeMap::new(), BTreeMap::new());
    for one in &planted {
        let value = |metric, is_head: bool| {
            let base = one.base.iter().filter(|(of, _)| *of == metric).map(|(_, value)| *value).sum::<i64>();
            let changes = one.changes.iter().filter(|(of, _)| *of == metric).map(|(_, change)| change.delta);
            Observation::Exact(base + if is_head { changes.sum::<i64>() } else { 0 })
        };
        let all = |is_head| -> MetricMap {
            MetricKey::all().map(|key| (key, value(key.metric, is_head))).collect()
        };
        bases.insert(one.name.clone(), steady(&all(false)));
        heads.insert(one.name.clone(), measured(all(true)));
    }
    let mut bench_target = part("memory", heads);
    bench_target.package = "mylib".into();
    let environment = bench_target.environment.clone().expect("a sample was measured");
    let run: Run = run_of(vec![bench_target]);
    let key = BaselineKey::new(TRIPLE, "mylib", "memory");
    let mut report = compare(ComparisonInput {
        runs: &[run],
        baselines: &Baselines::from([(key, Baseline { environment, benchmarks: bases })]),
        policy: &Policy::default(),
        today: jiff::civil::date(2026, 11, 23),
        strict: false,
    });
    let mut changes: BTreeMap<String, Vec<(Metric, SiteChange)>> =
        planted.into_iter().map(|one| (one.name, one.changes)).collect();
    for benchmark in &mut report.benchmarks {
        let own = changes.remove(&benchmark.id.name).unwrap_or_default();
        let explanations: Vec<Explanation> = benchmark
            .red()
            .map(|metric| {
                let of_metric = own.iter().filter(|(of, _)| *of == metric.metric.metric);
                let mut changes: Vec<SiteChange> = of_metric.map(|(_, change)| change.clone()).collect();
                changes.sort_by_key(|change| (change.delta < 0, std::cmp::Reverse(change.delta.abs())));
                Explanation { metric: metric.metric, changes, unexplained: Vec::new(), peak: None }
            })
            .collect();
        if !explanations.is_empty() {
            benchmark.sites = Some(Box::new(SitesReport { explanations, ..SitesReport::default() }));
        }
    }
    report
}

/// Forty red benchmarks in which three things changed: in twenty a map is made with room instead of as it grows, in all forty each
/// word is formatted, and in the other twenty a small vector of another package outgrows its place.
pub fn three_causes() -> Report {
    let base = vec![
        (Metric::PeakBytes, 2_048),
        (Metric::TotalBytes, 4_096),
        (Metric::Allocs, 20),
        (Metric::Reallocs, 3),
        (Metric::RetainedBytes, 1_024),
    ];
    let planted = (0..40).map(|index| {
        let is_count = index < 20;
        let size = i64::from(index % 20 + 1);
        let name = format!("{}/{}", if is_count { "count" } else { "words" }, size * 10);
        let caller = place_in_mylib(if is_count { "count" } else { "words" }, if is_count { 9 } else { 21 });
        let formatted = |value| SiteChange {
            callers: vec![caller.clone()],
            ..change_at("fmt::format", place_in_mylib("tokenize::{closure#0}", 3), None, Some(value))
        };
        let mut changes =
            vec![(Metric::Allocs, formatted(9 * size)), (Metric::TotalBytes, formatted(1_000 + 56 * size))];
        if is_count {
            let map = place_in_mylib("count", 5);
            for metric in [Metric::PeakBytes, Metric::TotalBytes, Metric::RetainedBytes] {
                changes.push((
                    metric,
                    change_at("HashMap::with_capacity", map.clone(), None, Some(269_588 + size)),
                ));
                changes.push((metric, change_at("HashMap::entry", map.clone(), Some(588), None)));
            }
        } else {
            let grown = SiteChange {
                through: vec![Place {
                    function: "smallvec::SmallVec<A>::grow".to_owned(),
                    file: Some("smallvec-1.15.1/src/lib.rs".to_owned()),
                    line: 1_210,
                }],
                ..change_at("alloc", place_in_mylib("words", 22), Some(1), Some(3))
            };
            changes.push((Metric::Reallocs, grown));
        }
        Planted { name, base: base.clone(), changes }
    });
    planted_report(planted.collect())
}
