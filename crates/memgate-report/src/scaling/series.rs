//! Benchmarks of several sizes, and how their metrics grow.

use std::collections::{BTreeMap, BTreeSet};

use super::fit::{FEWEST_SIZES, fit};
use super::rise::{Pair, Rise};
use crate::model::{BenchmarkId, MetricKey, Observation, Phase};
use crate::report::{BenchmarkReport, ExponentReport, MetricReport, ScalingReport, Trend, Verdict};
use crate::rules::{ExponentLimit, Limit};

/// Of each size: the benchmark.
type Sizes<'a> = BTreeMap<u64, &'a BenchmarkReport>;

/// How the gated metrics of every series grow, in the order of their triples and ids. The middle values of the steady
/// windows are fitted; a trend is what it is for all values of their spreads.
///
/// A series is at least three benchmarks whose names differ in their last part alone, after `/` or `::`, and that part is a whole
/// number above zero.
#[must_use]
pub fn scaling(benchmarks: &[BenchmarkReport], limit: ExponentLimit) -> Vec<ScalingReport> {
    // `build/10` and `build::10` are of two series, though both are called `build`: a mixture would say nothing of either.
    let mut series: BTreeMap<(&str, BenchmarkId, &str), Sizes<'_>> = BTreeMap::new();
    for benchmark in benchmarks.iter().filter(|benchmark| benchmark.processes > 0) {
        if let Some((id, separator, size)) = size_of(&benchmark.id) {
            series.entry((&benchmark.target, id, separator)).or_default().insert(size, benchmark);
        }
    }
    let grown = series.into_iter().filter_map(|((target, id, _), sizes)| grown(target, id, sizes, limit));
    let mut grown: Vec<ScalingReport> = grown.collect();
    // Whoever reads of a series finds it by its name, so one name has one: that with `/`, which comes first.
    grown.dedup_by(|later, first| (&later.target, &later.series) == (&first.target, &first.series));
    grown
}

/// The benchmarks of a series. Its name does not say what stands between it and the sizes.
pub(crate) fn benchmarks_of<'a>(
    series: &ScalingReport,
    benchmarks: &'a [BenchmarkReport],
) -> impl Iterator<Item = &'a BenchmarkReport> {
    benchmarks.iter().filter(move |benchmark| {
        benchmark.target == series.target
            && size_of(&benchmark.id)
                .is_some_and(|(id, _, size)| id == series.series && series.sizes.contains(&size))
    })
}

/// What stands between a series' name and the size: as groups and criterion have it, and as divan does.
const SEPARATORS: [&str; 2] = ["/", "::"];

/// A name without its size, what stands between the two, and the size. A number is what Rust prints for one, so that no two names have
/// one size.
fn size_of(id: &BenchmarkId) -> Option<(BenchmarkId, &'static str, u64)> {
    let before = id.name.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = id.name.get(before.len()..)?;
    let size: u64 = digits.parse().ok().filter(|size| (1..=i64::MAX.cast_unsigned()).contains(size))?;
    let (name, separator) =
        SEPARATORS.iter().find_map(|separator| Some((before.strip_suffix(separator)?, *separator)))?;
    (size.to_string() == digits && !name.is_empty())
        .then(|| (BenchmarkId::new(&*id.package, &*id.bench_target, name), separator, size))
}

fn grown(
    target: &str,
    series: BenchmarkId,
    mut sizes: Sizes<'_>,
    limit: ExponentLimit,
) -> Option<ScalingReport> {
    // A size that the baseline has not would make base and head exponents of different things.
    let with_base: BTreeSet<u64> =
        sizes.iter().filter(|(_, benchmark)| has_base(benchmark)).map(|(size, _)| *size).collect();
    let is_compared = with_base.len() >= FEWEST_SIZES;
    if is_compared {
        sizes.retain(|size, _| with_base.contains(size));
    }
    if sizes.len() < FEWEST_SIZES {
        return None;
    }
    let keys = MetricKey::all().filter(|key| key.phase == Phase::Steady);
    let metrics: Vec<ExponentReport> =
        keys.filter_map(|key| metric_growth(key, &sizes, is_compared, limit)).collect();
    let sizes = sizes.into_keys().collect();
    (!metrics.is_empty()).then(|| ScalingReport { target: target.to_owned(), series, sizes, metrics })
}

/// Whether committed values can be compared with the measured ones.
fn has_base(benchmark: &BenchmarkReport) -> bool {
    benchmark.verdict != Verdict::Incomparable && benchmark.metrics.iter().any(|metric| metric.base.is_some())
}

fn metric_growth(
    key: MetricKey,
    sizes: &Sizes<'_>,
    is_compared: bool,
    limit: ExponentLimit,
) -> Option<ExponentReport> {
    let metrics = sizes.iter().map(|(size, benchmark)| {
        let metric = benchmark.metrics.iter().find(|metric| metric.metric == key);
        metric.filter(|metric| metric.is_gated()).map(|metric| (*size, metric))
    });
    let metrics: Vec<(u64, &MetricReport)> = metrics.collect::<Option<_>>()?;
    let values = |pick: fn(&MetricReport) -> Option<&Observation>| -> Option<Vec<(u64, i64)>> {
        metrics.iter().map(|(size, metric)| Some((*size, pick(metric)?.median()))).collect()
    };
    let heads = values(|metric| metric.head.as_ref())?;
    let bases = values(|metric| metric.base.as_ref()).filter(|_| is_compared);
    let is_zero = |values: &[(u64, i64)]| values.iter().all(|(_, value)| *value == 0);
    if is_zero(&heads) && bases.as_deref().is_none_or(is_zero) {
        return None;
    }
    let mut growth =
        ExponentReport { metric: key, trend: Trend::New, base: None, head: None, rise: None, problem: None };
    match fit(&heads) {
        Ok(head) => growth.head = Some(head),
        Err(problem) => growth.problem = Some(problem.to_string()),
    }
    let Some(bases) = bases else { return Some(growth) };
    match fit(&bases) {
        Ok(base) => growth.base = Some(base),
        Err(problem) => {
            growth.problem.get_or_insert(format!("in the baseline, {problem}"));
        }
    }
    let pairs = metrics
        .iter()
        .map(|(size, metric)| Some(Pair::new(*size, metric.base.as_ref()?, metric.head.as_ref()?)));
    let pairs: Vec<Pair> = pairs.collect::<Option<_>>()?;
    let rise = Rise::of(&pairs);
    growth.rise = rise.map(|rise| rise.exponent());
    growth.trend = match (rise, pairs.last(), metrics.last()) {
        (Some(rise), Some(last), Some((_, largest))) => {
            let is_worse = |(base, head)| {
                largest.verdict != Verdict::Waived && Limit::floor_of(key.metric).is_exceeded(base, head)
            };
            rise.trend(is_worse(last.middle()), is_worse(last.least_rise()), limit)
        }
        _ if growth.head.is_some() => Trend::New,
        _ => Trend::Same,
    };
    Some(growth)
}
