//! Runs against baselines.

use std::collections::{BTreeMap, BTreeSet};

use super::benchmark::{Context, compare_benchmark, missing_benchmark};
use super::waiver_use::WaiverUse;
use super::{ComparisonInput, about_shard, notices};
use crate::model::{
    Baseline, BaselineKey, BenchTargetRun, BenchmarkId, Differing, Environment, EnvironmentDifference,
    MetricKey, Run, Shard,
};
use crate::renames::renames;
use crate::report::{BenchmarkReport, MetricReport, Notice, Report, TargetReport, Verdict};
use crate::rules::Policy;
use crate::scaling::scaling;

/// Holds runs against baselines.
///
/// Every benchmark of a run is in the report, and so is every one that a baseline of the same triple declares and that
/// some run's selection covers.
#[must_use]
pub fn compare(input: ComparisonInput<'_>) -> Report {
    let mut report =
        Report { tool: env!("CARGO_PKG_VERSION").into(), strict: input.strict, ..Report::default() };
    let mut waivers = WaiverUse::new(&input.policy.waivers);
    for (key, heads) in bench_targets(&input) {
        compare_bench_target(&input, &key, &heads, &mut waivers, &mut report);
    }
    report.notices.extend(notices::about_baselines(&input));
    report.notices.extend(notices::about_left_out(&input));
    report.notices.extend(notices::about_empty(input.runs, input.baselines));
    report.notices.extend(notices::about_gating(&report.benchmarks));
    report.notices.extend(notices::about_custom(&input));
    report.notices.extend(notices::about_threads(&input));
    report.notices.extend(notices::about_other_processes(&input));
    report.notices.extend(notices::about_policy(&input, &waivers));
    report.exponent_limit = input.policy.exponent;
    report.scaling = scaling(&report.benchmarks, report.exponent_limit);
    report.renames = renames(&report.benchmarks, &[]);
    report.shards = input.runs.iter().filter_map(Shard::of_run).collect();
    report.notices.extend(report.shards.iter().map(about_shard));
    report
}

/// Every bench target that is in a run, or in a baseline that a run covers, with its parts.
fn bench_targets<'a>(input: &ComparisonInput<'a>) -> BTreeMap<BaselineKey, Vec<&'a BenchTargetRun>> {
    let mut targets: BTreeMap<BaselineKey, Vec<&BenchTargetRun>> = BTreeMap::new();
    for run in input.runs {
        for part in &run.bench_targets {
            let key = BaselineKey::new(&*run.target, &*part.package, &*part.bench_target);
            targets.entry(key).or_default().push(part);
        }
    }
    for key in input.baselines.keys() {
        let is_covered =
            |run: &Run| run.target == key.target && run.selection.covers(&key.package, &key.bench_target);
        if input.runs.iter().any(is_covered) {
            targets.entry(key.clone()).or_default();
        }
    }
    targets
}

fn compare_bench_target(
    input: &ComparisonInput<'_>,
    key: &BaselineKey,
    heads: &[&BenchTargetRun],
    waivers: &mut WaiverUse<'_>,
    report: &mut Report,
) {
    let base = input.baselines.get(key);
    let environment = Environment::of_parts(heads.iter().filter_map(|head| head.environment.as_ref()));
    let (deciding, tolerated) = differences(input.policy, base, environment.as_ref());
    if !tolerated.is_empty() {
        report.notices.push(notices::tolerated_difference(key, &tolerated));
    }
    let differing = Differing::of(&deciding);
    let context = Context { policy: input.policy, today: input.today, target: &key.target, differing };
    let failure = heads.iter().find_map(|head| head.failure.clone());
    let mut reports: BTreeMap<&str, BenchmarkReport> = BTreeMap::new();
    for head in heads {
        for (name, result) in &head.results {
            let base = base.and_then(|base| base.benchmarks.get(name));
            let compared = compare_benchmark(&context, head.id(name), base, result, waivers);
            report.notices.extend(became_noisy(&compared));
            reports.insert(name, compared);
        }
    }
    // A target that failed as a whole says so once, not once a benchmark.
    if let (Some(base), None) = (base, &failure) {
        let measured: BTreeSet<&str> = reports.keys().copied().collect();
        let declared: BTreeSet<&str> =
            heads.iter().flat_map(|head| &head.declared).map(String::as_str).collect();
        for (name, metrics) in base.benchmarks.iter().filter(|(name, _)| !measured.contains(name.as_str())) {
            let id = BenchmarkId::new(&*key.package, &*key.bench_target, &**name);
            // What a shard declares and has not measured is for another one.
            let is_wanted = |run: &Run| {
                run.target == key.target
                    && run.selection.selects(&id)
                    && (run.partition.is_none() || !declared.contains(name.as_str()))
            };
            if input.runs.iter().any(is_wanted) {
                reports.insert(name, missing_benchmark(&context, id, metrics));
            }
        }
    }
    report.benchmarks.extend(reports.into_values());
    report.targets.push(TargetReport {
        target: key.target.clone(),
        package: key.package.clone(),
        bench_target: key.bench_target.clone(),
        environment,
        differences: deciding,
        failure,
    });
}

/// In what base and head differ: what forbids a comparison, and what the policy tolerates.
fn differences(
    policy: &Policy,
    base: Option<&Baseline>,
    head: Option<&Environment>,
) -> (Vec<EnvironmentDifference>, Vec<EnvironmentDifference>) {
    let (Some(base), Some(head)) = (base, head) else { return (Vec::new(), Vec::new()) };
    base.environment
        .differences(head)
        .into_iter()
        .partition(|difference| !policy.tolerated.contains(&difference.field))
}

/// What there is to say of a benchmark of which a value was exact and never is what it was any more.
///
/// A value that is the committed one now and then, and another otherwise, may always have been so: of what differs in one
/// process of fifty, a baseline has seen nothing.
pub(super) fn became_noisy(compared: &BenchmarkReport) -> Option<Notice> {
    let noisy: Vec<MetricKey> =
        compared.gated().filter(|metric| has_become_noisy(metric)).map(|metric| metric.metric).collect();
    (!noisy.is_empty()).then(|| notices::became_noisy(&compared.id, &noisy))
}

fn has_become_noisy(metric: &MetricReport) -> bool {
    let (Some(base), Some(head)) = (&metric.base, &metric.head) else { return false };
    // What the kernel says was noisy before, too.
    let is_news = !metric.metric.is_kernels();
    is_news && metric.verdict == Verdict::Noisy && base.is_exact() && head.minimum() > base.maximum()
}
