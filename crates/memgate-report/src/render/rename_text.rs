//! What looks renamed, in words.

use std::collections::{HashMap, HashSet};

use super::shown;
use crate::model::BenchmarkId;
use crate::renames::{FoldedRename, folded_renames};
use crate::report::{BenchmarkReport, RenameEvidence, RenameReport, Report, Verdict};
use crate::text::BENCHMARKS;

/// So many of several candidates are named.
const MOST_NAMES: usize = 3;
/// So many metrics that differ between the old and the new name are shown.
const MOST_DIFFERENCES: usize = 3;

/// Something to say about one rename.
pub(super) struct RenameText {
    /// The old names.
    pub(super) from: Vec<String>,
    /// The new names.
    pub(super) to: Vec<String>,
    /// Why, after a colon; has no names in it.
    pub(super) why: String,
    /// Whether there is one of each.
    pub(super) is_clear: bool,
}

/// Every rename once, clear ones first.
pub(super) fn rename_texts(report: &Report) -> Vec<RenameText> {
    let folded = folded_renames(report).into_iter();
    let mut texts: Vec<RenameText> = folded
        .map(|FoldedRename { from, to, benchmarks, by }| {
            let count = if benchmarks > 1 {
                format!(" of {}", BENCHMARKS.counted(benchmarks))
            } else {
                String::new()
            };
            let differing = if benchmarks == 1 { differences(report, &from, &to) } else { String::new() };
            let why = format!("{}{count}{differing}", by.words());
            RenameText { from: vec![from], to: vec![to], why, is_clear: true }
        })
        .collect();
    let mut said: HashSet<(&[BenchmarkId], &[BenchmarkId])> = HashSet::new();
    for RenameReport { from, to, by, .. } in report.renames.iter().filter(|rename| rename.pair().is_none()) {
        if said.insert((from, to)) {
            let names = |ids: &[BenchmarkId]| ids.iter().map(ToString::to_string).collect();
            let why = format!("{}, and nothing tells which is which", by.words());
            texts.push(RenameText { from: names(from), to: names(to), why, is_clear: false });
        }
    }
    texts
}

impl RenameText {
    /// The sentence, with its names as `name` shows them.
    pub(super) fn sentence(&self, name: impl Fn(&str) -> String) -> String {
        let (from, to) = (listed(&self.from, &name), listed(&self.to, &name));
        match (self.is_clear, self.from.len()) {
            (true, _) => format!("{from} looks renamed to {to}: {}", self.why),
            (false, 1) => format!("{from} may be one of {to} under another name: {}", self.why),
            (false, _) if self.to.len() == 1 => {
                format!("one of {from} may be {to} under another name: {}", self.why)
            }
            (false, _) => format!("{from} may be {to} under other names: {}", self.why),
        }
    }
}

fn listed(names: &[String], shown: impl Fn(&str) -> String) -> String {
    let mut parts: Vec<String> = names.iter().take(MOST_NAMES).map(|name| shown(name)).collect();
    if names.len() > MOST_NAMES {
        parts.push(format!("{} more", names.len() - MOST_NAMES));
    }
    match parts.pop() {
        Some(last) if !parts.is_empty() => format!("{} and {last}", parts.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// How the numbers under the new name differ from the committed ones, such as `, with other numbers (allocs 12 → 14)`.
fn differences(report: &Report, from: &str, to: &str) -> String {
    let with = |id: &str, is_it: fn(&BenchmarkReport) -> bool| {
        report.benchmarks.iter().find(|benchmark| is_it(benchmark) && benchmark.id.to_string() == id)
    };
    let is_missing = |benchmark: &BenchmarkReport| benchmark.verdict == Verdict::Missing;
    let old = with(from, is_missing);
    let new = old.and_then(|old| {
        let mut same = report.benchmarks.iter().filter(|benchmark| benchmark.target == old.target);
        same.find(|benchmark| benchmark.id.to_string() == to)
    });
    let (Some(old), Some(new)) = (old, new) else { return String::new() };
    let differing: Vec<String> = old
        .metrics
        .iter()
        .filter_map(|before| {
            let after = new.metrics.iter().find(|after| after.metric == before.metric)?;
            let (base, head) = (before.base.as_ref()?, after.head.as_ref()?);
            let unit = before.metric.unit();
            (base.is_exact() && head.is_exact() && base != head).then(|| {
                format!(
                    "{} {} → {}",
                    before.metric,
                    shown::observation(base, unit),
                    shown::observation(head, unit)
                )
            })
        })
        .collect();
    match differing.len() {
        0 => String::new(),
        count if count > MOST_DIFFERENCES => {
            format!(", with other numbers ({}, …)", differing[..MOST_DIFFERENCES].join(", "))
        }
        _ => format!(", with other numbers ({})", differing.join(", ")),
    }
}

/// What is said of each missing benchmark that looks like a new one, by triple and id.
pub(super) fn of_missing(report: &Report) -> HashMap<(&str, &BenchmarkId), String> {
    let mut said = HashMap::new();
    for rename in &report.renames {
        let to: Vec<String> = rename.to.iter().map(ToString::to_string).collect();
        let text = match rename.pair() {
            Some((_, to)) => format!("it looks renamed to {to} ({})", rename.by.words()),
            None => {
                format!("it may be {} under another name ({})", listed(&to, str::to_owned), rename.by.words())
            }
        };
        said.extend(rename.from.iter().map(|from| ((&*rename.target, from), text.clone())));
    }
    said
}

/// The new benchmarks whose numbers are those of a missing one: whoever sees that knows them.
pub(super) fn known_by_another_name(report: &Report) -> HashSet<(&str, &BenchmarkId)> {
    let by_numbers = report.renames.iter().filter(|rename| rename.by == RenameEvidence::Numbers);
    by_numbers.filter_map(|rename| Some((&*rename.target, rename.pair()?.1))).collect()
}
