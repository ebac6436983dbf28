//! Whole commands: measured, red, and of another environment than their baseline.

use memgate_protocol::Metric;

use super::environments::environment;
use super::verdicts::TRIPLE;
use crate::compare::{ComparisonInput, compare};
use crate::model::{
    Baselines, BenchTargetRun, BenchmarkId, BenchmarkResult, CommandEnvironment, Environment, Measurement,
    MetricKey, MetricMap, Observation, Run, Selection,
};
use crate::report::Report;
use crate::rules::{LimitRule, Policy};
use crate::update::{UpdateInput, plan_update};

/// A run of three commands, one of which is no package's.
pub fn run_of_commands() -> Run {
    run(12, "sort lines.txt")
}

/// The same run, with what the kernel says of one of them.
pub fn run_with_kernels_figures() -> Run {
    let mut run = run_of_commands();
    for result in run.bench_targets.iter_mut().flat_map(|part| part.results.values_mut()).take(1) {
        let BenchmarkResult::Measured(measurement) = result else { continue };
        let spread = Observation::of(vec![2_113_536, 2_228_224]).expect("there are two");
        measurement.metrics.insert(MetricKey::RESIDENT, spread);
        measurement.metrics.insert(MetricKey::CGROUP, Observation::Exact(9_437_184));
    }
    run
}

/// Baselines of it, in which its resident memory is limited, and what they say of it.
pub fn baselines_and_report_with_kernels_figures() -> (Baselines, Report) {
    let rule = LimitRule::Gated { relative: None, absolute: None };
    let policy = Policy { limits: [(MetricKey::RESIDENT, rule)].into(), ..Policy::default() };
    let runs = [run_with_kernels_figures()];
    let baselines = Baselines::new();
    let input = UpdateInput { runs: &runs, baselines: &baselines, policy: &policy, all: true, prune: false };
    let baselines = plan_update(input).expect("everything was measured").writes;
    let report = compare(ComparisonInput {
        runs: &runs,
        baselines: &baselines,
        policy: &policy,
        today: jiff::civil::date(2027, 1, 15),
        strict: false,
    });
    (baselines, report)
}

/// What it is compared with.
pub fn baselines_of_commands() -> Baselines {
    let runs = [run(11, "sort other.txt")];
    let input = UpdateInput {
        runs: &runs,
        baselines: &Baselines::new(),
        policy: &Policy::default(),
        all: true,
        prune: false,
    };
    plan_update(input).expect("everything was measured").writes
}

/// The run compared with the baselines: one regressed, one can't be compared, one is as it was.
pub fn report_of_commands() -> Report {
    compare(ComparisonInput {
        runs: &[run_of_commands()],
        baselines: &baselines_of_commands(),
        policy: &Policy::default(),
        today: jiff::civil::date(2027, 1, 15),
        strict: false,
    })
}

fn run(allocs: i64, command: &str) -> Run {
    let sort = [("lines", "sort in.txt", allocs), ("other", command, 7)];
    let search = BenchmarkId::of_command("search");
    Run {
        tool: "0.1.0".into(),
        target: TRIPLE.into(),
        selection: Selection::default(),
        partition: None,
        revision: None,
        bench_targets: vec![
            part(&search.package, &search.bench_target, &[(&search.name, "rg needle", 5)]),
            part("tools", "sort", &sort),
        ],
        left_out: Vec::new(),
    }
}

fn part(package: &str, program: &str, commands: &[(&str, &str, i64)]) -> BenchTargetRun {
    let environment_of = |(name, command, _): &(&str, &str, i64)| {
        let environment = CommandEnvironment {
            command: (*command).into(),
            libc: "glibc 2.36".into(),
            ..CommandEnvironment::default()
        };
        ((*name).to_owned(), environment)
    };
    let result = |(name, _, allocs): &(&str, &str, i64)| {
        let metrics = [(Metric::PeakBytes, 4_096), (Metric::TotalBytes, 8_192), (Metric::Allocs, *allocs)];
        let metrics: MetricMap = metrics
            .into_iter()
            .map(|(metric, value)| (MetricKey::steady(metric), Observation::Exact(value)))
            .collect();
        let measurement = Measurement {
            metrics,
            peak_error_bytes: 0,
            processes: 2,
            threads: 1,
            is_custom: false,
            starts_processes: false,
        };
        ((*name).to_owned(), BenchmarkResult::Measured(measurement))
    };
    BenchTargetRun {
        package: package.into(),
        bench_target: program.into(),
        environment: Some(Environment {
            allocator: "malloc".into(),
            commands: commands.iter().map(environment_of).collect(),
            ..environment()
        }),
        failure: None,
        declared: commands.iter().map(|(name, ..)| (*name).to_owned()).collect(),
        results: commands.iter().map(result).collect(),
        sites: std::collections::BTreeMap::new(),
        package_features: None,
    }
}
