//! Records call sites, and gives them names.

use std::collections::BTreeMap;
use std::path::Path;

use memgate_protocol::capture::{Capture, WindowKind};
use memgate_protocol::{Engine, Metric, Record, WindowPlan};
use memgate_report::config::Alone;
use memgate_report::model::{BenchmarkId, BenchmarkResult, Failure, FailureKind, Measurement};
use memgate_report::sites::{PackageFeatures, Profile, SiteTable, StoredSites};

#[cfg(target_os = "linux")]
use super::command_sites::{read_recorded, why_incomplete};
use super::project::Project;
#[cfg(target_os = "linux")]
use crate::command::RanCommand;
use crate::console::Console;
use crate::error::Error;
use crate::measure::{
    Bench, CommandSuite, MAXIMUM_CAPTURE_BYTES, MeasureOptions, NoAnswer, ProcessCounts, Suite,
    measure_benchmark, measure_command, measure_to_file, record_sites, side_by_side_or_alone,
};
use crate::process::Interrupt;
use crate::store::read_left;
use crate::symbols::{SourceRoots, Symbolized, Symbolizer};

/// Records call sites of built bench targets.
pub(crate) struct Recorder<'a> {
    suites: BTreeMap<(&'a str, &'a str), &'a Suite>,
    options: MeasureOptions,
    folder: std::path::PathBuf,
    interrupt: &'a Interrupt,
    alone: Alone,
    symbolizer: Symbolizer,
}

/// What one benchmark left.
pub(crate) enum Left {
    /// The sums of its process, and the capture.
    Process(Record, Capture),
    /// The captures of all processes of a command.
    #[cfg(target_os = "linux")]
    Command(RanCommand),
}

/// What one benchmark left, or why there is nothing.
pub(crate) type Recorded = Result<Left, Failure>;

/// The recorded windows of one benchmark, each given names once.
pub(crate) struct Windows<'r> {
    id: &'r BenchmarkId,
    recorded: &'r Recorded,
    named: Vec<(WindowKind, NamedWindow)>,
}

/// A window with names: every stack, and its sites.
pub(crate) struct NamedWindow {
    pub(crate) profile: Profile,
    pub(crate) table: SiteTable,
    /// What is missing in it.
    pub(crate) notes: Vec<String>,
}

impl<'r> Windows<'r> {
    pub(crate) fn new(id: &'r BenchmarkId, recorded: &'r Recorded) -> Self {
        Self { id, recorded, named: Vec::new() }
    }

    /// A window, or why there is none.
    pub(crate) fn get(
        &mut self,
        recorder: &mut Recorder<'_>,
        kind: WindowKind,
    ) -> Result<&NamedWindow, String> {
        let index = match self.named.iter().position(|(named, _)| *named == kind) {
            Some(index) => index,
            None => {
                let symbolized = recorder.symbolize(self.id, self.recorded, kind)?;
                let table = SiteTable::from_profile(&symbolized.profile);
                let notes = symbolized.notes();
                self.named.push((kind, NamedWindow { profile: symbolized.profile, table, notes }));
                self.named.len() - 1
            }
        };
        Ok(&self.named[index].1)
    }
}

/// Sites as they are committed.
#[derive(Debug, Default)]
pub(crate) struct SitesToStore {
    /// Those that were recorded.
    pub(crate) sites: BTreeMap<BenchmarkId, StoredSites>,
    /// Benchmarks of which none could be recorded, and why.
    pub(crate) problems: Vec<(BenchmarkId, String)>,
}

impl SitesToStore {
    /// Says that some are missing. Numbers and verdicts do not depend on them.
    pub(crate) fn say_problems(&self, console: &Console) {
        if let Some((id, problem)) = self.problems.first() {
            let count = self.problems.len();
            console.say(&format!(
                "warning: call sites of {count} could not be recorded, such as {id}: {problem}"
            ));
        }
    }
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(
        project: &Project,
        suites: &'a [Suite],
        options: MeasureOptions,
        interrupt: &'a Interrupt,
    ) -> Self {
        let roots = SourceRoots {
            workspace: project.workspace.source_folders(),
            sysroot: suites.first().map(|suite| suite.sysroot().to_path_buf()).unwrap_or_default(),
        };
        let by_name = suites.iter().map(|suite| ((suite.package(), suite.name()), suite));
        Self {
            suites: by_name.collect(),
            options,
            folder: project.scratch_folder(),
            interrupt,
            alone: project.config.alone.clone(),
            symbolizer: Symbolizer::new(roots),
        }
    }

    /// Records benchmarks, side by side.
    ///
    /// # Errors
    /// When the user pressed Ctrl-C.
    pub(crate) fn record(&self, ids: &[BenchmarkId]) -> Result<Vec<Recorded>, Error> {
        let of_bench = |bench: Bench<'_>, name: &str| {
            let (record, capture) = record_sites(bench, name)?;
            Ok(Left::Process(record, capture))
        };
        let Self { options, interrupt, .. } = self;
        self.each(ids, of_bench, |suite, name| record_command(suite, name, options, interrupt))
    }

    /// The sites of benchmarks as they are committed, and why those of others could not be recorded.
    ///
    /// # Errors
    /// When the user pressed Ctrl-C.
    pub(crate) fn sites_to_store(&mut self, ids: &[BenchmarkId]) -> Result<SitesToStore, Error> {
        let mut stored = SitesToStore::default();
        for (id, recorded) in ids.iter().zip(self.record(ids)?) {
            match self.symbolize(id, &recorded, WindowKind::Steady) {
                Ok(symbolized) => {
                    let table = SiteTable::from_profile(&symbolized.profile);
                    stored.sites.insert(id.clone(), self.to_store(id, &table));
                }
                Err(problem) => stored.problems.push((id.clone(), problem)),
            }
        }
        Ok(stored)
    }

    /// The sites of a benchmark as they are committed.
    pub(crate) fn to_store(&self, id: &BenchmarkId, table: &SiteTable) -> StoredSites {
        match self.suite(id) {
            Some(Suite::Commands(_)) => StoredSites::of_command(table, &Metric::ALL),
            Some(Suite::Bench(_)) | None => StoredSites::of(table, &Metric::ALL),
        }
    }

    /// What the engine `count` says of benchmarks, each in one process.
    ///
    /// # Errors
    /// When the user pressed Ctrl-C.
    pub(crate) fn count(&self, ids: &[BenchmarkId]) -> Result<Vec<Result<Measurement, Failure>>, Error> {
        let options = MeasureOptions { processes: ProcessCounts::one(), ..self.options };
        let answer = |result: Option<BenchmarkResult>| match result.ok_or(NoAnswer::Interrupted)? {
            BenchmarkResult::Measured(measurement) => Ok(measurement),
            BenchmarkResult::Failed(failure) => Err(NoAnswer::Failed(failure)),
        };
        let of_bench = |bench: Bench<'_>, name: &str| {
            answer(measure_benchmark(Bench { options: &options, ..bench }, name, None))
        };
        let interrupt = self.interrupt;
        let of_command =
            |suite: &CommandSuite, name: &str| answer(measure_command(suite, name, &options, interrupt));
        self.each(ids, of_bench, of_command)
    }

    /// The files that dhat leaves of benchmarks, after a short run each.
    ///
    /// # Errors
    /// When the user pressed Ctrl-C.
    pub(crate) fn dhat_files(&self, ids: &[BenchmarkId]) -> Result<Vec<Result<Vec<u8>, Failure>>, Error> {
        let plan = WindowPlan { steady: 1, ..self.options.plan };
        let read = |file: &Path| {
            read_left(file, MAXIMUM_CAPTURE_BYTES)
                .map_err(|error| format!("failed to read dhat's file: {error}"))
        };
        let of_bench = |bench: Bench<'_>, name: &str| {
            measure_to_file(bench, name, Engine::Dhat, plan, read).map(|(_, content)| content)
        };
        let of_command = |_: &CommandSuite, _: &str| {
            let message = "dhat is a part of bench targets, and of no other program".to_owned();
            let kind = FailureKind::Refused;
            Err(NoAnswer::Failed(Failure { kind, message, stderr: String::new() }))
        };
        self.each(ids, of_bench, of_command)
    }

    /// Asks about every benchmark, side by side.
    fn each<T: Send>(
        &self,
        ids: &[BenchmarkId],
        of_bench: impl Fn(Bench<'_>, &str) -> Result<T, NoAnswer> + Sync,
        of_command: impl Fn(&CommandSuite, &str) -> Result<T, NoAnswer> + Sync,
    ) -> Result<Vec<Result<T, Failure>>, Error> {
        // Without the symbolizer, which can't be shared between threads.
        let Self { suites, options, folder, interrupt, alone, .. } = self;
        let suite = |id: &BenchmarkId| -> Option<&Suite> {
            suites.get(&(id.package.as_str(), id.bench_target.as_str())).copied()
        };
        let runs_alone = |id: &BenchmarkId| alone.has(id) || matches!(suite(id), Some(Suite::Commands(_)));
        side_by_side_or_alone(options.jobs.get(), ids, runs_alone, |id| {
            let asked = match suite(id) {
                None => return Some(Err(NoAnswer::not_built())),
                Some(Suite::Bench(target)) => {
                    of_bench(Bench { target, options, folder, interrupt }, &id.name)
                }
                Some(Suite::Commands(suite)) => of_command(suite, &id.name),
            };
            match asked {
                Ok(answer) => Some(Ok(answer)),
                Err(NoAnswer::Failed(failure)) => Some(Err(failure)),
                Err(NoAnswer::Interrupted) => None,
            }
        })
        .ok_or(Error::Interrupted)
    }

    /// The profile of a window, or why there is none.
    pub(crate) fn symbolize(
        &mut self,
        id: &BenchmarkId,
        recorded: &Recorded,
        window: WindowKind,
    ) -> Result<Symbolized, String> {
        let left = recorded.as_ref().map_err(|failure| failure.message.clone())?;
        let suite = self.suite(id);
        // Its addresses would be those of other functions.
        if let Some(file) = suite.and_then(Suite::replaced_file) {
            return Err(format!("another build has replaced {} since it was measured", file.display()));
        }
        match left {
            Left::Process(_, capture) => {
                let target = suite.and_then(Suite::as_bench);
                let executable = target.map_or_else(Default::default, |target| target.executable.clone());
                self.symbolizer.symbolize(capture, window, &executable).map_err(|error| error.to_string())
            }
            #[cfg(target_os = "linux")]
            Left::Command(ran) => {
                // A part would not add up to the numbers.
                if let Some(why) = why_incomplete(&ran.table) {
                    return Err(why);
                }
                let recorded = read_recorded(&ran.folder, &ran.table, &mut self.symbolizer);
                Ok(Symbolized::of_command(recorded.profile, recorded.notes))
            }
        }
    }

    /// The features of what is linked into the bench target of a benchmark.
    pub(crate) fn features(&self, id: &BenchmarkId) -> Option<&'a PackageFeatures> {
        self.suite(id).map(Suite::package_features)
    }

    fn suite(&self, id: &BenchmarkId) -> Option<&'a Suite> {
        self.suites.get(&(id.package.as_str(), id.bench_target.as_str())).copied()
    }
}

#[cfg(target_os = "linux")]
fn record_command(
    suite: &CommandSuite,
    name: &str,
    options: &MeasureOptions,
    interrupt: &Interrupt,
) -> Result<Left, NoAnswer> {
    let ran = crate::measure::run_once(suite, name, options, true, interrupt)?;
    Ok(Left::Command(ran))
}

#[cfg(not(target_os = "linux"))]
fn record_command(_: &CommandSuite, _: &str, _: &MeasureOptions, _: &Interrupt) -> Result<Left, NoAnswer> {
    Err(NoAnswer::Failed(NoAnswer::not_built()))
}
