//! What there is to say besides the verdicts.

use std::collections::BTreeSet;

use super::ComparisonInput;
use super::waiver::WaiverUse;
use crate::model::{BaselineKey, BenchmarkId, BenchmarkResult, EnvironmentDifference, LeftOut, MetricKey};
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

/// Bench targets that could not be built with the enabled features.
pub(super) fn about_left_out(input: &ComparisonInput<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    for run in input.runs {
        for left in &run.left_out {
            let LeftOut { package, bench_target, needs } = left;
            let key = BaselineKey::new(&*run.target, &**package, &**bench_target);
            let why = if needs.is_empty() {
                // That a package is excluded needs no word, unless somebody has committed numbers of it.
                if !input.baselines.contains_key(&key) {
                    continue;
                }
                "its package is excluded in memgate.toml, and it has a baseline".to_owned()
            } else {
                format!("it needs the features {}", needs.join(", "))
            };
            notices.push(Notice {
                kind: NoticeKind::LeftOut,
                text: format!("{package}/{bench_target} was left out: {why}"),
            });
        }
    }
    notices
}

/// Waivers that are stale or expired, and globs that match nothing.
pub(super) fn about_policy(input: &ComparisonInput<'_>, waivers: &WaiverUse<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    for waiver in waivers.stale() {
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
    let sees_all =
        |run: &crate::model::Run| run.selection.packages.is_empty() && run.selection.bench_targets.is_empty();
    if input.runs.iter().all(sees_all) && (!input.policy.benchmarks.is_empty() || waivers.has_any()) {
        let ids = known_ids(input);
        let unmatched = |matches: &dyn Fn(&str) -> bool| !ids.iter().any(|id| matches(id));
        for rule in &input.policy.benchmarks {
            if unmatched(&|id| rule.pattern.matches(id)) {
                notices.push(unmatched_glob("[[benchmark]] match", rule.pattern.as_str()));
            }
        }
        for waiver in &input.policy.waivers {
            let pattern = glob::Pattern::new(&waiver.benchmark).ok();
            let matches = |id: &str| {
                waiver.benchmark == id || pattern.as_ref().is_some_and(|pattern| pattern.matches(id))
            };
            if unmatched(&matches) {
                notices.push(unmatched_glob("[[waiver]] benchmark", &waiver.benchmark));
            }
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
    let mut custom = BTreeSet::new();
    for target in input.runs.iter().flat_map(|run| &run.bench_targets) {
        for (name, result) in &target.results {
            // Ids are made of the few that are named.
            if matches!(result, BenchmarkResult::Measured(measurement) if measurement.is_custom) {
                custom.insert(target.id(name).to_string());
            }
        }
    }
    (!custom.is_empty()).then(|| Notice {
        kind: NoticeKind::CustomWindow,
        text: format!(
            "measured around the whole closure of `iter_custom`, with all that it does besides: {}",
            Vec::from_iter(custom).join(", ")
        ),
    })
}

/// A gate that holds nothing back.
pub(crate) fn about_gating(benchmarks: &[BenchmarkReport]) -> Option<Notice> {
    let measured = || benchmarks.iter().filter(|benchmark| benchmark.processes > 0);
    (measured().next().is_some() && measured().all(|benchmark| benchmark.gated().next().is_none())).then(
        || Notice {
            kind: NoticeKind::NothingGated,
            text: "nothing is gated: every limit in memgate.toml is \"off\"".to_owned(),
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
            "{id} was exact and now varies beyond its limit in {}; mend it, or accept it with `update`",
            metrics.join(", ")
        ),
    }
}
