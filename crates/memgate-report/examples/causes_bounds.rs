//! What the causes of the largest report take: ten thousand red benchmarks, each with five thousand changed call sites.
//!
//! ```console
//! cargo run --release -p memgate-report --example causes_bounds [-- BENCHMARKS]
//! ```
//!
//! Explanations are cut as they are made (`most_changes`), so that a whole one is there once at a time.

#![expect(clippy::print_stdout, reason = "the figures go to standard output")]

use std::time::{Duration, Instant};

use memgate_protocol::Metric;
use memgate_report::attribution::{ChangeKind, ChangeSubject, Explanation, SiteChange};
use memgate_report::causes::{causes, most_changes};
use memgate_report::model::{BenchmarkId, MetricKey, Observation};
use memgate_report::report::{BenchmarkReport, MetricReport, Report, SitesReport, Verdict};
use memgate_report::rules::Limit;
use memgate_report::sites::Place;

const SITES: u32 = 5_000;

fn main() {
    let benchmarks = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let metric = MetricKey::steady(Metric::Allocs);
    let changes: Vec<SiteChange> = (0..SITES).map(change).collect();
    let whole = Explanation { metric, changes, unexplained: Vec::new(), peak: None };
    let rise = whole.changes.iter().map(|change| change.delta).sum::<i64>();
    let most = most_changes(benchmarks);
    let mut cutting = Duration::ZERO;
    let benchmarks = (0..benchmarks).map(|index| {
        let explanation = whole.clone();
        let start = Instant::now();
        let explanation = explanation.with_at_most(most);
        cutting += start.elapsed();
        benchmark(index, rise, explanation)
    });
    let report = Report { benchmarks: benchmarks.collect(), ..Report::default() };
    let start = Instant::now();
    let found = causes(&report);
    let finding = start.elapsed();
    println!(
        "{} causes explain {} of {}; each explanation has {most} changes: cut in {cutting:?}, put together in {finding:?}",
        found.causes.len(),
        found.explained,
        found.red
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!(
        "{}",
        status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("the peak is not known here")
    );
}

fn change(index: u32) -> SiteChange {
    let place = |line| Place {
        function: format!("large::module_{}::function_{index}::<alloc::string::String>", index % 40),
        file: Some("src/a/file/somewhere.rs".to_owned()),
        line,
    };
    let delta = i64::from(SITES - index) * if index.is_multiple_of(3) { -1 } else { 1 };
    SiteChange {
        subject: ChangeSubject::Site,
        operation: format!("Vec::push_{}", index % 7),
        place: Some(place(index + 1)),
        through: vec![place(7)],
        callers: (0..4).map(place).collect(),
        base: Some(100_000),
        head: 100_000 + delta,
        delta,
        kind: if delta > 0 { ChangeKind::Grew } else { ChangeKind::Shrank },
        notes: Vec::new(),
    }
}

fn benchmark(index: usize, rise: i64, explanation: Explanation) -> BenchmarkReport {
    let metric = MetricReport {
        metric: explanation.metric,
        verdict: Verdict::Regressed,
        base: Some(Observation::Exact(1_000_000)),
        head: Some(Observation::Exact(1_000_000 + rise)),
        limit: Some(Limit::ANY_RISE),
        budget: None,
        waiver: None,
    };
    BenchmarkReport {
        target: "x86_64-unknown-linux-gnu".to_owned(),
        id: BenchmarkId::new("large", "memory", format!("case/{index}")),
        verdict: Verdict::Regressed,
        metrics: vec![metric],
        processes: 2,
        threads: 1,
        peak_error_bytes: 0,
        failure: None,
        time: None,
        sites: Some(Box::new(SitesReport { explanations: vec![explanation], ..SitesReport::default() })),
    }
}
