//! One benchmark: its metrics against those of the baseline.

use jiff::civil::Date;

use super::metric::{Judgement, against_budget, judge};
use super::waiver_use::WaiverUse;
use crate::model::{
    BenchmarkId, BenchmarkResult, Differing, Failure, Measurement, MetricKey, MetricMap, Observation,
};
use crate::report::{AppliedWaiver, BenchmarkReport, MetricReport, Verdict};
use crate::rules::{Policy, Rules};

/// What a benchmark is compared under.
pub(super) struct Context<'a> {
    pub(super) policy: &'a Policy,
    pub(super) today: Date,
    /// The target triple.
    pub(super) target: &'a str,
    /// The benchmarks of its bench target that can't be compared.
    pub(super) differing: Differing<'a>,
}

/// The report of a benchmark that is in the run.
pub(super) fn compare_benchmark(
    context: &Context<'_>,
    id: BenchmarkId,
    base: Option<&MetricMap>,
    head: &BenchmarkResult,
    waivers: &mut WaiverUse<'_>,
) -> BenchmarkReport {
    match head {
        BenchmarkResult::Measured(measurement) => measured(context, id, base, measurement, waivers),
        BenchmarkResult::Failed(failure) => {
            unmeasured(context, id, base, Verdict::Failed, Some(failure.clone()))
        }
    }
}

/// The report of a benchmark that the baseline has and the run has not.
pub(super) fn missing_benchmark(context: &Context<'_>, id: BenchmarkId, base: &MetricMap) -> BenchmarkReport {
    unmeasured(context, id, Some(base), Verdict::Missing, None)
}

fn unmeasured(
    context: &Context<'_>,
    id: BenchmarkId,
    base: Option<&MetricMap>,
    verdict: Verdict,
    failure: Option<Failure>,
) -> BenchmarkReport {
    let nothing = MetricMap::default();
    let base = base.unwrap_or(&nothing);
    let rules = context.policy.rules_for(&id, MetricKey::all_with(base));
    let metrics = rules.into_iter().filter_map(|(metric, Rules { limit, budget })| {
        let base = base.get(metric)?.clone();
        Some(MetricReport { metric, verdict, base: Some(base), head: None, limit, budget, waiver: None })
    });
    BenchmarkReport {
        target: context.target.to_owned(),
        verdict,
        metrics: metrics.collect(),
        processes: 0,
        threads: 0,
        peak_error_bytes: 0,
        failure,
        time: None,
        sites: None,
        id,
    }
}

fn measured(
    context: &Context<'_>,
    id: BenchmarkId,
    base: Option<&MetricMap>,
    head: &Measurement,
    waivers: &mut WaiverUse<'_>,
) -> BenchmarkReport {
    let text = waivers.has_any().then(|| id.to_string());
    let is_comparable = !context.differing.has(&id.name);
    let mut metrics = Vec::with_capacity(head.metrics.iter().count());
    for (key, rules) in context.policy.rules_for(&id, MetricKey::all_with(&head.metrics)) {
        let Some(value) = head.metrics.get(key) else { continue };
        let base_value = base.and_then(|base| base.get(key));
        let (verdict, waiver) = match &text {
            Some(text) if is_comparable || base_value.is_none() => {
                with_waivers(context.today, waivers, text, key, rules, base_value, value)
            }
            _ => (metric_verdict(is_comparable, rules, base_value, value, None), None),
        };
        metrics.push(MetricReport {
            metric: key,
            verdict,
            base: base_value.cloned(),
            head: Some(value.clone()),
            limit: rules.limit,
            budget: rules.budget,
            waiver,
        });
    }
    let verdict = if base.is_none() { Verdict::New } else { Verdict::Ok };
    let verdict = metrics.iter().map(|metric| metric.verdict).fold(verdict, Ord::max);
    BenchmarkReport {
        target: context.target.to_owned(),
        id,
        verdict,
        metrics,
        processes: head.processes,
        threads: head.threads,
        peak_error_bytes: head.peak_error_bytes,
        failure: None,
        time: None,
        sites: None,
    }
}

/// The verdict on a metric that was measured.
///
/// `waived_up_to` is that of a waiver that holds.
pub(crate) fn metric_verdict(
    is_comparable: bool,
    rules: Rules,
    base: Option<&Observation>,
    head: &Observation,
    waived_up_to: Option<i64>,
) -> Verdict {
    if is_comparable || base.is_none() {
        verdict_of(rules, base, head, waived_up_to)
    } else {
        incomparable(rules, head)
    }
}

/// A budget needs no base, so it holds in every environment.
fn incomparable(rules: Rules, head: &Observation) -> Verdict {
    if rules.limit.is_none() && rules.budget.is_none() {
        return Verdict::Ok;
    }
    Verdict::Incomparable.max(verdict_of(Rules { limit: None, ..rules }, None, head, None))
}

fn verdict_of(
    rules: Rules,
    base: Option<&Observation>,
    head: &Observation,
    waived_up_to: Option<i64>,
) -> Verdict {
    match rules {
        Rules { limit: None, budget: None } => Verdict::Ok,
        Rules { limit: Some(limit), budget } => judge(Judgement { base, head, limit, budget, waived_up_to }),
        Rules { limit: None, budget: Some(budget) } => against_budget(head, budget),
    }
}

fn with_waivers(
    today: Date,
    waivers: &mut WaiverUse<'_>,
    id: &str,
    key: MetricKey,
    rules: Rules,
    base: Option<&Observation>,
    head: &Observation,
) -> (Verdict, Option<Box<AppliedWaiver>>) {
    let without = verdict_of(rules, base, head, None);
    let Some((index, waiver)) = waivers.matching(id, key, today) else { return (without, None) };
    let is_needed = without == Verdict::Regressed;
    // What is inconclusive today may be above its limit tomorrow.
    waivers.note_use(index, is_needed || without == Verdict::Noisy);
    if !is_needed {
        return (without, None);
    }
    let is_expired = !waiver.holds_on(today);
    let waived_up_to = (!is_expired).then_some(waiver.limit);
    let applied = AppliedWaiver {
        limit: waiver.limit,
        reason: waiver.reason.clone(),
        expires: waiver.expires,
        is_expired,
    };
    (verdict_of(rules, base, head, waived_up_to), Some(Box::new(applied)))
}
