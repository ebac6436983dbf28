//! Reports of the kinds that a pull request has.

use std::collections::BTreeMap;

use memgate_protocol::Metric;

use super::environments::environment;
use super::verdicts::{metrics, steady};
use crate::attribution::{ChangeKind, ChangeNote, ChangeSubject, Explanation, SiteChange, Unexplained};
use crate::compare::{ComparisonInput, compare, merge_reports};
use crate::config::parse_config;
use crate::model::{
    Baseline, BaselineKey, Baselines, BenchTargetRun, BenchmarkId, BenchmarkResult, Environment, Measurement,
    MetricKey, MetricMap, Observation, Run, Selection,
};
use crate::report::{Acceptance, DroppedBenchmark, Raise, Report, SitesReport};
use crate::rules::Policy;
use crate::sites::Place;

pub const TRIPLES: [&str; 3] = ["aarch64-apple-darwin", "x86_64-pc-windows-msvc", "x86_64-unknown-linux-gnu"];

/// A benchmark's name, with the peak and the number of allocations of base and of head.
pub type Row<'a> = (&'a str, Option<(i64, i64)>, Option<(i64, i64)>);

fn environment_on(triple: &str) -> Environment {
    Environment { target: triple.to_owned(), ..environment() }
}

fn run(triple: &str, heads: BTreeMap<String, MetricMap>) -> Run {
    let result = |metrics| {
        BenchmarkResult::Measured(Measurement {
            metrics,
            peak_error_bytes: 0,
            processes: 2,
            threads: 1,
            is_custom: false,
            starts_processes: false,
        })
    };
    let part = BenchTargetRun {
        package: "tokenizer".into(),
        bench_target: "memory".into(),
        environment: Some(environment_on(triple)),
        failure: None,
        declared: heads.keys().cloned().collect(),
        results: heads.into_iter().map(|(name, metrics)| (name, result(metrics))).collect(),
        sites: BTreeMap::new(),
        package_features: None,
    };
    Run {
        partition: None,
        revision: None,
        tool: "0.1.0".into(),
        target: triple.into(),
        selection: Selection::default(),
        bench_targets: vec![part],
        left_out: Vec::new(),
    }
}

fn values((peak, allocs): (i64, i64)) -> MetricMap {
    metrics(&[peak], allocs)
}

/// The report on rows of one target, under a configuration.
pub fn report_on(triple: &str, rows: &[Row<'_>], base: Option<Environment>, config: &str) -> Report {
    let side = |value: fn(&Row<'_>) -> Option<(i64, i64)>| {
        let found = rows.iter().filter_map(move |row| Some((row.0.to_owned(), values(value(row)?))));
        found.collect::<BTreeMap<String, MetricMap>>()
    };
    let heads = side(|row| row.2);
    let bases: BTreeMap<String, MetricMap> =
        side(|row| row.1).into_iter().map(|(name, metrics)| (name, steady(&metrics))).collect();
    let mut baselines = Baselines::new();
    if !bases.is_empty() {
        let environment = base.unwrap_or_else(|| environment_on(triple));
        let key = BaselineKey::new(triple, "tokenizer", "memory");
        baselines.insert(key, Baseline { environment, benchmarks: bases });
    }
    let policy: Policy = parse_config(config).unwrap().policy;
    compare(ComparisonInput {
        runs: &[run(triple, heads)],
        baselines: &baselines,
        policy: &policy,
        today: jiff::civil::date(2026, 11, 23),
        strict: false,
    })
}

const STEADY_ROWS: [Row<'static>; 6] = [
    ("count_words/1000", Some((4_096, 12)), Some((4_096, 12))),
    ("count_words/100000", Some((401_408, 31)), Some((401_408, 31))),
    ("split", Some((81_920, 1_003)), Some((81_920, 1_003))),
    ("intern", Some((1_310_720, 20_011)), Some((1_310_720, 20_011))),
    ("normalize/ascii", Some((1_024, 1)), Some((1_024, 1))),
    ("normalize/unicode", Some((6_144, 9)), Some((6_144, 9))),
];

const LINUX: &str = TRIPLES[2];

pub fn all_ok() -> Report {
    report_on(LINUX, &STEADY_ROWS, None, "")
}

pub fn one_regression() -> Report {
    let mut rows = STEADY_ROWS.to_vec();
    rows[2].2 = Some((163_840, 2_003));
    rows[5].2 = Some((3_072, 8));
    let mut report = report_on(LINUX, &rows, None, "");
    explain(&mut report, 1_000, 81_920);
    report
}

/// All is green, since the baselines rise with what they are compared with; and the rules are looser.
pub fn raised_baseline() -> Report {
    let mut report = all_ok();
    let raise = |name: &str, metric, base, head| Raise {
        target: LINUX.into(),
        id: BenchmarkId::new("tokenizer", "memory", name),
        metric: MetricKey::steady(metric),
        base: Observation::Exact(base),
        head: Observation::Exact(head),
    };
    report.acceptance = Some(Box::new(Acceptance {
        base: "0123456789ab".into(),
        raises: vec![
            raise("count_words/1000", Metric::LeakedBytes, 0, 16),
            raise("split", Metric::Allocs, 503, 1_003),
            raise("intern", Metric::PeakBytes, 1_170_286, 1_310_720),
        ],
        dropped: vec![DroppedBenchmark {
            target: LINUX.into(),
            id: BenchmarkId::new("tokenizer", "memory", "join"),
        }],
        added: 1,
        lowered: 2,
        notes: vec![
            "the limit of `peak_bytes` goes from `> 1 % and > 256 B` to `> 5 % and > 256 B`, for 6 benchmarks \
             such as `tokenizer/memory/count_words/1000`"
                .into(),
            "a new waiver: `allocs` of `tokenizer/*` up to `2,000`, until 2027-01-31: interning lands with the next release"
                .into(),
        ],
    }));
    report
}

/// Forty regressions: eight benchmarks on all three targets, and sixteen on one of them.
pub fn forty_regressions() -> Report {
    let names: Vec<String> =
        (0..24).map(|index| format!("dictionary/{}/{index}", WORDS[index % WORDS.len()])).collect();
    let reports = TRIPLES.iter().enumerate().map(|(triple, target)| {
        let mut rows = STEADY_ROWS.to_vec();
        rows.extend(names.iter().enumerate().map(|(index, name)| -> Row<'_> {
            let base = (8_192 * (index as i64 + 1), 40 + index as i64);
            let is_red = index < 8 || index % 3 == triple;
            (name, Some(base), Some(if is_red { (base.0 * 2 + 512, base.1 + 3) } else { base }))
        }));
        let mut report = report_on(target, &rows, None, "");
        explain(&mut report, 3, 8_704);
        report
    });
    merge_reports(reports.collect(), false).unwrap()
}

const WORDS: [&str; 5] = ["build", "lookup", "merge_sorted", "remove", "serialize_to_writer"];

pub fn expired_waiver() -> Report {
    let mut rows = STEADY_ROWS.to_vec();
    rows[3].2 = Some((1_310_720, 20_512));
    rows[0].2 = Some((4_096, 14));
    let config = r#"
        [[waiver]]
        benchmark = "tokenizer/memory/intern"
        metric = "allocs"
        limit = 20600
        reason = "the arena lands with the next release"
        expires = "2026-10-31"

        [[waiver]]
        benchmark = "tokenizer/memory/count_words/1000"
        metric = "allocs"
        limit = 15
        reason = "the hasher is seeded per map until 0.9"
        expires = "2027-01-31"
    "#;
    report_on(LINUX, &rows, None, config)
}

pub fn coverage_gap() -> Report {
    let mut rows = STEADY_ROWS.to_vec();
    rows[1].2 = None;
    rows[4].2 = None;
    let new: Vec<Row<'_>> = STEADY_ROWS.iter().map(|row| (row.0, None, row.2)).collect();
    let reports = vec![report_on(LINUX, &rows, None, ""), report_on(TRIPLES[0], &new, None, "")];
    merge_reports(reports, false).unwrap()
}

pub fn incomparable() -> Report {
    let mut base = environment_on(LINUX);
    base.rustc = "1.93.1 (01f6ddf75 2026-02-11)".into();
    base.profile.lto = "thin".into();
    let mut rows = STEADY_ROWS.to_vec();
    rows[2].2 = Some((81_936, 1_004));
    report_on(LINUX, &rows, Some(base), "")
}

/// Gives every red benchmark an explanation for each of its red metrics.
fn explain(report: &mut Report, allocs: i64, bytes: i64) {
    let place = |function: &str, file: &str, line| Place {
        function: function.to_owned(),
        file: Some(file.to_owned()),
        line,
    };
    for benchmark in &mut report.benchmarks {
        let caller =
            format!("memory::{}::{{closure#0}}", benchmark.id.name.split('/').next().unwrap_or_default());
        let explanations = benchmark.red().map(|metric| {
            let unit = if metric.metric.metric == Metric::Allocs { allocs } else { bytes };
            let new = SiteChange {
                subject: ChangeSubject::Site,
                operation: "String::from".to_owned(),
                place: Some(place("tokenizer::words::owned", "tokenizer/src/words.rs", 48)),
                through: Vec::new(),
                callers: vec![
                    place("tokenizer::split::{closure#1}", "tokenizer/src/lib.rs", 112),
                    place(
                        "<tokenizer::Words as core::iter::traits::iterator::Iterator>::next",
                        "tokenizer/src/words.rs",
                        71,
                    ),
                    place(&caller, "tokenizer/benches/memory.rs", 23),
                ],
                base: None,
                head: unit - 1,
                delta: unit - 1,
                kind: ChangeKind::New,
                notes: Vec::new(),
            };
            let grown = SiteChange {
                operation: "Vec::push".to_owned(),
                place: Some(place("tokenizer::split", "tokenizer/src/lib.rs", 114)),
                through: vec![Place {
                    function: "smallvec::SmallVec<A>::grow".to_owned(),
                    file: None,
                    line: 0,
                }],
                callers: vec![place(&caller, "tokenizer/benches/memory.rs", 23)],
                base: Some(3),
                head: 4,
                delta: 1,
                kind: ChangeKind::Grew,
                notes: vec![ChangeNote::WasIn { function: "tokenizer::split_into".to_owned() }],
                ..new.clone()
            };
            let unexplained = match metric.metric == MetricKey::steady(Metric::PeakBytes) {
                true => vec![Unexplained::BaseDiffers { sites: 80_000, gated: 81_920 }],
                false => Vec::new(),
            };
            Explanation { metric: metric.metric, changes: vec![new, grown], unexplained, peak: None }
        });
        let explanations: Vec<Explanation> = explanations.collect();
        if !explanations.is_empty() {
            benchmark.sites = Some(Box::new(SitesReport { explanations, ..SitesReport::default() }));
        }
    }
}
