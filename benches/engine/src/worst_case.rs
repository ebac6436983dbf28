//! Files at the bounds of what is read, of kinds that once took minutes or all memory.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use memgate_protocol::Metric;
use memgate_report::attribution::{ChangeKind, ChangeSubject, Explanation, SiteChange};
use memgate_report::format::{print_baseline, print_report, print_run};
use memgate_report::model::{
    BenchmarkId, EnvironmentDifference, EnvironmentField, MetricKey, Observation, Selection, Shard,
};
use memgate_report::report::{Acceptance, Raise, Report, SitesReport, TargetReport, Verdict};
use memgate_report::sites::Place;

/// What is done with a file.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// A stranger's reports are read, put together, and rendered in every way.
    Comment,
    /// A report of one's own is.
    Report,
    /// A configuration is read, and a run compared with it.
    Check,
    /// Baselines are brought up to date.
    Update,
}

/// A kind of file.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What there is much of.
    pub name: &'static str,
    /// What is done with it.
    pub work: Work,
    /// How much of it there may be.
    pub bound: usize,
    names: &'static [&'static str],
    texts: fn(usize) -> Vec<String>,
}

/// Every kind.
pub const CASES: &[Case] = &[
    Case { name: "benchmarks", work: Work::Comment, bound: 10_000, names: ONE, texts: benchmarks },
    Case {
        name: "benchmarks in a report of one's own",
        work: Work::Report,
        bound: 100_000,
        names: ONE,
        texts: benchmarks,
    },
    Case {
        name: "shards of different selections",
        work: Work::Comment,
        bound: 10_000,
        names: ONE,
        texts: shards,
    },
    Case { name: "ids in shards", work: Work::Comment, bound: 800_000, names: ONE, texts: selected },
    Case { name: "explanations", work: Work::Comment, bound: 10_000, names: ONE, texts: explanations },
    Case {
        name: "raised baselines, from two legs",
        work: Work::Comment,
        bound: 80_000,
        names: &["1.json", "2.json"],
        texts: raises,
    },
    Case {
        name: "incomparable bench targets",
        work: Work::Comment,
        bound: 20_000,
        names: ONE,
        texts: targets,
    },
    Case { name: "long reasons and names", work: Work::Comment, bound: 30, names: ONE, texts: long },
    Case {
        name: "rules in memgate.toml, and benchmarks",
        work: Work::Check,
        bound: 20_000,
        names: &["memgate.toml", "run.json"],
        texts: rules,
    },
    Case {
        name: "benchmarks in an update",
        work: Work::Update,
        bound: 100_000,
        names: &["run.json", "baseline.json"],
        texts: update,
    },
];

const ONE: &[&str] = &["report.json"];
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

impl Work {
    /// What is done, in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Report => "report",
            Self::Check => "check",
            Self::Update => "update",
        }
    }
}

impl Case {
    /// Where its files are.
    #[must_use]
    pub fn files(&self, _size: usize, folder: &Path) -> Vec<PathBuf> {
        self.names.iter().map(|name| folder.join(name)).collect()
    }

    /// Writes its files.
    ///
    /// # Panics
    /// When the folder can't be written to.
    #[must_use]
    pub fn write(&self, size: usize, folder: &Path) -> Vec<PathBuf> {
        let files = self.files(size, folder);
        for (file, text) in files.iter().zip((self.texts)(size)) {
            std::fs::write(file, text).expect("a file");
        }
        files
    }
}

fn compared(count: usize) -> Report {
    let (runs, baselines) = ([crate::run(count)], crate::alone(crate::baseline(count)));
    crate::compared(&runs, &baselines)
}

fn benchmarks(count: usize) -> Vec<String> {
    vec![print_report(&compared(count))]
}

fn id(index: usize) -> BenchmarkId {
    BenchmarkId::new("p", "t", format!("{index}"))
}

fn shard(filter: usize, selected: BTreeSet<BenchmarkId>) -> Shard {
    let selection = Selection { filters: vec![filter.to_string()], ..Selection::default() };
    let partition = "count:1/1000".parse().expect("a partition");
    Shard { target: TRIPLE.into(), selection, partition, selected, revision: None }
}

/// Each says that 999 others are lost.
fn shards(count: usize) -> Vec<String> {
    let shards = (0..count).map(|index| shard(index, BTreeSet::new())).collect();
    vec![print_report(&Report { shards, ..compared(10) })]
}

fn selected(count: usize) -> Vec<String> {
    const IN_A_SHARD: usize = 50_000;
    let shards = (0..count / IN_A_SHARD).map(|index| shard(index, (0..IN_A_SHARD).map(id).collect()));
    // Parts that have no results make no whole; what is measured here is how far that is known.
    vec![print_report(&Report { shards: shards.collect(), ..compared(10) })]
}

fn explanations(count: usize) -> Vec<String> {
    let mut report = compared(count);
    for (index, benchmark) in report.benchmarks.iter_mut().enumerate() {
        let place = Place { function: format!("f::<{index}>"), file: Some("src/lib.rs".into()), line: 1 };
        let change = SiteChange {
            subject: ChangeSubject::Site,
            operation: "Vec::push".into(),
            place: Some(place.clone()),
            through: Vec::new(),
            callers: vec![place],
            base: None,
            head: 1,
            delta: 1,
            kind: ChangeKind::New,
            notes: Vec::new(),
        };
        let metric = MetricKey::steady(Metric::Allocs);
        let explanation = Explanation { metric, changes: vec![change], unexplained: Vec::new(), peak: None };
        benchmark.sites =
            Some(Box::new(SitesReport { explanations: vec![explanation], ..SitesReport::default() }));
        benchmark.metrics.truncate(2);
        benchmark.verdict =
            benchmark.metrics.iter().map(|metric| metric.verdict).max().unwrap_or(Verdict::Ok);
    }
    vec![print_report(&report)]
}

fn raises(count: usize) -> Vec<String> {
    let metric = MetricKey::steady(Metric::Allocs);
    let raise = |index| {
        let (base, head) = (Observation::Exact(1), Observation::Exact(2));
        Raise { target: TRIPLE.into(), id: id(index), metric, base, head }
    };
    let leg = |start: usize| {
        let raises = (start..start + count / 2).map(raise).collect();
        let acceptance = Acceptance { base: "0123456789".into(), raises, ..Acceptance::default() };
        let benchmarks = compared(10).benchmarks.into_iter().map(|mut benchmark| {
            benchmark.id.name += &start.to_string();
            benchmark
        });
        let benchmarks = benchmarks.collect();
        print_report(&Report { acceptance: Some(Box::new(acceptance)), benchmarks, ..compared(10) })
    };
    vec![leg(0), leg(count / 2)]
}

fn targets(count: usize) -> Vec<String> {
    let report = compared(1);
    let target = |index: usize| TargetReport {
        bench_target: format!("t{index}"),
        differences: vec![EnvironmentDifference {
            field: EnvironmentField::Rustc,
            only: None,
            base: "1.90.0".into(),
            head: "1.95.0".into(),
        }],
        ..report.targets[0].clone()
    };
    let benchmark = |index: usize| {
        let mut benchmark = report.benchmarks[0].clone();
        benchmark.id.bench_target = format!("t{index}");
        benchmark.metrics.truncate(1);
        benchmark.verdict = Verdict::Incomparable;
        for metric in &mut benchmark.metrics {
            metric.verdict = Verdict::Incomparable;
        }
        benchmark
    };
    let targets = (0..count).map(target).collect();
    let benchmarks = (0..count).map(benchmark).collect();
    vec![print_report(&Report { targets, benchmarks, ..Report::default() })]
}

/// Texts of nearly a mebibyte, in the places that stand in tables.
fn long(count: usize) -> Vec<String> {
    const BYTES: usize = 1_000_000;
    let mut report = compared(3_000);
    for (index, benchmark) in report.benchmarks.iter_mut().take(count).enumerate() {
        let function = ["<", "a::", "{", "x<y>"][index % 4];
        let place = Place { function: function.repeat(BYTES / function.len()), file: None, line: 0 };
        let change = SiteChange {
            subject: ChangeSubject::Site,
            operation: "Vec::push".into(),
            place: Some(place),
            through: Vec::new(),
            callers: Vec::new(),
            base: None,
            head: 1,
            delta: 1,
            kind: ChangeKind::New,
            notes: Vec::new(),
        };
        let metric = MetricKey::steady(Metric::Allocs);
        let explanation = Explanation { metric, changes: vec![change], unexplained: Vec::new(), peak: None };
        benchmark.sites =
            Some(Box::new(SitesReport { explanations: vec![explanation], ..SitesReport::default() }));
    }
    vec![print_report(&report)]
}

fn rules(count: usize) -> Vec<String> {
    let mut text = String::new();
    for index in 0..count {
        let _ = writeln!(
            text,
            "[[benchmark]]\nmatch = \"synthetic/memory/group_{}/case_{}/{index}\"",
            index % 97,
            index % 13
        );
        let _ = writeln!(text, "limits = {{ allocs = {{ relative = \"5%\" }}, peak_bytes = \"off\" }}");
        let _ = writeln!(
            text,
            "[[waiver]]\nbenchmark = \"synthetic/memory/group_{}/*/{index}\"\nmetric = \"allocs\"",
            index % 97
        );
        let _ = writeln!(text, "limit = 10\nreason = \"later\"");
    }
    vec![text, print_run(&crate::run(count))]
}

fn update(count: usize) -> Vec<String> {
    vec![print_run(&crate::run(count)), print_baseline(&crate::baseline(count))]
}
