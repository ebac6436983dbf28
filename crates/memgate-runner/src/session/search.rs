//! A search for the commit that raised a metric, under way.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use memgate_report::attribution::Explanation;
use memgate_report::bisect::{Finding, FoundCommit, Probe, Shape, Step, Suspects, estimate, next, shape};
use memgate_report::compare::{Judgement, judge};
use memgate_report::model::{BenchmarkId, MetricKey, Observation};
use memgate_report::report::Verdict;
use memgate_report::rules::{Limit, Policy};
use memgate_report::text::{COMMITS, Noun, shell_quoted};

use super::explanations::difference;
use super::probes::{Probed, Prober};
use crate::error::Error;
use crate::git::{CommitSummary, Oid, Revision, short, summary};
use crate::process::Interrupt;
use crate::revisions::RevisionsError;

/// A search under way.
pub(crate) struct Search<'a> {
    good: &'a Revision,
    bad: &'a Revision,
    /// The commits, from the good end to the bad one.
    line: &'a [Oid],
    /// The metric, once it is known.
    metric: Option<MetricKey>,
    limit: Limit,
    probes: BTreeMap<usize, Probe>,
    measured: BTreeMap<usize, Probed>,
    skipped: BTreeMap<usize, String>,
    /// How long the measurements took.
    took: Duration,
}

impl<'a> Search<'a> {
    /// A search for a metric; for the first that is above its limit, when none is named.
    pub(crate) fn new(
        good: &'a Revision,
        bad: &'a Revision,
        line: &'a [Oid],
        metric: Option<MetricKey>,
    ) -> Self {
        Self {
            good,
            bad,
            line,
            metric,
            limit: Limit::ANY_RISE,
            probes: BTreeMap::new(),
            measured: BTreeMap::new(),
            skipped: BTreeMap::new(),
            took: Duration::ZERO,
        }
    }

    fn last(&self) -> usize {
        self.line.len().saturating_sub(1)
    }

    /// Measures until there is no more to measure.
    pub(crate) fn run(&mut self, prober: &Prober<'_>) -> Result<Step, Error> {
        let console = &prober.revisions.console;
        let last = self.last();
        console.say(&format!(
            "   Searching {}, with at most {}",
            COMMITS.counted(last),
            MEASUREMENTS.counted(estimate(last, &self.probes))
        ));
        loop {
            let position = match next(last, &self.probes) {
                Step::Measure(position) => position,
                step => return Ok(step),
            };
            let Some(&commit) = self.line.get(position) else { return Ok(Step::NotAbove) };
            if prober.revisions.interrupt.is_pressed() {
                return Err(Error::Interrupted);
            }
            let about = summary(&prober.revisions.repository, commit)?;
            let left = estimate(last, &self.probes);
            console.say(&format!(
                "   {} {} ({}{})",
                short(commit),
                plain(&about.subject),
                MEASUREMENTS.counted(left),
                self.time(left)
            ));
            let started = Instant::now();
            match prober.probe(&Revision { name: commit.to_string(), commit })? {
                Ok(probed) => {
                    if !probed.is_remembered {
                        self.took += started.elapsed();
                    }
                    self.measured.insert(position, probed);
                    if position == last {
                        self.choose_metric(prober)?;
                    }
                    let is_above = position != 0 && self.is_above(position);
                    if let Some((metric, value)) = self.metric.zip(self.value(position)) {
                        let side = if is_above { "above" } else { "not above" };
                        console.say(&format!("      {metric} {}: {side}", words(&value)));
                    }
                    self.probes.insert(position, Probe::Measured { is_above });
                }
                Err(_) if Interrupt::was_pressed_by_now() => return Err(Error::Interrupted),
                Err(why) => {
                    console.say(&format!("      skipped: {why}"));
                    self.skipped.insert(position, why);
                    self.probes.insert(position, Probe::Skipped);
                }
            }
        }
    }

    /// How long what is left may take, in words.
    fn time(&self, left: usize) -> String {
        let measured = self.measured.values().filter(|probed| !probed.is_remembered).count();
        let (Ok(measured), Ok(left)) = (u32::try_from(measured), u32::try_from(left)) else {
            return String::new();
        };
        match self.took.checked_div(measured) {
            Some(each) => format!(", about {} s", (each * left).as_secs().max(1)),
            None => String::new(),
        }
    }

    /// With both ends measured, which metric is searched for, and what is too much.
    fn choose_metric(&mut self, prober: &Prober<'_>) -> Result<(), Error> {
        let policy: &Policy = &prober.config.policy;
        let rules = policy.rules_for(prober.id, MetricKey::all().chain(MetricKey::KERNEL));
        let limits: Vec<(MetricKey, Option<Limit>)> =
            rules.into_iter().map(|(key, rules)| (key, rules.limit)).collect();
        let asked = self.metric;
        for (key, limit) in &limits {
            let is_wanted = asked.map_or(limit.is_some(), |metric| metric == *key);
            if !is_wanted {
                continue;
            }
            self.metric = Some(*key);
            self.limit = limit.unwrap_or_else(|| key.usual_limit());
            if self.is_above(self.last()) {
                return Ok(());
            }
        }
        let values = match asked {
            Some(metric) => {
                let of =
                    |position| self.value(position).as_ref().map_or_else(|| "not measured".into(), words);
                format!(
                    "{metric} is {} at the first and {} at the second, within its limit",
                    of(0),
                    of(self.last())
                )
            }
            None => "no metric is above its limit; name one with --metric".to_owned(),
        };
        let (good, bad) = (self.good.to_string(), self.bad.to_string());
        Err(RevisionsError::NoRise { id: prober.id.to_string(), good, bad, values }.into())
    }

    fn value(&self, position: usize) -> Option<Observation> {
        self.measured.get(&position)?.measurement.metrics.get(self.metric?).cloned()
    }

    fn is_above(&self, position: usize) -> bool {
        let (base, head) = (self.value(0), self.value(position));
        head.is_some_and(|head| {
            let judgement = Judgement {
                base: base.as_ref(),
                head: &head,
                limit: self.limit,
                budget: None,
                waived_up_to: None,
            };
            base.is_some() && judge(judgement) == Verdict::Regressed
        })
    }

    /// What the search has come to.
    pub(crate) fn finding(
        &self,
        prober: &Prober<'_>,
        step: Step,
        command: &str,
        id: &BenchmarkId,
    ) -> Result<Finding, Error> {
        let no_rise = |values: &str| RevisionsError::NoRise {
            id: id.to_string(),
            good: self.good.to_string(),
            bad: self.bad.to_string(),
            values: values.to_owned(),
        };
        let (before, after) = match step {
            Step::Found { before, after } | Step::Stuck { before, after } => (before, after),
            Step::EndSkipped(end) => {
                let revision = if end == 0 { self.good } else { self.bad }.to_string();
                let problem = self.skipped.get(&end).cloned().unwrap_or_default();
                return Err(RevisionsError::NotMeasured { id: id.to_string(), revision, problem }.into());
            }
            Step::NotAbove | Step::Measure(_) => return Err(no_rise("it is within its limit").into()),
        };
        let values: BTreeMap<usize, Observation> =
            self.measured.keys().filter_map(|position| Some((*position, self.value(*position)?))).collect();
        let of =
            |position: usize| values.get(&position).cloned().ok_or_else(|| no_rise("it was not measured"));
        let repository = &prober.revisions.repository;
        let suspects = (before + 1..=after)
            .filter_map(|position| self.line.get(position))
            .map(|commit| summary(repository, *commit))
            .collect::<Result<Vec<CommitSummary>, _>>()?;
        let metric = self.metric.ok_or_else(|| no_rise("no metric is searched for"))?;
        let shape = shape(&values, before, after, self.limit);
        let name =
            |position: &usize| self.line.get(*position).map_or_else(String::new, |commit| short(*commit));
        Ok(Finding {
            id: id.clone(),
            metric,
            good: (self.good.to_string(), of(0)?),
            bad: (self.bad.to_string(), of(self.last())?),
            values: (of(before)?, of(after)?),
            shape,
            measured: values.iter().map(|(position, value)| (name(position), value.clone())).collect(),
            explanation: self.explanation(prober, metric, before, after)?,
            notes: self.notes(before, after, suspects.first()),
            next: self.next_command(command, id, &suspects, shape, metric),
            suspects: match suspects.as_slice() {
                [one] => Suspects::One(found(one)),
                several => Suspects::OneOf(several.iter().map(found).collect()),
            },
        })
    }

    /// The call sites that grew. Remembered ones have no lines, so the commit that is named is measured again then.
    fn explanation(
        &self,
        prober: &Prober<'_>,
        metric: MetricKey,
        before: usize,
        after: usize,
    ) -> Result<Option<Explanation>, Error> {
        let (Some(base), Some(head), Some(commit)) =
            (self.measured.get(&before), self.measured.get(&after), self.line.get(after))
        else {
            return Ok(None);
        };
        // It is of no call site.
        if metric.is_kernels() {
            return Ok(None);
        }
        let anew = match head.table(metric) {
            Some(_) => None,
            None => prober.probe_anew(&Revision { name: commit.to_string(), commit: *commit })?.ok(),
        };
        let head = anew.as_ref().unwrap_or(head);
        let threads = head.measurement.threads;
        let (base_value, head_value) = (self.value(before), self.value(after));
        Ok(head_value.zip(head.sites_as_table(metric)).map(|(head_value, table)| {
            difference(metric, base_value.as_ref(), &head_value, base.sites.as_ref(), &table, threads)
        }))
    }

    fn notes(&self, before: usize, after: usize, first: Option<&CommitSummary>) -> Vec<String> {
        let remembered = self.measured.values().filter(|probed| probed.is_remembered).count();
        let mut notes = vec![format!(
            "{} of {}, {remembered} of which were remembered",
            MEASUREMENTS.counted(self.measured.len()),
            COMMITS.counted(self.last())
        )];
        if before == 0 && first.is_some_and(|commit| commit.parents.first() != Some(&self.good.commit)) {
            notes.push(format!("{} is not the parent of the first of these; it was merged later", self.good));
        }
        if !self.skipped.is_empty() {
            let skipped = self.skipped.iter().map(|(position, why)| {
                format!(
                    "{} ({why})",
                    self.line.get(*position).map_or_else(String::new, |commit| short(*commit))
                )
            });
            notes.push(format!("skipped: {}", skipped.collect::<Vec<_>>().join(", ")));
        }
        let environments =
            [before, after].map(|position| self.measured.get(&position).map(|probed| &probed.environment));
        if let [Some(base), Some(head)] = environments {
            if base == head {
                notes.push(format!("all with {head}"));
            } else {
                notes.push(format!("the environment changed too: {base} before, {head} after"));
            }
        }
        notes
    }

    /// What goes on from here: into a merge, or to the next rise.
    fn next_command(
        &self,
        command: &str,
        id: &BenchmarkId,
        suspects: &[CommitSummary],
        shape: Shape,
        metric: MetricKey,
    ) -> Option<(&'static str, String)> {
        let [one] = suspects else { return None };
        let id = shell_quoted(&id.to_string());
        let search = |good: &str, bad: &str| format!("{command} bisect {good} {bad} {id} --metric {metric}");
        match one.parents.as_slice() {
            [_, merged, ..] => Some((
                "to search in the branch that it merged, from where it began",
                search(
                    &format!("$(git merge-base {} {})", short(*one.parents.first()?), short(*merged)),
                    &short(*merged),
                ),
            )),
            _ if shape == Shape::SeveralSteps => {
                Some(("to find the next", search(&short(one.commit), &shell_quoted(&self.bad.name))))
            }
            _ => None,
        }
    }
}

fn found(commit: &CommitSummary) -> FoundCommit {
    FoundCommit {
        commit: commit.commit.to_string(),
        author: commit.author.clone(),
        author_date: commit.author_date.clone(),
        subject: commit.subject.clone(),
    }
}

const MEASUREMENTS: Noun = Noun("measurement", "measurements");

/// A text without what would do something to a terminal.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

fn words(value: &Observation) -> String {
    match value {
        Observation::Exact(value) => value.to_string(),
        Observation::Noisy(spread) => format!("{}…{}", spread.minimum, spread.maximum),
    }
}
