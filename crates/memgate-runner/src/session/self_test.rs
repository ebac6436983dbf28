//! Regressions on purpose, and what the gate says of each.

use std::collections::BTreeMap;

use memgate_protocol::Injection;
use memgate_report::compare::{ComparisonInput, compare};
use memgate_report::config::Alone;
use memgate_report::model::{Baselines, BenchmarkId, BenchmarkResult, Run, Selection};
use memgate_report::report::Report;
use memgate_report::rules::Policy;
use memgate_report::selftest::{Judged, Regression, judge_clean, judge_injected};
use memgate_report::update::{UpdateInput, plan_update};

use super::measuring::Measuring;
use super::project::Listed;
use crate::clock::today;
use crate::console::Console;
use crate::error::Error;
use crate::measure::{MeasureOptions, ProcessCounts};
use crate::process::Interrupt;

/// All that the measurements of a self-test have in common.
pub(crate) struct SelfTest<'a> {
    pub(crate) listed: &'a Listed,
    pub(crate) selection: &'a Selection,
    pub(crate) options: &'a MeasureOptions,
    pub(crate) folder: std::path::PathBuf,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) console: &'a Console,
    pub(crate) alone: &'a Alone,
    /// Waivers would allow what has to be red.
    pub(crate) policy: Policy,
}

impl SelfTest<'_> {
    /// Measures everything as it is, with each regression in turn, and as it is again, and says what the gate made of it.
    ///
    /// # Errors
    /// When something can't be measured as it is, and when the user pressed Ctrl-C.
    pub(crate) fn judge(&self) -> Result<Vec<Judged>, Error> {
        let clean = self.run_clean(self.options.processes.for_base())?;
        if let Some(failed) = failed(&clean) {
            return Err(Error::Unmeasured(failed));
        }
        let baselines = plan_update(UpdateInput {
            runs: std::slice::from_ref(&clean),
            baselines: &Baselines::new(),
            policy: &self.policy,
            all: true,
            prune: false,
        })?
        .writes;
        let mut judged = Vec::new();
        for regression in Regression::ALL {
            self.console.say(&format!("   Injecting {}", regression.words()));
            judged.push(self.inject(regression, &clean, &baselines)?);
        }
        self.console.say("   Injecting nothing");
        let unchanged = self.run_clean(self.options.processes)?;
        let unchanged = self.measuring().settle(unchanged, &baselines, &self.policy)?;
        judged.push(judge_clean(&self.compare(&unchanged, &baselines)));
        Ok(judged)
    }

    /// Measures with a regression, and judges what the gate says.
    fn inject(&self, regression: Regression, clean: &Run, baselines: &Baselines) -> Result<Judged, Error> {
        let mut injections: BTreeMap<BenchmarkId, Injection> = BTreeMap::new();
        let mut not_gated = 0;
        for (id, result) in clean.results() {
            let BenchmarkResult::Measured(measurement) = result else { continue };
            let Some(base) = measurement.metrics.get(regression.metric()) else { continue };
            match regression.injection(&id, base, &self.policy) {
                Some(injection) => drop(injections.insert(id, injection)),
                None => not_gated += 1,
            }
        }
        let run =
            self.run(&|id| injections.get(id).map(|injection| Some(*injection)), self.options.processes)?;
        let mut report = self.compare(&run, baselines);
        // Of what was not injected, nothing is asked.
        report.benchmarks.retain(|benchmark| injections.contains_key(&benchmark.id));
        let amounts = || injections.values().map(Injection::amount);
        let amounts = amounts().min().zip(amounts().max());
        let ids: Vec<BenchmarkId> = injections.into_keys().collect();
        Ok(Judged { amounts, ..judge_injected(regression, &ids, not_gated, &report) })
    }

    /// Measures what is selected as it is.
    fn run_clean(&self, processes: ProcessCounts) -> Result<Run, Error> {
        self.run(&|id| self.selection.selects(id).then_some(None), processes)
    }

    fn measuring(&self) -> Measuring<'_> {
        Measuring {
            targets: &self.listed.targets,
            options: self.options,
            alone: self.alone,
            folder: &self.folder,
            interrupt: self.interrupt,
            console: self.console,
        }
    }

    fn run(
        &self,
        wanted: &dyn Fn(&BenchmarkId) -> Option<Option<Injection>>,
        processes: ProcessCounts,
    ) -> Result<Run, Error> {
        let Listed { targets, parts, .. } = self.listed;
        let measured = self.measuring().measure_wanted(parts.clone(), wanted, "Measuring", processes);
        Ok(Run {
            partition: None,
            revision: None,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            target: targets.first().map(|suite| suite.triple().to_owned()).unwrap_or_default(),
            selection: self.selection.clone(),
            bench_targets: measured?,
            // What was not built is asked nothing.
            left_out: Vec::new(),
        })
    }

    fn compare(&self, run: &Run, baselines: &Baselines) -> Report {
        compare(ComparisonInput {
            runs: std::slice::from_ref(run),
            baselines,
            policy: &self.policy,
            today: today(),
            strict: false,
        })
    }
}

/// The first that could not be measured, and why. Without it, what is injected below would be asked of less than all.
fn failed(run: &Run) -> Option<String> {
    let targets = run.bench_targets.iter().filter_map(|part| {
        let failure = part.failure.as_ref()?;
        Some(format!("{}/{}: {}", part.package, part.bench_target, failure.message))
    });
    let benchmarks = run.results().filter_map(|(id, result)| match result {
        BenchmarkResult::Failed(failure) => Some(format!("{id}: {}", failure.message)),
        BenchmarkResult::Measured(_) => None,
    });
    targets.chain(benchmarks.collect::<Vec<_>>()).next()
}
