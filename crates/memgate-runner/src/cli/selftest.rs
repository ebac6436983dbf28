//! `selftest`: regressions on purpose, each of which has to be red.

use std::collections::BTreeMap;

use memgate::protocol::Injection;
use memgate_report::compare::{ComparisonInput, compare};
use memgate_report::config::Alone;
use memgate_report::model::{Baselines, BenchmarkId, BenchmarkResult, Run, Selection};
use memgate_report::report::Report;
use memgate_report::rules::Policy;
use memgate_report::selftest::{
    Judged, Regression, is_trusted, judge_clean, judge_injected, render_selftest,
};
use memgate_report::update::{UpdateInput, plan_update};

use super::arguments::MeasureArguments;
use super::flow::{Listed, Project, say_gaps};
use super::measuring::Measuring;
use super::output::write_stdout;
use crate::clock::today;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::measure::{MeasureOptions, ProcessCounts};
use crate::process::Interrupt;

/// Do regressions on purpose, one at a time, and require a red verdict for each on every selected benchmark.
///
/// The benchmarks are measured as they are, which is the baseline of this test: the committed one is not looked at, and
/// nothing is written. Then they are measured with more allocations in every window, with a higher peak, with a block that is
/// never freed, and with more reallocs, each time with the least that is above the limits of memgate.toml: one call or one
/// byte where any rise is too much, 257 bytes of peak where 256 are allowed. At last they are measured as they are again, and
/// have to be green. What no limit gates is not tried, and said. Exits with 0 when the gate was right every time, and with
/// 101 when it was not.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct SelftestArguments {
    #[command(flatten)]
    measure: MeasureArguments,
}

/// All that the measurements of a self-test have in common.
struct Bench<'a> {
    listed: &'a Listed,
    selection: &'a Selection,
    options: &'a MeasureOptions,
    folder: std::path::PathBuf,
    interrupt: &'a Interrupt,
    console: &'a Console,
    alone: &'a Alone,
    /// Waivers would allow what has to be red.
    policy: Policy,
}

pub(super) fn selftest(arguments: &SelftestArguments, command: &str) -> Result<ExitCode, Error> {
    arguments.measure.refuse_partition("selftest", "name benchmarks or packages instead")?;
    let selection = arguments.measure.selection()?;
    let project = Project::load(&arguments.measure)?;
    // A long run would look for the injected bytes in thousands of iterations, and find no more than three windows do.
    let options = arguments.measure.measure_options(&project.config).without_long_run();
    let (interrupt, console) = (Interrupt::listen(), Console::new(arguments.measure.quiet));
    let listed = project.list(&arguments.measure, &options, &interrupt, &[])?;
    project.check_selection(&selection, &listed.parts, command)?;
    say_gaps(&listed.left_out, &selection);
    let bench = Bench {
        listed: &listed,
        selection: &selection,
        options: &options,
        folder: project.scratch_folder(),
        interrupt: &interrupt,
        alone: &project.config.alone,
        console: &console,
        policy: Policy { waivers: Vec::new(), ..project.config.policy },
    };
    let clean = bench.run_clean(options.processes.for_base())?;
    if let Some(failed) = failed(&clean) {
        return Err(Error::Unmeasured(failed));
    }
    let baselines = plan_update(UpdateInput {
        runs: std::slice::from_ref(&clean),
        baselines: &Baselines::new(),
        policy: &bench.policy,
        all: true,
        prune: false,
    })?
    .writes;
    let mut judged = Vec::new();
    for regression in Regression::ALL {
        console.say(&format!("   Injecting {}", regression.words()));
        judged.push(bench.inject(regression, &clean, &baselines)?);
    }
    console.say("   Injecting nothing");
    let unchanged = bench.run_clean(options.processes)?;
    let unchanged = bench.measuring().settle(unchanged, &baselines, &bench.policy)?;
    judged.push(judge_clean(&bench.compare(&unchanged, &baselines)));

    let is_trusted = is_trusted(&judged);
    write_stdout(&render_selftest(&judged))?;
    Ok(if is_trusted { ExitCode::Passed } else { ExitCode::Failed })
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

impl Bench<'_> {
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
            target: targets.first().map(|target| target.target.clone()).unwrap_or_default(),
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
