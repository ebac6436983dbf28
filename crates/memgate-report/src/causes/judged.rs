//! From changes to causes: what each did, and how much of the redness it explains.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::collected::{Collected, Entry};
use super::grouping::groups;
use super::moved_peaks::moved_peaks;
use super::part::{Part, WHOLE, add_effect};
use super::shown::{common_callers, kind, shown_entry};
use super::shrunk::{elsewhere, within};
use super::{Cause, CauseKind, Causes, Effect, Reason, RedMetric, Shrunk};
use crate::attribution::SiteChange;
use crate::model::MetricKey;
use crate::report::Report;

/// How many of the largest call sites are listed where nothing is known of base.
const MOST_LISTED: usize = 3;

/// The causes of all that is red. Nothing when no benchmark has call sites: then nobody asked.
#[must_use]
pub fn causes(report: &Report) -> Causes {
    if report.benchmarks.iter().all(|benchmark| benchmark.sites.is_none()) {
        return Causes::default();
    }
    let mut collected = Collected::of(report);
    let group_of = groups(&collected.lines);
    let Judged { causes, explained } = judge(&collected.entries, &collected, &group_of, false);
    let mut not_explained = collected.not_explained();
    for one in &mut not_explained {
        if let Some(entries) = collected.listed.get(&one.reason) {
            one.sites = judge(entries, &collected, &group_of, true).causes;
            one.sites.truncate(MOST_LISTED);
        }
    }
    // A site that has more can belong to a change that has less in sum.
    let known: BTreeSet<(usize, MetricKey)> =
        not_explained.iter().flat_map(|one| &one.metrics).map(key).chain(explained.iter().map(key)).collect();
    let left: Vec<RedMetric> =
        collected.red.iter().filter(|red| !known.contains(&key(red))).copied().collect();
    let varying: BTreeSet<(usize, MetricKey)> = collected.varying.iter().map(key).collect();
    for metric in left {
        let reason = if varying.contains(&key(&metric)) { Reason::Varies } else { Reason::NoSiteGrew };
        match not_explained.iter_mut().find(|one| one.reason == reason) {
            Some(one) => one.metrics.push(metric),
            None => {
                not_explained.push(super::NotExplained { reason, metrics: vec![metric], sites: Vec::new() });
            }
        }
    }
    let benchmarks: BTreeSet<usize> = collected.red.iter().map(|red| red.benchmark).collect();
    Causes {
        red: collected.red.len(),
        benchmarks: benchmarks.len(),
        explained: explained.len(),
        causes,
        not_explained,
        dependencies: collected.dependencies.met(),
        contradictions: collected.contradictions,
        varying: collected.varying,
        moved_peaks: moved_peaks(report),
        notes: collected.notes,
    }
}

fn key(red: &RedMetric) -> (usize, MetricKey) {
    (red.benchmark, red.metric)
}

#[derive(Default)]
struct Judged {
    causes: Vec<Cause>,
    /// The red metrics in which a cause has a part.
    explained: Vec<RedMetric>,
}

fn judge(entries: &[Entry<'_>], collected: &Collected<'_>, group_of: &[usize], is_listing: bool) -> Judged {
    let group = |entry: &Entry<'_>| group_of.get(entry.line).copied().unwrap_or_default();
    let mut parts: Vec<Part> = entries
        .iter()
        .map(|entry| Part { group: group(entry), red: entry.red, delta: entry.change.delta })
        .collect();
    parts.sort_unstable_by_key(|part| (part.group, part.red));
    parts.dedup_by(|next, first| {
        let is_same = (next.group, next.red) == (first.group, first.red);
        if is_same {
            first.delta = first.delta.saturating_add(next.delta);
        }
        is_same
    });
    let mut rises: Vec<i128> = collected.remainders.iter().map(|remainder| i128::from(*remainder)).collect();
    let mut is_explained = vec![false; rises.len()];
    for part in parts.iter().filter(|part| part.delta > 0) {
        if let (Some(rise), Some(is_explained)) = (rises.get_mut(part.red), is_explained.get_mut(part.red)) {
            *rise += i128::from(part.delta);
            *is_explained = true;
        }
    }
    let mut order: Vec<&Entry<'_>> = entries.iter().collect();
    order.sort_by_key(|entry| (group(entry), entry.red));
    let mut shrank = if is_listing { BTreeMap::new() } else { elsewhere(&parts) };
    let entries_of = |part: &Part| {
        let key = |entry: &&Entry<'_>| (group(entry), entry.red);
        let own = (part.group, part.red);
        let start = order.partition_point(|entry| key(entry) < own);
        order.iter().skip(start).take_while(move |entry| key(entry) == own).copied()
    };
    let mut of_groups = order.chunk_by(|one, other| group(one) == group(other)).peekable();
    let mut causes = Vec::new();
    for parts in parts.chunk_by(|one, other| one.group == other.group) {
        // Both are in the order of the groups, and have the same ones.
        let Some(entries) = of_groups.next() else { continue };
        if let Some(first) = parts.iter().find(|part| part.delta > 0) {
            let (share, mut cause) = cause(parts, entries, &collected.red, &rises, is_listing);
            let others = shrank.remove(&first.group).unwrap_or_default();
            cause.shrank_elsewhere =
                Shrunk::of(others.into_iter().flat_map(entries_of), &collected.red, &rises);
            if !is_listing {
                cause.shrank_within = within(&cause, entries, &collected.red, &rises);
            }
            let grown = entries.iter().filter(|entry| entry.change.delta > 0);
            // That of the call site that is shown, if any.
            let of_shown = shown_entry(entries, &rises).and_then(|entry| entry.dependency);
            let largest = grown
                .max_by_key(|entry| (entry.dependency.is_some(), entry.change.delta))
                .and_then(|entry| entry.dependency);
            cause.dependency = of_shown.or(largest).and_then(|index| collected.dependencies.get(index));
            causes.push((share, cause));
        }
    }
    causes.sort_by_key(|(share, cause)| {
        (
            Reverse(*share),
            Reverse(cause.red),
            cause.place.as_ref().map(|place| (place.file.clone(), place.line)),
        )
    });
    let whole = WHOLE * i128::try_from(collected.red.len().max(1)).unwrap_or(1);
    let causes = causes.into_iter().map(|(share, cause)| Cause {
        share_thousandths: u64::try_from(share * 1_000 / whole).unwrap_or(1_000),
        ..cause
    });
    let explained = collected.red.iter().zip(&is_explained).filter(|(_, is)| **is).map(|(red, _)| *red);
    Judged { causes: causes.collect(), explained: explained.collect() }
}

/// A cause, and what it explains in parts of [`WHOLE`].
fn cause(
    parts: &[Part],
    entries: &[&Entry<'_>],
    red: &[RedMetric],
    rises: &[i128],
    is_listing: bool,
) -> (i128, Cause) {
    let mut share = 0;
    let mut benchmarks = BTreeSet::new();
    let mut effects: Vec<Effect> = Vec::new();
    let mut metrics = 0;
    for part in parts {
        let Some(red) = red.get(part.red).filter(|_| part.delta != 0) else { continue };
        add_effect(&mut effects, red.metric, part.delta);
        if let Some(rise) = rises.get(part.red).filter(|rise| part.delta > 0 && **rise > 0) {
            share += i128::from(part.delta) * WHOLE / rise;
            benchmarks.insert(red.benchmark);
            metrics += 1;
        }
    }
    effects.sort_by_key(|effect| effect.metric);
    let entry = shown_entry(entries, rises);
    let shown = entry.map(|entry| entry.change);
    let place = |change: &SiteChange| change.place.clone();
    let spots: BTreeSet<_> =
        entries.iter().filter(|entry| entry.change.delta > 0).map(|entry| (entry.line, entry.spot)).collect();
    let cause = Cause {
        operation: shown.map(|change| change.operation.clone()).unwrap_or_default(),
        place: shown.and_then(place),
        through: shown.and_then(|change| change.through.first().cloned()),
        callers: shown.map(|change| common_callers(change, entries)).unwrap_or_default(),
        kind: if is_listing { CauseKind::Listed } else { kind(entry, entries) },
        dependency: None,
        sites: spots.len(),
        shrank_within: None,
        shrank_elsewhere: None,
        effects,
        benchmarks: benchmarks.into_iter().collect(),
        red: metrics,
        share_thousandths: 0,
    };
    (share, cause)
}
