//! An update from measured runs: what it writes into the files as they are by then, and the call sites that it lacks.

use std::collections::{BTreeMap, BTreeSet};

use memgate_report::model::{BaselineKey, Baselines, BenchTargetRun, BenchmarkId, Run};
use memgate_report::sites::{BenchTargetSites, PackageFeatures, StoredSites};
use memgate_report::text::BENCHMARKS;
use memgate_report::update::{
    RecordedSites, SitesSummary, SitesToRecord, UpdateInput, UpdatePlan, plan_update, sites_to_record,
    sites_to_write,
};

use super::project::Project;
use super::recorder::Recorder;
use crate::console::Console;
use crate::error::Error;
use crate::process::Interrupt;
use crate::store::StoreError;

/// What is to be written of what was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpdateRequest<'a> {
    /// What was measured, without failures.
    pub(crate) runs: &'a [Run],
    /// Whether to write every value as measured, within its limit or not.
    pub(crate) all: bool,
    /// Whether to drop, on every target, what the source no longer declares.
    pub(crate) prune: bool,
    /// Whether to write nothing.
    pub(crate) dry_run: bool,
}

/// Where call sites come from.
pub(crate) enum SitesSource<'a> {
    /// From a process of each benchmark.
    Recorder(Box<Recorder<'a>>),
    /// From the runs, as far as they have some.
    Runs,
    /// What would be recorded need not be; any stand for them.
    StandIns,
    /// Nobody wants them.
    None,
}

/// What was written, or would be.
pub(crate) struct Updated {
    /// The baselines that it was written into.
    pub(crate) before: Baselines,
    pub(crate) plan: UpdatePlan,
    pub(crate) sites: SitesSummary,
    /// The bench targets whose files of sites were written.
    pub(crate) site_files: Vec<BaselineKey>,
    /// What became of files of sites that were broken, in words.
    pub(crate) broken: Vec<String>,
}

/// A benchmark of a baseline.
type Wanted = (BaselineKey, String);

/// Call sites that were asked for so far.
#[derive(Default)]
struct Found {
    asked: BTreeSet<Wanted>,
    sites: RecordedSites,
    /// The features with which they are built.
    features: BTreeMap<BaselineKey, PackageFeatures>,
    problems: BTreeMap<Wanted, String>,
}

/// A file of sites that can't be read. Nothing is in it that can't be recorded again.
struct BrokenSites {
    /// Where it is, from the project's root.
    place: String,
    problem: String,
    /// Whether something that it should have was measured, so that it is written anew, or removed.
    is_replaced: bool,
}

/// What would be written into files as they were read.
struct Draft {
    before: Baselines,
    plan: UpdatePlan,
    committed: BTreeMap<BaselineKey, BenchTargetSites>,
    /// The files of sites that can't be read, which are taken for empty.
    broken: BTreeMap<BaselineKey, BrokenSites>,
    /// The benchmarks whose sites have to be recorded for it.
    wanted: Vec<Wanted>,
    /// Those that have no sites, and get none.
    left_out: Vec<Wanted>,
}

/// Writes what was measured into the baselines.
///
/// Measuring takes long, and others write meanwhile. So the files are read again right before they are written, under a lock, and what
/// is written follows from what they have by then: another update's benchmarks stay as it has written them. Rejected: holding the
/// lock while measuring, which would make every other update wait for minutes, and refusing, which would throw the numbers away.
///
/// # Errors
/// When a file can't be read or written, what was measured and what is committed don't go together, or the user pressed Ctrl-C.
pub(crate) fn update_baselines(
    project: &Project,
    request: UpdateRequest<'_>,
    mut source: SitesSource<'_>,
    interrupt: &Interrupt,
    console: &Console,
) -> Result<Updated, Error> {
    let mut found = Found::default();
    loop {
        let draft = Draft::of_files(project, request, &source)?;
        found.ask(&draft, request.runs, &mut source)?;
        let site_files = draft.site_files(request, &found);
        if request.dry_run || draft.plan.is_empty() && site_files.is_empty() {
            return Ok(draft.into_updated(&found, &site_files));
        }
        let lock = project.store.lock(interrupt, |text| console.say(text)).ok_or(Error::Interrupted)?;
        let draft = Draft::of_files(project, request, &source)?;
        // Somebody has just written other numbers, with which there is more to record.
        if !draft.wanted.iter().all(|wanted| found.asked.contains(wanted)) {
            drop(lock);
            continue;
        }
        let site_files = draft.site_files(request, &found);
        draft.write(project, &site_files)?;
        return Ok(draft.into_updated(&found, &site_files));
    }
}

impl Draft {
    fn of_files(
        project: &Project,
        request: UpdateRequest<'_>,
        source: &SitesSource<'_>,
    ) -> Result<Self, Error> {
        let before = project.store.load()?;
        let UpdateRequest { runs, all, prune, .. } = request;
        let policy = &project.config.policy;
        let plan = plan_update(UpdateInput { runs, baselines: &before, policy, all, prune })?;
        let (mut committed, mut broken) = (BTreeMap::new(), BTreeMap::new());
        let keys: BTreeSet<&BaselineKey> = before.keys().chain(plan.writes.keys()).collect();
        for key in keys {
            let read = project.store.load_sites(key);
            let problem = read.as_ref().err().and_then(StoreError::broken_sites).map(ToString::to_string);
            let Some(problem) = problem else {
                committed.insert(key.clone(), read?);
                continue;
            };
            let is_replaced = !matches!(source, SitesSource::None) && is_measured(runs, key);
            let path = project.store.sites_path(key);
            let place = path.strip_prefix(project.workspace.root()).unwrap_or(&path).display().to_string();
            broken.insert(key.clone(), BrokenSites { place, problem, is_replaced });
            committed.insert(key.clone(), BenchTargetSites::default());
        }
        let SitesToRecord { wanted, left_out } = match source {
            SitesSource::None => SitesToRecord::default(),
            _ => sites_to_record(&plan, &before, &committed, runs, all),
        };
        Ok(Self { before, plan, committed, broken, wanted, left_out })
    }

    fn site_files(
        &self,
        request: UpdateRequest<'_>,
        found: &Found,
    ) -> BTreeMap<BaselineKey, BenchTargetSites> {
        let Self { before, plan, committed, broken, .. } = self;
        let recorded = self.recorded(found);
        let mut files = sites_to_write(plan, before, committed, recorded, &found.features, request.all);
        for key in broken.iter().filter(|(_, broken)| broken.is_replaced).map(|(key, _)| key) {
            // Of nothing that could be recorded it is removed rather than left as it is.
            if !plan.removals.contains(key) {
                files.entry(key.clone()).or_default();
            }
        }
        files
    }

    /// What becomes of broken files, in words.
    fn said_of_broken(&self, site_files: &BTreeMap<BaselineKey, BenchTargetSites>) -> Vec<String> {
        let said = |(key, broken): (&BaselineKey, &BrokenSites)| {
            let BrokenSites { place, problem, is_replaced } = broken;
            if self.plan.removals.contains(key) {
                return None;
            }
            let baseline = self.plan.writes.get(key).or_else(|| self.before.get(key));
            let declared = baseline.map_or(0, |baseline| baseline.benchmarks.len());
            let recorded = site_files.get(key).map_or(0, |sites| sites.benchmarks.len());
            Some(match is_replaced {
                false => format!(
                    "{place} can't be read ({problem}), and is left as it is: none of its call sites were recorded"
                ),
                true if recorded == declared => {
                    format!(
                        "{place} could not be read ({problem}), and is replaced: all its call sites are recorded anew"
                    )
                }
                true => format!(
                    "{place} could not be read ({problem}), and is replaced: call sites of {recorded} of {} are recorded anew, and \
                     an `update` of all of them records the others",
                    BENCHMARKS.counted(declared)
                ),
            })
        };
        self.broken.iter().filter_map(said).collect()
    }

    /// What was recorded of what it wants.
    fn recorded(&self, found: &Found) -> RecordedSites {
        let one = |wanted: &Wanted| Some((wanted.clone(), found.sites.get(wanted)?.clone()));
        self.wanted.iter().filter_map(one).collect()
    }

    /// Writes file by file, each whole or not at all, additions before removals: killed in between, what is left is a
    /// baseline of before or one of after for each bench target. Numbers before sites: sites that do not add up are noticed, and
    /// recorded again by the next update.
    fn write(
        &self,
        project: &Project,
        site_files: &BTreeMap<BaselineKey, BenchTargetSites>,
    ) -> Result<(), Error> {
        for (key, baseline) in &self.plan.writes {
            project.store.write(key, baseline)?;
        }
        for (key, sites) in site_files {
            project.store.write_sites(key, sites)?;
        }
        for key in &self.plan.removals {
            project.store.remove(key)?;
        }
        Ok(())
    }

    fn into_updated(self, found: &Found, site_files: &BTreeMap<BaselineKey, BenchTargetSites>) -> Updated {
        let problem = |wanted: &Wanted| Some((id_of(wanted), found.problems.get(wanted)?.clone()));
        let sites = SitesSummary {
            recorded: self.recorded(found).len(),
            files: site_files.len(),
            problems: self.wanted.iter().filter_map(problem).collect(),
            left_out: self.left_out.iter().map(id_of).collect(),
        };
        let broken = self.said_of_broken(site_files);
        let site_files = site_files.keys().cloned().collect();
        Updated { before: self.before, plan: self.plan, sites, site_files, broken }
    }
}

impl Found {
    /// Gets the sites that a draft wants and that were not asked for yet.
    fn ask(&mut self, draft: &Draft, runs: &[Run], source: &mut SitesSource<'_>) -> Result<(), Error> {
        let is_new = |wanted: &&Wanted| !self.asked.contains(*wanted);
        let new: Vec<Wanted> = draft.wanted.iter().filter(is_new).cloned().collect();
        match source {
            SitesSource::None => {}
            SitesSource::StandIns => {
                self.sites.extend(new.iter().map(|wanted| (wanted.clone(), StoredSites::default())));
            }
            SitesSource::Recorder(recorder) => self.record(&new, recorder)?,
            SitesSource::Runs => self.take(&new, runs),
        }
        self.asked.extend(new);
        Ok(())
    }

    fn record(&mut self, new: &[Wanted], recorder: &mut Recorder<'_>) -> Result<(), Error> {
        let mut stored = recorder.sites_to_store(&new.iter().map(id_of).collect::<Vec<_>>())?;
        for wanted in new {
            let id = id_of(wanted);
            let features = recorder.features(&id).cloned();
            self.features.extend(features.map(|features| (wanted.0.clone(), features)));
            self.sites.extend(stored.sites.remove(&id).map(|sites| (wanted.clone(), sites)));
        }
        for (id, problem) in stored.problems {
            self.problems.extend(new.iter().find(|wanted| id_of(wanted) == id).cloned().zip(Some(problem)));
        }
        Ok(())
    }

    fn take(&mut self, new: &[Wanted], runs: &[Run]) {
        self.features = features_in(runs);
        for wanted in new {
            match sites_in(runs, wanted) {
                Some(sites) => drop(self.sites.insert(wanted.clone(), sites.clone())),
                None => drop(self.problems.insert(wanted.clone(), "the run has none".to_owned())),
            }
        }
    }
}

fn id_of((key, name): &Wanted) -> BenchmarkId {
    BenchmarkId::new(&*key.package, &*key.bench_target, &**name)
}

/// Whether something of a bench target was measured.
fn is_measured(runs: &[Run], key: &BaselineKey) -> bool {
    let parts = runs.iter().filter(|run| run.target == key.target).flat_map(|run| &run.bench_targets);
    let mut of_key =
        parts.filter(|part| part.package == key.package && part.bench_target == key.bench_target);
    of_key.any(|part| !part.results.is_empty())
}

/// The sites that a run brings.
fn sites_in<'a>(runs: &'a [Run], (key, name): &Wanted) -> Option<&'a StoredSites> {
    let of_target = runs.iter().filter(|run| run.target == key.target);
    let mut parts = of_target.flat_map(|run| &run.bench_targets);
    parts.find_map(|part| {
        let is_it = part.package == key.package && part.bench_target == key.bench_target;
        part.sites.get(name).filter(|_| is_it)
    })
}

/// The features that runs bring.
fn features_in(runs: &[Run]) -> BTreeMap<BaselineKey, PackageFeatures> {
    let parts = runs.iter().flat_map(|run| run.bench_targets.iter().map(move |part| (run, part)));
    let of_part = |(run, part): (&Run, &BenchTargetRun)| {
        let key = BaselineKey::new(&*run.target, &*part.package, &*part.bench_target);
        Some((key, part.package_features.clone()?))
    };
    parts.filter_map(of_part).collect()
}
