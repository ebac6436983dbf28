//! The gate around made-up processes: `update`, and then `check`.

use std::collections::BTreeMap;

use memgate_protocol::{CountWindow, EngineWindows, LongRun, Record, WindowPlan, Windows};
use memgate_report::compare::{ComparisonInput, compare, without_doubt};
use memgate_report::history::Random;
use memgate_report::model::{
    Baselines, BenchTargetRun, BenchmarkId, BenchmarkResult, Environment, Profile, Run, Selection,
};
use memgate_report::report::{Outcome, Report, outcome};
use memgate_report::rules::Policy;
use memgate_report::update::{UpdateInput, plan_update};
use memgate_runner::internals::measure::{MeasureOptions, NoAnswer, ProcessCounts, gather};

/// What one process answers.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    /// Calls and bytes of the cold window and the three steady ones.
    pub(crate) values: [i64; 4],
    /// Growth of live bytes in the steady windows.
    pub(crate) growths: [i64; 3],
    pub(crate) long_run: Option<LongRun>,
}

/// What a process of a benchmark answers.
pub(crate) type Process<'a> = Box<dyn Fn(&mut Random, WindowPlan) -> Answer + 'a>;

/// The processes of benchmarks, by name.
pub(crate) type Benchmarks<'a> = BTreeMap<String, Process<'a>>;

/// What the gate says of head, with `strict` and without, after an update at base.
pub(crate) struct Verdicts {
    pub(crate) lenient: Outcome,
    pub(crate) strict: Outcome,
}

/// An update at base, and a check at head.
pub(crate) fn update_and_check(
    base: &Benchmarks<'_>,
    head: &Benchmarks<'_>,
    random: &mut Random,
) -> Verdicts {
    let options = MeasureOptions::default();
    let run = run_of(
        names(base).map(|name| (name.clone(), measure(base, name, options.processes.for_base(), random))),
    );
    let policy = Policy::default();
    let none = Baselines::new();
    let runs = [run];
    let input = UpdateInput { runs: &runs, baselines: &none, policy: &policy, all: false, prune: false };
    let baselines = plan_update(input).map(|plan| plan.writes).unwrap_or_default();

    let run = run_of(names(head).map(|name| (name.clone(), measure(head, name, options.processes, random))));
    let report = |run: &Run, strict| report(run, &baselines, &policy, strict);
    let settled: Result<Run, std::convert::Infallible> =
        without_doubt(run, |run| report(run, true), |run, doubtful| Ok(again(run, head, doubtful, random)));
    let Ok(run) = settled;
    Verdicts { lenient: outcome(&report(&run, false)), strict: outcome(&report(&run, true)) }
}

fn report(run: &Run, baselines: &Baselines, policy: &Policy, strict: bool) -> Report {
    let runs = std::slice::from_ref(run);
    compare(ComparisonInput { runs, baselines, policy, today: jiff::civil::date(2027, 1, 1), strict })
}

fn names<'a>(benchmarks: &'a Benchmarks<'_>) -> impl Iterator<Item = &'a String> {
    benchmarks.keys()
}

fn again(
    mut run: Run,
    benchmarks: &Benchmarks<'_>,
    doubtful: &std::collections::BTreeSet<BenchmarkId>,
    random: &mut Random,
) -> Run {
    let processes = MeasureOptions::default().processes.for_doubt();
    for part in &mut run.bench_targets {
        for id in doubtful {
            part.results.insert(id.name.clone(), measure(benchmarks, &id.name, processes, random));
        }
    }
    run
}

fn measure(
    benchmarks: &Benchmarks<'_>,
    name: &str,
    processes: ProcessCounts,
    random: &mut Random,
) -> BenchmarkResult {
    let options = MeasureOptions { processes, ..MeasureOptions::default() };
    match gather(&options, |plan| Ok(record(name, benchmarks[name](random, plan)))) {
        Ok(measurement) => BenchmarkResult::Measured(measurement),
        Err(NoAnswer::Failed(failure)) => BenchmarkResult::Failed(failure),
        Err(NoAnswer::Interrupted) => unreachable!("nobody interrupts"),
    }
}

fn record(name: &str, answer: Answer) -> Record {
    // Several metrics have the value, with and without a limit that leaves room.
    let window = |value| CountWindow {
        allocs: value,
        total_bytes: value * 64,
        peak_bytes: value * 64,
        ..CountWindow::default()
    };
    let [cold, steady @ ..] = answer.values.map(window);
    let steady = steady.into_iter().zip(answer.growths);
    let steady = steady.map(|(window, growth_bytes)| CountWindow { growth_bytes, ..window }).collect();
    let windows = EngineWindows::Count(Windows { cold, steady });
    let long_run = answer.long_run;
    Record { name: name.to_owned(), threads: 1, peak_error_bytes: 0, is_custom: false, long_run, windows }
}

fn run_of(results: impl Iterator<Item = (String, BenchmarkResult)>) -> Run {
    let results: BTreeMap<String, BenchmarkResult> = results.collect();
    let part = BenchTargetRun {
        package: "synthetic".into(),
        bench_target: "memory".into(),
        environment: Some(environment()),
        failure: None,
        declared: results.keys().cloned().collect(),
        results,
        sites: BTreeMap::new(),
        package_features: None,
    };
    Run {
        partition: None,
        revision: None,
        tool: String::new(),
        target: "synthetic".into(),
        selection: Selection::default(),
        bench_targets: vec![part],
        left_out: Vec::new(),
    }
}

fn environment() -> Environment {
    let profile = Profile {
        codegen_units: None,
        debug_assertions: false,
        lto: String::new(),
        name: String::new(),
        opt_level: String::new(),
        overflow_checks: false,
        packages: Vec::new(),
        panic: String::new(),
    };
    Environment {
        allocator: String::new(),
        commands: BTreeMap::new(),
        features: Vec::new(),
        probe: 1,
        profile,
        rustc: String::new(),
        rustflags: Vec::new(),
        target: "synthetic".into(),
    }
}
