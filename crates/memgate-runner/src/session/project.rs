//! A workspace with its configuration and baselines: builds its bench targets, asks what they have, and measures them.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use memgate_report::config::{CommandDefinition, Config};
use memgate_report::model::{
    BaselineKey, Baselines, BenchTargetRun, BenchmarkId, LeftOut, Partition, Run, Selection, SourceRevision,
};
use memgate_report::report::Timing;
use memgate_report::text::ranked;

use super::command_definitions::{Scope, load_rules};
use super::command_suites::CommandSuites;
use super::measuring::{Measuring, Purpose};
use super::nothing::Nothing;
use super::request::MeasureRequest;
use crate::cargo::{BuildOptions, Built, Candidate, Settings, Workspace, build};
use crate::config::has_config;
use crate::console::Console;
use crate::error::Error;
use crate::git::{Repository, changed_files, resolve};
use crate::measure::{MeasureOptions, Suite, list};
use crate::process::{Interrupt, Scratch};
use crate::store::BaselineStore;

/// A workspace with its configuration and its baselines.
pub(crate) struct Project {
    pub(crate) workspace: Workspace,
    pub(crate) config: Config,
    pub(crate) store: BaselineStore,
    pub(crate) baselines: Baselines,
    /// Made when it is first needed.
    pub(crate) scratch: OnceCell<Scratch>,
}

/// What has been built and asked what it has.
pub(crate) struct Listed {
    pub(crate) targets: Vec<Suite>,
    pub(crate) parts: Vec<BenchTargetRun>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) build_time: Duration,
}

/// A run, and how long it took.
pub(crate) struct Measured {
    pub(crate) run: Run,
    pub(crate) timing: Timing,
    pub(crate) targets: Vec<Suite>,
    pub(crate) interrupt: Interrupt,
}

impl Listed {
    fn nothing() -> Self {
        Self { targets: Vec::new(), parts: Vec::new(), left_out: Vec::new(), build_time: Duration::ZERO }
    }
}

impl Project {
    /// Reads everything that is in files, before anything is built: what is wrong there is wrong after a build too.
    ///
    /// For what is measured here: a project in which nothing is set up for that is an error.
    pub(crate) fn load(request: &MeasureRequest) -> Result<Self, Error> {
        let project = Self::read(request)?;
        if project.is_untouched(request)? { Err(Error::NotSetUp) } else { Ok(project) }
    }

    /// The same, for what was measured elsewhere: nothing has to be set up here.
    pub(crate) fn read(request: &MeasureRequest) -> Result<Self, Error> {
        let workspace = Workspace::load(&request.cargo)?;
        let config = load_rules(&workspace)?;
        let workspace = workspace.with_profile(config.profile.as_deref());
        let store = BaselineStore::in_workspace(workspace.root());
        let baselines = store.load()?;
        Ok(Self { workspace, config, store, baselines, scratch: OnceCell::new() })
    }

    /// Whether nothing of memgate is here: no benchmark, no baseline, no numbers of tests, no configuration.
    fn is_untouched(&self, request: &MeasureRequest) -> Result<bool, Error> {
        let asks_for_all = request.cargo.packages.is_empty() && request.cargo.bench_targets.is_empty();
        // One that can't be read is there as well, and is named later.
        let has_snapshots = || self.store.load_snapshots().map_or(true, |snapshots| !snapshots.is_empty());
        let has_files = !self.baselines.is_empty() || has_config(self.workspace.root()) || has_snapshots();
        Ok(asks_for_all && !has_files && self.workspace.candidates(&request.cargo, &[])?.is_empty())
    }

    /// Whether there is nothing to measure, and there are numbers of tests to look after.
    ///
    /// # Errors
    /// When cargo or a file can't be read.
    pub(crate) fn is_of_tests_alone(&self, request: &MeasureRequest) -> Result<bool, Error> {
        let has_snapshots = !self.store.load_snapshots()?.is_empty();
        let has_commands = !self.config.commands.is_empty();
        let candidates = || self.workspace.candidates(&request.cargo, &self.config.excluded_packages);
        Ok(has_snapshots && !has_commands && candidates()?.iter().all(|one| one.bench_targets.is_empty()))
    }

    /// Where requests and responses are written while measuring, until the project is dropped.
    pub(crate) fn scratch_folder(&self) -> std::path::PathBuf {
        let open = || Scratch::open(&self.workspace.target_folder().join("tmp"));
        self.scratch.get_or_init(open).folder().to_path_buf()
    }

    /// Builds the bench targets and the commands' binaries in scope, and asks each what it has.
    pub(crate) fn list(
        &self,
        request: &MeasureRequest,
        options: &MeasureOptions,
        interrupt: &Interrupt,
    ) -> Result<Listed, Error> {
        let started = Instant::now();
        let scope = Scope::of(request, &self.config.commands);
        if scope.commands.is_empty() {
            return self.list_benchmarks(request, options, interrupt, &[]);
        }
        let candidates = match &scope.benchmarks {
            None => Vec::new(),
            Some(cargo) => self.workspace.candidates(cargo, &self.config.excluded_packages)?,
        };
        scope.check_ids(&self.workspace, &candidates)?;
        // Cargo was in the terminal's foreground group, and has been interrupted as well.
        let or_interrupted = |error| if interrupt.is_pressed() { Error::Interrupted } else { error };
        let settings =
            Settings::ask(&self.workspace, &request.cargo).map_err(|error| or_interrupted(error.into()))?;
        // Before the benches: cargo builds binaries with those once more, for whoever starts them there.
        let commands = CommandSuites::build(&self.workspace, request, &scope, &settings);
        let commands = commands.map_err(or_interrupted)?;
        let mut listed = match &scope.benchmarks {
            None => Listed::nothing(),
            Some(cargo) => {
                let how = BuildOptions { cargo, runtime_features: &[], quiet: request.quiet };
                self.list_built(&candidates, how, Some(&settings), options, interrupt)?
            }
        };
        let CommandSuites { suites, left_out: left_out_commands } = commands;
        listed.parts.extend(list(&suites, options, &self.scratch_folder(), interrupt)?);
        listed.targets.extend(suites);
        listed.left_out.extend(left_out_commands);
        listed.build_time = started.elapsed();
        if listed.targets.is_empty() {
            return Err(self.no_bench_target(request, &[], &listed.left_out));
        }
        Ok(listed)
    }

    /// The same, of which a filter has to select something; `command` says how to see what there is.
    pub(crate) fn list_selected(
        &self,
        request: &MeasureRequest,
        options: &MeasureOptions,
        interrupt: &Interrupt,
        command: &str,
    ) -> Result<Listed, Error> {
        let listed = self.list(request, options, interrupt);
        match &listed {
            Ok(listed) => self.check_selection(&request.selection, &listed.parts, command)?,
            // There are commands, and others are asked for.
            Err(Error::NoBenchTarget { is_coverage_gap: false, .. }) if !self.config.commands.is_empty() => {
                self.check_selection(&request.selection, &[], command)?;
            }
            Err(_) => {}
        }
        listed
    }

    /// Builds the bench targets in scope, with features of the runtime besides, and asks each what it has. Whole commands are none.
    pub(crate) fn list_benchmarks(
        &self,
        request: &MeasureRequest,
        options: &MeasureOptions,
        interrupt: &Interrupt,
        runtime_features: &[&str],
    ) -> Result<Listed, Error> {
        let candidates = self.workspace.candidates(&request.cargo, &self.config.excluded_packages)?;
        let how = BuildOptions { cargo: &request.cargo, runtime_features, quiet: request.quiet };
        let listed = self.list_built(&candidates, how, None, options, interrupt)?;
        if !listed.targets.is_empty() {
            return Ok(listed);
        }
        Err(self.no_bench_target(request, &candidates, &listed.left_out))
    }

    /// Builds what may speak to memgate, and asks each what it has. `settings` are cargo's, where they are known already.
    fn list_built(
        &self,
        candidates: &[Candidate<'_>],
        how: BuildOptions<'_>,
        settings: Option<&Settings>,
        options: &MeasureOptions,
        interrupt: &Interrupt,
    ) -> Result<Listed, Error> {
        let started = Instant::now();
        let console = Console::new(how.quiet);
        let begins = |package: &str| console.say(&format!("    Building {package}"));
        let Built { targets, left_out: unmarked } =
            match build(&self.workspace, candidates, how, settings, &begins) {
                // Cargo was in the terminal's foreground group, and has been interrupted as well.
                Err(_) if interrupt.is_pressed() => return Err(Error::Interrupted),
                built => built?,
            };
        let mut left_out = left_out(candidates);
        left_out.extend(unmarked);
        let targets: Vec<Suite> = targets.into_iter().map(Suite::from).collect();
        let build_time = started.elapsed();
        let parts = list(&targets, options, &self.scratch_folder(), interrupt)?;
        Ok(Listed { targets, parts, left_out, build_time })
    }

    /// Why nothing was built: what is there and what it lacks.
    fn no_bench_target(
        &self,
        request: &MeasureRequest,
        candidates: &[Candidate<'_>],
        left_out: &[LeftOut],
    ) -> Error {
        let is_asked = |asked: &[String], name: &str| asked.is_empty() || asked.iter().any(|one| one == name);
        let cargo = &request.cargo;
        let waiting = |of_commands: bool| {
            let asked = self.baselines.iter().filter(|(key, _)| {
                is_asked(&cargo.packages, &key.package) && is_asked(&cargo.bench_targets, &key.bench_target)
            });
            let of_kind =
                asked.filter(|(_, baseline)| baseline.environment.commands.is_empty() != of_commands);
            let ids = || self.config.commands.iter().filter_map(CommandDefinition::id);
            let is_there = |key: &BaselineKey| {
                ids().any(|id| id.package == key.package && id.bench_target == key.bench_target)
            };
            let gone = of_kind.filter(|(key, _)| !of_commands || !is_there(key));
            gone.map(|(key, _)| (key.package.clone(), key.bench_target.clone())).collect()
        };
        Nothing {
            candidates: candidates.iter().map(|candidate| candidate.package.name.to_string()).collect(),
            left_out,
            excluded: &self.config.excluded_packages,
            waiting: waiting(false),
            waiting_commands: waiting(true),
            has_commands: !self.config.commands.is_empty(),
        }
        .error()
    }

    /// Builds, lists and measures what is selected. A shard says which commit it is of, since it leaves here to be put together
    /// with others; anything else need not pay for a look at the whole working tree.
    pub(crate) fn measure(
        &self,
        request: &MeasureRequest,
        purpose: Purpose,
        command: &str,
    ) -> Result<Measured, Error> {
        match request.partition {
            Some(_) => self.measure_with_revision(request, purpose, command),
            None => self.measure_selected(request, purpose, command),
        }
    }

    fn measure_selected(
        &self,
        request: &MeasureRequest,
        purpose: Purpose,
        command: &str,
    ) -> Result<Measured, Error> {
        let options = request.options(&self.config);
        let interrupt = Interrupt::listen();
        let listed = self.list_selected(request, &options, &interrupt, command)?;
        self.measure_listed(request, listed, purpose, interrupt)
    }

    /// Measures as [`Self::measure`] does, and notes which commit that was.
    pub(crate) fn measure_with_revision(
        &self,
        request: &MeasureRequest,
        purpose: Purpose,
        command: &str,
    ) -> Result<Measured, Error> {
        let before = self.source_revision();
        let mut measured = self.measure_selected(request, purpose, command)?;
        // What was checked out meanwhile was not measured, and what was changed may have been.
        let is_dirty = self.source_revision() != before;
        measured.run.revision = before.map(|before| {
            let is_dirty = is_dirty || before.is_dirty();
            before.with_dirty(is_dirty)
        });
        Ok(measured)
    }

    /// What is checked out; none outside of a repository, and where nothing is committed yet.
    fn source_revision(&self) -> Option<SourceRevision> {
        let repository = Repository::of_workspace(self.workspace.root()).ok()?;
        let revision: SourceRevision = resolve(&repository, "HEAD").ok()?.commit.to_string().parse().ok()?;
        let changed = changed_files(&repository).ok()?;
        Some(revision.with_dirty(!changed.is_empty()))
    }

    /// Measures what is selected of what was built, and again what its baselines would call red or stale.
    pub(crate) fn measure_listed(
        &self,
        request: &MeasureRequest,
        listed: Listed,
        purpose: Purpose,
        interrupt: Interrupt,
    ) -> Result<Measured, Error> {
        let options = request.options(&self.config);
        let Listed { targets, parts, left_out, build_time } = listed;
        let console = Console::new(request.quiet);
        let part = selected_part(&parts, &request.selection, request.partition);
        let started = Instant::now();
        let folder = self.scratch_folder();
        let measuring = Measuring {
            targets: &targets,
            options: &options,
            alone: &self.config.alone,
            folder: &folder,
            interrupt: &interrupt,
            console: &console,
        };
        let bench_targets = measuring.measure(parts, &|id| part.contains(id), purpose, &self.baselines)?;
        let run = Run {
            partition: request.partition,
            revision: None,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            target: targets.first().map(|suite| suite.triple().to_owned()).unwrap_or_default(),
            selection: request.selection.clone(),
            bench_targets,
            left_out,
        };
        let run = measuring.settle(run, &self.baselines, &self.config.policy)?;
        let timing =
            Timing { build_ms: milliseconds(build_time), measure_ms: milliseconds(started.elapsed()) };
        Ok(Measured { run, timing, targets, interrupt })
    }

    /// A filter that selects nothing that is there or should be there is a mistake.
    pub(crate) fn check_selection(
        &self,
        selection: &Selection,
        parts: &[BenchTargetRun],
        command: &str,
    ) -> Result<(), Error> {
        if selection.is_whole_targets() || parts.iter().any(|part| part.failure.is_some()) {
            return Ok(());
        }
        let declared = parts.iter().flat_map(|part| part.declared.iter().map(|name| part.id(name)));
        let committed = self.baselines.iter().flat_map(|(key, baseline)| {
            let names = baseline.benchmarks.keys();
            names.map(|name| BenchmarkId::new(&*key.package, &*key.bench_target, &**name))
        });
        // Those that are not selected are not listed.
        let commands = self.config.commands.iter().filter_map(CommandDefinition::id);
        let ids: BTreeSet<BenchmarkId> = declared.chain(committed).chain(commands).collect();
        if ids.iter().any(|id| selection.selects(id)) {
            return Ok(());
        }
        Err(Error::Usage(nothing_selected(
            selection,
            &ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
            command,
        )))
    }
}

/// The benchmarks that are selected, or those of the asked shard.
pub(crate) fn selected_part(
    parts: &[BenchTargetRun],
    selection: &Selection,
    partition: Option<Partition>,
) -> BTreeSet<BenchmarkId> {
    let declared = parts.iter().flat_map(|part| part.declared.iter().map(|name| part.id(name)));
    let selected = declared.filter(|id| selection.selects(id)).collect();
    match partition {
        Some(partition) => partition.part_of(&selected),
        None => selected,
    }
}

fn nothing_selected(selection: &Selection, ids: &[String], command: &str) -> String {
    const MOST: usize = 5;
    let filters = selection.filters.join(" ");
    let mut message = if filters.is_empty() {
        "every benchmark is left out by --skip".to_owned()
    } else {
        format!("no benchmark matches `{filters}`")
    };
    let mut nearest: Vec<String> = Vec::new();
    for filter in &selection.filters {
        for id in ranked(filter, ids.iter().map(String::as_str)).into_iter().take(MOST) {
            if !nearest.contains(&id) {
                nearest.push(id);
            }
        }
    }
    if nearest.is_empty() {
        message += &format!("; `{command} list` shows all {}", ids.len());
    } else {
        message += "; the nearest are:";
        for id in nearest.into_iter().take(MOST) {
            message += &format!("\n    {id}");
        }
    }
    message
}

fn left_out(candidates: &[Candidate<'_>]) -> Vec<LeftOut> {
    let of_candidate = |candidate: &Candidate<'_>| {
        let package = candidate.package.name.to_string();
        let left_out = candidate.left_out.clone().into_iter();
        left_out
            .map(|(bench_target, needs)| LeftOut { package: package.clone(), bench_target, needs })
            .collect::<Vec<_>>()
    };
    candidates.iter().flat_map(of_candidate).collect()
}

/// Says what was not measured and should have been, for commands that have no report to say it in.
pub(crate) fn say_gaps(left_out: &[LeftOut], selection: &Selection) {
    for left in left_out.iter().filter(|left| left.is_gap() && selection.covers_all(left)) {
        Console::new(false).say(&format!("warning: {left}"));
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
