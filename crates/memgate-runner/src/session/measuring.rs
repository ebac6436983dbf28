//! Measures what is wanted, and again what would make a difference.

use std::collections::BTreeSet;
use std::path::Path;

use memgate_protocol::Injection;
use memgate_report::compare::{ComparisonInput, compare, without_doubt};
use memgate_report::config::Alone;
use memgate_report::model::{BaselineKey, Baselines, BenchTargetRun, BenchmarkId, Differing, Run};
use memgate_report::rules::Policy;

use crate::clock::today;
use crate::console::Console;
use crate::error::Error;
use crate::measure::{MeasureOptions, ProcessCounts, Suite, Wanted, Work, measure_wanted};
use crate::process::Interrupt;

/// What the numbers are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be compared with others.
    Verdict,
    /// That others are compared with them: what is not in a baseline yet is asked of more processes.
    Base,
    /// As `Base`, and nothing of the baselines stays.
    WholeBase,
}

/// How benchmarks are measured.
#[derive(Clone, Copy)]
pub(crate) struct Measuring<'a> {
    pub(crate) targets: &'a [Suite],
    pub(crate) options: &'a MeasureOptions,
    /// What runs with nothing beside it.
    pub(crate) alone: &'a Alone,
    pub(crate) folder: &'a Path,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) console: &'a Console,
}

impl Measuring<'_> {
    /// Measures what is selected, as its purpose asks for.
    pub(crate) fn measure(
        &self,
        mut parts: Vec<BenchTargetRun>,
        selected: &dyn Fn(&BenchmarkId) -> bool,
        purpose: Purpose,
        baselines: &Baselines,
    ) -> Result<Vec<BenchTargetRun>, Error> {
        let triple = self.targets.first().map(Suite::triple).unwrap_or_default();
        let (mut known, mut new) = (BTreeSet::new(), BTreeSet::new());
        for part in &parts {
            let baseline = baselines.get(&BaselineKey::new(triple, &*part.package, &*part.bench_target));
            let both = baseline.zip(part.environment.as_ref());
            let differences =
                both.map(|(baseline, environment)| baseline.environment.differences(environment));
            let differing = differences.as_ref().map(Differing::of);
            let is_same = |name: &str| differing.as_ref().is_some_and(|differing| !differing.has(name));
            let has_baseline =
                |name: &str| baseline.is_some_and(|baseline| baseline.benchmarks.contains_key(name));
            for name in part.declared.iter().filter(|name| selected(&part.id(name))) {
                let is_known = match purpose {
                    Purpose::Verdict => true,
                    Purpose::Base => is_same(name) && has_baseline(name),
                    Purpose::WholeBase => false,
                };
                if is_known { &mut known } else { &mut new }.insert(part.id(name));
            }
        }
        let processes = self.options.processes;
        for (ids, processes) in [(known, processes), (new, processes.for_base())] {
            if !ids.is_empty() {
                let wanted = |id: &BenchmarkId| ids.contains(id).then_some(None);
                parts = self.measure_wanted(parts, &wanted, "Measuring", processes)?;
            }
        }
        Ok(parts)
    }

    /// Measures what is wanted; see [`measure_wanted`].
    pub(crate) fn measure_wanted(
        &self,
        parts: Vec<BenchTargetRun>,
        wanted: &dyn Fn(&BenchmarkId) -> Option<Option<Injection>>,
        work_word: &'static str,
        processes: ProcessCounts,
    ) -> Result<Vec<BenchTargetRun>, Error> {
        let options = MeasureOptions { processes, ..*self.options };
        let (folder, interrupt) = (self.folder, self.interrupt);
        let wanted =
            |id: &BenchmarkId| wanted(id).map(|injection| Wanted { injection, alone: self.alone.has(id) });
        let work = Work { word: work_word, wanted: &wanted };
        let measured = measure_wanted(self.targets, parts, work, &options, folder, interrupt, self.console);
        self.console.finish();
        measured
    }

    /// The run with everything measured again in more processes of which a report would say that it rose, fell, or varies.
    pub(crate) fn settle(&self, run: Run, baselines: &Baselines, policy: &Policy) -> Result<Run, Error> {
        let judge = |run: &Run| {
            let runs = std::slice::from_ref(run);
            compare(ComparisonInput { runs, baselines, policy, today: today(), strict: true })
        };
        without_doubt(run, judge, |run, doubtful| {
            let wanted = |id: &BenchmarkId| doubtful.contains(id).then_some(None);
            let processes = self.options.processes.for_doubt();
            let bench_targets = self.measure_wanted(run.bench_targets, &wanted, "Confirming", processes)?;
            Ok(Run { bench_targets, ..run })
        })
    }
}
