//! What there is to say besides the verdicts.

use std::collections::{BTreeSet, HashSet};

use super::ComparisonInput;
use super::waiver_use::WaiverUse;
use crate::model::{
    BaselineKey, Baselines, BenchTargetRun, BenchmarkId, BenchmarkResult, EnvironmentDifference, LeftOut,
    Measurement, MetricKey, Run,
};
use crate::report::{BenchmarkReport, Notice, NoticeKind};

/// Triples for which there is no baseline at all.
pub(super) fn about_baselines(input: &ComparisonInput<'_>) -> Vec<Notice> {
    let triples: BTreeSet<&str> = input.runs.iter().map(|run| run.target.as_str()).collect();
    triples
        .into_iter()
        .filter(|triple| !input.baselines.keys().any(|key| key.target == *triple))
        .map(|triple| Notice {
            kind: NoticeKind::NoBaseline,
            text: format!("there is no baseline for {triple} yet"),
        })
        .collect()
}

/// Bench targets that were not measured.
pub(super) fn about_left_out(input: &ComparisonInput<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    for run in input.runs {
        for left in &run.left_out {
            let key = BaselineKey::new(&*run.target, &*left.package, &*left.bench_target);
            // Another run may have been built with other features.
            let is_measured = |other: &Run| {
                other.target == run.target
                    && other
                        .bench_targets
                        .iter()
                        .any(|part| part.package == left.package && part.bench_target == left.bench_target)
            };
            if input.runs.iter().any(is_measured) {
                continue;
            }
            if left.is_gap() && run.selection.covers_all(left) {
                notices.push(about_not_measured(&run.target, left));
                continue;
            }
            let text = match left.why() {
                Some(_) => left.to_string(),
                // That a package is excluded needs no word, unless somebody has committed numbers of it.
                None if !input.baselines.contains_key(&key) => continue,
                None => format!(
                    "{}/{} was left out: it is excluded in memgate.toml, or does not name memgate any more, and has a baseline",
                    left.package, left.bench_target
                ),
            };
            notices.push(Notice { kind: NoticeKind::LeftOut, text });
        }
    }
    notices
}

/// Names bench targets without a single benchmark, unless what they had is committed. That may be for want of what they are for on this platform. But whoever asks for one
/// by its name, or has no other, is not to hear that all is well.
pub fn about_empty(runs: &[Run], baselines: &Baselines) -> Vec<Notice> {
    let parts = || runs.iter().flat_map(|run| run.bench_targets.iter().map(move |part| (run, part)));
    let is_empty = |part: &BenchTargetRun| part.declared.is_empty() && part.failure.is_none();
    let measures_nothing = parts().all(|(_, part)| is_empty(part));
    let mut notices = Vec::new();
    for (run, part) in parts().filter(|(_, part)| is_empty(part)) {
        let is_there = parts().any(|(other, same)| {
            (&other.target, &same.package, &same.bench_target)
                == (&run.target, &part.package, &part.bench_target)
                && !is_empty(same)
        });
        // Of what is committed, every benchmark is missing, and says so.
        let key = BaselineKey::new(&*run.target, &*part.package, &*part.bench_target);
        let is_committed = baselines.get(&key).is_some_and(|baseline| !baseline.benchmarks.is_empty());
        let left = LeftOut {
            package: part.package.clone(),
            bench_target: part.bench_target.clone(),
            needs: Vec::new(),
        };
        if is_there || is_committed || !run.selection.covers_all(&left) {
            continue;
        }
        let is_asked = measures_nothing || run.selection.bench_targets.contains(&part.bench_target);
        let (kind, beginning) = if is_asked {
            (NoticeKind::NotMeasured, not_measured_on(&run.target, &part.package, &part.bench_target))
        } else {
            (NoticeKind::LeftOut, format!("{}/{} was not measured:", part.package, part.bench_target))
        };
        let notice = Notice { kind, text: format!("{beginning} it declares no benchmark") };
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    notices
}

fn about_not_measured(target: &str, left: &LeftOut) -> Notice {
    let why = left.why().unwrap_or_default();
    Notice {
        kind: NoticeKind::NotMeasured,
        text: format!("{} {why}", not_measured_on(target, &left.package, &left.bench_target)),
    }
}

/// How a notice begins that a bench target was not measured. What measured it elsewhere takes the notice back.
pub(crate) fn not_measured_on(target: &str, package: &str, bench_target: &str) -> String {
    format!("{package}/{bench_target} was not measured on {target}:")
}

/// Waivers that are stale or expired, and globs that match nothing.
pub(super) fn about_policy(input: &ComparisonInput<'_>, waivers: &WaiverUse<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    let unknown: HashSet<usize> = match waivers.stale().next() {
        Some(_) => unmeasured_ids(input).iter().flat_map(|id| waivers.places(id)).collect(),
        None => HashSet::new(),
    };
    // One that was not measured, as with a filter, in another shard or on another triple, may need it.
    for (_, waiver) in waivers.stale().filter(|(place, _)| !unknown.contains(place)) {
        notices.push(Notice {
            kind: NoticeKind::StaleWaiver,
            text: format!(
                "the waiver for {} of `{}` is no longer needed; remove it from memgate.toml",
                waiver.metric, waiver.benchmark
            ),
        });
    }
    for waiver in input.policy.waivers.iter().filter(|waiver| !waiver.holds_on(input.today)) {
        let expires = waiver.expires.map(|date| date.to_string()).unwrap_or_default();
        notices.push(Notice {
            kind: NoticeKind::ExpiredWaiver,
            text: format!("the waiver for {} of `{}` expired on {expires}", waiver.metric, waiver.benchmark),
        });
    }
    // With a part of the packages in view, a glob may well be about the others.
    let sees_all = |run: &Run| run.selection.packages.is_empty() && run.selection.bench_targets.is_empty();
    if input.runs.iter().all(sees_all) && (!input.policy.benchmarks.is_empty() || waivers.has_any()) {
        let (mut rules, mut permissions) = (HashSet::new(), HashSet::new());
        for id in known_ids(input) {
            rules.extend(input.policy.benchmarks.places(&id));
            permissions.extend(waivers.places(&id));
        }
        for (_, rule) in
            input.policy.benchmarks.iter().enumerate().filter(|(place, _)| !rules.contains(place))
        {
            notices.push(unmatched_glob("[[benchmark]] match", rule.pattern.as_str()));
        }
        let waivers = input.policy.waivers.iter().enumerate();
        for (_, waiver) in waivers.filter(|(place, _)| !permissions.contains(place)) {
            notices.push(unmatched_glob("[[waiver]] benchmark", &waiver.benchmark));
        }
    }
    notices
}

fn unmatched_glob(place: &str, glob: &str) -> Notice {
    Notice {
        kind: NoticeKind::UnmatchedGlob,
        text: format!("{place} = \"{glob}\" in memgate.toml matches no benchmark"),
    }
}

/// The ids of which one of a triple is declared or has a baseline, and was not measured.
fn unmeasured_ids(input: &ComparisonInput<'_>) -> BTreeSet<String> {
    let mut measured: HashSet<(&str, String)> = HashSet::new();
    let mut known: HashSet<(&str, String)> = HashSet::new();
    for run in input.runs {
        let results = run.results();
        let there = results.filter(|(_, result)| matches!(result, BenchmarkResult::Measured(_)));
        measured.extend(there.map(|(id, _)| (&*run.target, id.to_string())));
        for target in &run.bench_targets {
            known.extend(target.declared.iter().map(|name| (&*run.target, target.id(name).to_string())));
        }
    }
    for (key, baseline) in input.baselines {
        let ids =
            baseline.benchmarks.keys().map(|name| format!("{}/{}/{name}", key.package, key.bench_target));
        known.extend(ids.map(|id| (&*key.target, id)));
    }
    known.difference(&measured).map(|(_, id)| id.clone()).collect()
}

/// Every id that a run declares or a baseline has.
fn known_ids(input: &ComparisonInput<'_>) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for target in input.runs.iter().flat_map(|run| &run.bench_targets) {
        ids.extend(target.declared.iter().map(|name| target.id(name).to_string()));
    }
    for (key, baseline) in input.baselines {
        let names = baseline.benchmarks.keys();
        ids.extend(names.map(|name| format!("{}/{}/{name}", key.package, key.bench_target)));
    }
    ids
}

/// Benchmarks whose windows are around more than their routine.
pub(super) fn about_custom(input: &ComparisonInput<'_>) -> Option<Notice> {
    let custom = measured(input, |measurement| measurement.is_custom.then(String::new));
    notice_of(
        NoticeKind::CustomWindow,
        "measured around the whole closure of `iter_custom`, with all that it does besides",
        &custom,
    )
}

/// Benchmarks in whose windows several threads allocate: the routine's own, or some that work beside it.
pub(super) fn about_threads(input: &ComparisonInput<'_>) -> Option<Notice> {
    let several = measured(input, |measurement| {
        (measurement.threads > 1).then(|| format!(" ({} threads)", measurement.threads))
    });
    notice_of(
        NoticeKind::Threads,
        "several threads allocate within one window, and all of it is counted; where one works beside the routine, the \
         numbers depend on scheduling",
        &several,
    )
}

/// Benchmarks that start other processes.
pub(super) fn about_other_processes(input: &ComparisonInput<'_>) -> Option<Notice> {
    let starting = measured(input, |measurement| measurement.starts_processes.then(String::new));
    notice_of(NoticeKind::OtherProcesses, "starts other processes, whose memory is not counted", &starting)
}

/// The ids of those of which there is something to say, each with that behind it.
fn measured(
    input: &ComparisonInput<'_>,
    to_say: impl Fn(&Measurement) -> Option<String>,
) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for target in input.runs.iter().flat_map(|run| &run.bench_targets) {
        for (name, result) in &target.results {
            let BenchmarkResult::Measured(measurement) = result else { continue };
            // Ids are made of the few that are named.
            ids.extend(to_say(measurement).map(|words| format!("{}{words}", target.id(name))));
        }
    }
    ids
}

fn notice_of(kind: NoticeKind, sentence: &str, ids: &BTreeSet<String>) -> Option<Notice> {
    const MOST: usize = 5;
    let mut named: Vec<String> = ids.iter().take(MOST).cloned().collect();
    if ids.len() > MOST {
        named.push(format!("and {} more", ids.len() - MOST));
    }
    (!ids.is_empty()).then(|| Notice { kind, text: format!("{sentence}: {}", named.join(", ")) })
}

/// A gate that holds nothing back.
pub(crate) fn about_gating(benchmarks: &[BenchmarkReport]) -> Option<Notice> {
    let measured = || benchmarks.iter().filter(|benchmark| benchmark.processes > 0);
    (measured().next().is_some() && measured().all(|benchmark| benchmark.gated().next().is_none())).then(
        || Notice {
            kind: NoticeKind::NothingGated,
            text: "nothing can turn red: every limit in memgate.toml is \"off\"".to_owned(),
        },
    )
}

pub(super) fn tolerated_difference(key: &BaselineKey, differences: &[EnvironmentDifference]) -> Notice {
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    Notice {
        kind: NoticeKind::ToleratedDifference,
        text: format!(
            "{}/{} is compared although {}",
            key.package,
            key.bench_target,
            differences.join(", and ")
        ),
    }
}

pub(super) fn became_noisy(id: &BenchmarkId, metrics: &[MetricKey]) -> Notice {
    let metrics: Vec<String> = metrics.iter().map(ToString::to_string).collect();
    Notice {
        kind: NoticeKind::BecameNoisy,
        text: format!(
            "{id} was exact and now varies beyond its limit in {}; fix it, or accept it with `update`",
            metrics.join(", ")
        ),
    }
}
