//! Records call sites, and gives them names.

use std::collections::BTreeMap;
use std::path::Path;

use memgate_protocol::capture::{Capture, WindowKind};
use memgate_protocol::{Engine, Metric, Record, WindowPlan};
use memgate_report::config::Alone;
use memgate_report::model::{BenchmarkId, BenchmarkResult, Failure, Measurement};
use memgate_report::sites::{PackageFeatures, Profile, SiteTable, StoredSites};

use super::project::Project;
use crate::cargo::BenchTarget;
use crate::console::Console;
use crate::error::Error;
use crate::measure::{
    Bench, MAXIMUM_CAPTURE_BYTES, MeasureOptions, NoAnswer, ProcessCounts, measure_benchmark,
    measure_to_file, record_sites, side_by_side_or_alone,
};
use crate::process::Interrupt;
use crate::store::read_left;
use crate::symbols::{SourceRoots, Symbolized, Symbolizer};

/// Records call sites of built bench targets.
pub(crate) struct Recorder<'a> {
    targets: BTreeMap<(&'a str, &'a str), &'a BenchTarget>,
    options: MeasureOptions,
    folder: std::path::PathBuf,
    interrupt: &'a Interrupt,
    alone: Alone,
    symbolizer: Symbolizer,
}

/// What one benchmark's process left: the sums, and the capture.
pub(crate) type Recorded = Result<(Record, Capture), Failure>;

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
        targets: &'a [BenchTarget],
        options: MeasureOptions,
        interrupt: &'a Interrupt,
    ) -> Self {
        let roots = SourceRoots {
            workspace: project.workspace.source_folders(),
            sysroot: targets.first().map(|target| target.sysroot.clone()).unwrap_or_default(),
        };
        let by_name = targets.iter().map(|target| ((target.package.as_str(), target.name.as_str()), target));
        Self {
            targets: by_name.collect(),
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
        self.each(ids, record_sites)
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
                    stored.sites.insert(id.clone(), StoredSites::of(&table, &Metric::ALL));
                }
                Err(problem) => stored.problems.push((id.clone(), problem)),
            }
        }
        Ok(stored)
    }

    /// What the engine `count` says of benchmarks, each in one process.
    ///
    /// # Errors
    /// When the user pressed Ctrl-C.
    pub(crate) fn count(&self, ids: &[BenchmarkId]) -> Result<Vec<Result<Measurement, Failure>>, Error> {
        let options = MeasureOptions { processes: ProcessCounts::one(), ..self.options };
        self.each(ids, |bench, name| {
            let bench = Bench { options: &options, ..bench };
            match measure_benchmark(bench, name, None).ok_or(NoAnswer::Interrupted)? {
                BenchmarkResult::Measured(measurement) => Ok(measurement),
                BenchmarkResult::Failed(failure) => Err(NoAnswer::Failed(failure)),
            }
        })
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
        self.each(ids, |bench, name| {
            measure_to_file(bench, name, Engine::Dhat, plan, read).map(|(_, content)| content)
        })
    }

    /// Asks about every benchmark, side by side.
    fn each<T: Send>(
        &self,
        ids: &[BenchmarkId],
        ask: impl Fn(Bench<'_>, &str) -> Result<T, NoAnswer> + Sync,
    ) -> Result<Vec<Result<T, Failure>>, Error> {
        // Without the symbolizer, which can't be shared between threads.
        let Self { targets, options, folder, interrupt, alone, .. } = self;
        let runs_alone = |id: &BenchmarkId| alone.has(id);
        side_by_side_or_alone(options.jobs.get(), ids, runs_alone, |id| {
            let Some(&target) = targets.get(&(id.package.as_str(), id.bench_target.as_str())) else {
                return Some(Err(NoAnswer::not_built()));
            };
            match ask(Bench { target, options, folder, interrupt }, &id.name) {
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
        let (_, capture) = recorded.as_ref().map_err(|failure| failure.message.clone())?;
        let target = self.target(id);
        // Its addresses would be those of other functions.
        if let Some(file) = target.and_then(BenchTarget::replaced_file) {
            return Err(format!("another build has replaced {} since it was measured", file.display()));
        }
        let executable =
            target.map_or_else(|| Path::new("").to_path_buf(), |target| target.executable.clone());
        self.symbolizer.symbolize(capture, window, &executable).map_err(|error| error.to_string())
    }

    /// The features of what is linked into the bench target of a benchmark.
    pub(crate) fn features(&self, id: &BenchmarkId) -> Option<&'a PackageFeatures> {
        self.target(id).map(|target| &target.package_features)
    }

    fn target(&self, id: &BenchmarkId) -> Option<&'a BenchTarget> {
        self.targets.get(&(id.package.as_str(), id.bench_target.as_str())).copied()
    }
}
