//! One benchmark, measured at one commit after the other.

use std::collections::BTreeMap;

use memgate_protocol::capture::WindowKind;
use memgate_report::config::{CommandDefinition, Config};
use memgate_report::model::{Baselines, BenchmarkId, BenchmarkResult, Measurement, MetricKey, Run};
use memgate_report::sites::{SiteTable, StoredSites, profile_of_sites};

#[cfg(target_os = "linux")]
use super::command_suites::environment_of;
use super::explanations::window_of;
use super::measuring::Purpose;
use super::project::Measured;
use super::recorder::{Recorder, Windows};
use super::request::MeasureRequest;
use super::sides::{Revisions, Tree};
use crate::cargo::{Settings, Workspace, deciding_tables};
use crate::error::Error;
use crate::git::{Revision, short};
use crate::revisions::{Circumstances, MeasuredCode, Memo, RevisionsError, last_change};

/// What measures one benchmark at one commit after the other.
pub(crate) struct Prober<'a> {
    pub(crate) revisions: &'a Revisions,
    /// With a selection of the one benchmark.
    pub(crate) request: &'a MeasureRequest,
    pub(crate) id: &'a BenchmarkId,
    /// Whose rules, toolchain and, if so wanted, benches are used for all.
    pub(crate) head: &'a Tree,
    pub(crate) config: &'a Config,
    pub(crate) with_benches_of_head: bool,
    pub(crate) memo: Memo,
}

/// What was measured at one commit.
pub(crate) struct Probed {
    pub(crate) measurement: Measurement,
    /// The call sites with lines, where they were recorded now.
    tables: Tables,
    /// Those of a steady window without lines, also where they were recorded before.
    pub(crate) sites: Option<StoredSites>,
    /// Whether it was measured before.
    pub(crate) is_remembered: bool,
    /// What it was built with, in words.
    pub(crate) environment: String,
}

/// The call sites of each window, with lines.
#[derive(Default)]
struct Tables {
    steady: Option<SiteTable>,
    cold: Option<SiteTable>,
}

impl Prober<'_> {
    /// Measures a commit, or says why it can't be measured.
    ///
    /// # Errors
    /// When the user pressed Ctrl-C, or nothing can be measured any more.
    pub(crate) fn probe(&self, revision: &Revision) -> Result<Result<Probed, String>, Error> {
        let known = self.memo.get(&self.code(revision)?);
        if let Some(probed) = known.and_then(|run| self.probed(&run, Tables::default())) {
            return Ok(Ok(Probed { is_remembered: true, ..probed }));
        }
        self.probe_anew(revision)
    }

    /// Measures a commit whether it was measured before or not, or says why it can't be measured.
    ///
    /// # Errors
    /// When the user pressed Ctrl-C, or nothing can be measured any more.
    pub(crate) fn probe_anew(&self, revision: &Revision) -> Result<Result<Probed, String>, Error> {
        let code = self.code(revision)?;
        let tree = self.revisions.check_out(revision, "base")?;
        match self.measure(&tree) {
            Ok((run, tables)) => {
                if let Err(problem) = self.memo.put(&code, &run) {
                    self.revisions.console.say(&format!("warning: a measurement can't be kept: {problem}"));
                }
                Ok(self.probed(&run, tables).ok_or_else(|| self.why_not(&run)))
            }
            Err(Error::Revisions(RevisionsError::Unusable { problem, .. })) => {
                // The rest is above.
                Ok(Err(problem.lines().next().unwrap_or_default().to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    fn code(&self, revision: &Revision) -> Result<MeasuredCode, Error> {
        let lock_file = self.revisions.lent_lock_file(revision.commit)?;
        Ok(MeasuredCode { commit: revision.commit, lock_file })
    }

    fn measure(&self, tree: &Tree) -> Result<(Run, Tables), Error> {
        self.revisions.align_toolchain(self.head, tree)?;
        if self.with_benches_of_head {
            self.revisions.take_benches(self.request, self.head, tree)?;
        }
        let project = self.revisions.project(self.request, tree, self.config.clone(), Baselines::new())?;
        let Measured { mut run, targets, .. } =
            self.revisions.measure(self.request, tree, &project, Purpose::Base, None)?;
        let options = self.request.options(self.config);
        let mut recorder = Recorder::new(&project, &targets, options, &self.revisions.interrupt);
        let is_measured = run
            .results()
            .any(|(id, result)| id == *self.id && matches!(result, BenchmarkResult::Measured(_)));
        if !is_measured {
            return Ok((run, Tables::default()));
        }
        let recorded = recorder.record(std::slice::from_ref(self.id))?;
        let mut tables = Tables::default();
        if let Some(recorded) = recorded.first() {
            let mut windows = Windows::new(self.id, recorded);
            let mut table = |kind| windows.get(&mut recorder, kind).ok().map(|window| window.table.clone());
            tables = Tables { steady: table(WindowKind::Steady), cold: table(WindowKind::Cold) };
        }
        for part in &mut run.bench_targets {
            if let Some(table) = &tables.steady
                && part.package == self.id.package
                && part.bench_target == self.id.bench_target
            {
                part.sites.insert(self.id.name.clone(), recorder.to_store(self.id, table));
            }
        }
        Ok((run, tables))
    }

    /// What a run says of the benchmark; none when it was not measured.
    fn probed(&self, run: &Run, tables: Tables) -> Option<Probed> {
        let part = run
            .bench_targets
            .iter()
            .find(|part| part.package == self.id.package && part.bench_target == self.id.bench_target)?;
        let BenchmarkResult::Measured(measurement) = part.results.get(&self.id.name)? else { return None };
        let environment = part.environment.as_ref()?;
        Some(Probed {
            measurement: measurement.clone(),
            tables,
            sites: part.sites.get(&self.id.name).cloned(),
            is_remembered: false,
            environment: format!("rustc {}, profile {}", environment.rustc, environment.profile),
        })
    }

    fn why_not(&self, run: &Run) -> String {
        let target_failure = run.bench_targets.iter().find_map(|part| part.failure.as_ref());
        let failure = run.results().find_map(|(id, result)| match result {
            BenchmarkResult::Failed(failure) if id == *self.id => Some(failure),
            _ => None,
        });
        failure
            .or(target_failure)
            .map_or_else(|| format!("there is no benchmark `{}`", self.id), |failure| failure.message.clone())
    }
}

impl Probed {
    /// The call sites behind a metric, with lines; none where they were not recorded now.
    pub(crate) fn table(&self, metric: MetricKey) -> Option<&SiteTable> {
        match window_of(metric) {
            WindowKind::Steady => self.tables.steady.as_ref(),
            WindowKind::Cold => self.tables.cold.as_ref(),
        }
    }

    /// The call sites behind a metric, with lines if they are known. Of what was recorded before, those of a steady window are kept.
    pub(crate) fn sites_as_table(&self, metric: MetricKey) -> Option<SiteTable> {
        let stored = || match window_of(metric) {
            WindowKind::Steady => Some(SiteTable::from_profile(&profile_of_sites(self.sites.as_ref()?))),
            WindowKind::Cold => None,
        };
        self.table(metric).cloned().or_else(stored)
    }
}

/// Where measurements of a benchmark are remembered that were made as they would be made now.
pub(crate) fn memo(
    revisions: &Revisions,
    request: &MeasureRequest,
    id: &BenchmarkId,
    (bad, head): (&Revision, &Tree),
    config: &Config,
    with_benches_of_head: bool,
) -> Result<Memo, Error> {
    let workspace = revisions.load(request, head)?;
    let outside = workspace.packages_outside(&head.root);
    let variables: BTreeMap<String, String> = std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .filter(|(name, _)| decides_build(name))
        .collect();
    let mut build = request.cargo.build_flags();
    let settings = Settings::ask(&workspace, &request.cargo)?;
    build.extend(config.profile.iter().map(|name| format!("profile {name}")));
    // They may be set in a file that no commit has.
    build.extend(settings.deciding(&[]));
    build.extend(deciding_tables(workspace.root(), &request.cargo));
    build.extend([settings.rustc_version, settings.target]);
    build.extend(settings.rustflags);
    build.extend(variables.iter().map(|(name, value)| format!("{name}={value}")));
    if with_benches_of_head {
        build.push(format!("benches of {}", short(bad.commit)));
    }
    let options = request.options(config);
    let command = config.commands.iter().find(|command| command.id().as_ref() == Some(id));
    let command = command.map(|command| circumstances_of(&workspace, request, command));
    let circumstances = Circumstances {
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        id: id.to_string(),
        build,
        measure: std::iter::once(format!("{:?}", options.processes)).chain(command).collect(),
        outside: outside.into_iter().map(|(name, folder)| (name, last_change(&folder))).collect(),
    };
    Ok(Memo::below(revisions.room.memo_folder(), &circumstances))
}

/// What decides the numbers of a command besides the commit.
#[cfg(target_os = "linux")]
fn circumstances_of(workspace: &Workspace, request: &MeasureRequest, command: &CommandDefinition) -> String {
    let mut command = command.clone();
    command.keeps_environment |= request.keeps_environment;
    let environment = environment_of(workspace.root(), &command);
    let variables: Vec<_> = std::env::vars_os().filter(|_| command.keeps_environment).collect();
    format!("{command:?} {environment:?} {variables:?}")
}

#[cfg(not(target_os = "linux"))]
fn circumstances_of(_: &Workspace, _: &MeasureRequest, command: &CommandDefinition) -> String {
    format!("{command:?}")
}

/// Whether a variable decides how something is built.
fn decides_build(name: &str) -> bool {
    let beginnings =
        ["CARGO_BUILD_", "CARGO_ENCODED_RUSTFLAGS", "CARGO_PROFILE_", "CARGO_TARGET_", "RUSTFLAGS"];
    name != "CARGO_TARGET_DIR" && beginnings.iter().any(|beginning| name.starts_with(beginning))
}
