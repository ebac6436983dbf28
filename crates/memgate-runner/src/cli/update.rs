//! `update`: write the baselines.

use std::collections::BTreeMap;
use std::path::PathBuf;

use memgate_report::compare::about_empty;
use memgate_report::model::{
    BaselineKey, BenchTargetRun, BenchmarkId, BenchmarkResult, Named, Run, Selection, check_complete,
};
use memgate_report::renames::FoldedRename;
use memgate_report::report::Notice;
use memgate_report::sites::{BenchTargetSites, PackageFeatures, StoredSites};
use memgate_report::text::{BENCHMARKS, shell_quoted};
use memgate_report::update::{
    RecordedSites, SitesSummary, UpdateInput, UpdatePlan, plan_update, renamed_by_update, render_update,
    sites_to_record, sites_to_write,
};

use super::arguments::MeasureArguments;
use super::output::write_stdout;
use super::rename::rename;
use super::times::TimeArguments;
use crate::cargo::BenchTarget;
use crate::console::{ColorChoice, Console};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::Repository;
use crate::process::Interrupt;
use crate::session::{
    MeasureRequest, Measured, Project, Purpose, Recorder, read_runs, say_gaps, take_wall_clock,
};

/// Write the baselines: what is new, gone, or changed beyond its limit.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct UpdateArguments {
    #[command(flatten)]
    measure: MeasureArguments,
    /// Write every value as measured, within its limit or not
    #[arg(long)]
    all: bool,
    /// Also drop, on every target, what the source no longer declares
    #[arg(long)]
    prune: bool,
    /// Take runs that were measured elsewhere instead of measuring (may be repeated)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    from: Vec<PathBuf>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Move a baseline to a new name instead of measuring, with its call sites and its history: of a benchmark, of several that
    /// begin alike, of a bench target (package/bench_target), or of a package (may be repeated)
    #[arg(long, value_names = ["OLD", "NEW"], num_args = 2, conflicts_with_all = ["all", "prune", "from", "no_sites", "time", "filters"])]
    rename: Vec<Named>,
    /// Don't record call sites; those of benchmarks whose numbers change are dropped
    #[arg(long)]
    no_sites: bool,
    #[command(flatten)]
    time: TimeArguments,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

pub(super) fn update(arguments: &UpdateArguments, command: &str) -> Result<ExitCode, Error> {
    if arguments.time.time && (arguments.dry_run || !arguments.from.is_empty()) {
        return Err(Error::Usage(
            "--time saves what is measured here; leave --from and --dry-run out".to_owned(),
        ));
    }
    let request = arguments.measure.request()?;
    if !arguments.rename.is_empty() {
        let (pairs, _) = arguments.rename.as_chunks::<2>();
        let wanted: Vec<(Named, Named)> = pairs.iter().cloned().map(|[from, to]| (from, to)).collect();
        return rename(&request, &wanted, arguments.dry_run, arguments.color.for_stdout(), command);
    }
    request.refuse_partition(
        "update",
        "measure the shards with `run --partition`, and give the files of all of them to `update --from`",
    )?;
    let is_measured_here = arguments.from.is_empty();
    let project = if is_measured_here { Project::load(&request)? } else { Project::read(&request)? };
    let (runs, measured_here) = if is_measured_here {
        let purpose = if arguments.all { Purpose::WholeBase } else { Purpose::Base };
        let Measured { run, targets, interrupt, .. } = project.measure(&request, purpose, command)?;
        (vec![run], Some((targets, interrupt)))
    } else {
        let runs = read_runs(&arguments.from)?;
        check_complete(&runs)?;
        (restricted(runs, &request.selection), None)
    };
    let plan = plan_update(UpdateInput {
        runs: &runs,
        baselines: &project.baselines,
        policy: &project.config.policy,
        all: arguments.all,
        prune: arguments.prune,
    })?;
    let committed = committed_sites(&project, &plan)?;
    let mut wanted = sites_to_record(&plan, &project.baselines, &committed, &runs, arguments.all);
    if arguments.no_sites {
        wanted.clear();
    }
    let mut recorded = RecordedSites::new();
    let mut sites = SitesSummary::default();
    let mut features = BTreeMap::new();
    match &measured_here {
        // What would be recorded need not be; any sites stand for it.
        Some(_) if arguments.dry_run => {
            recorded = wanted.into_iter().map(|wanted| (wanted, StoredSites::default())).collect();
        }
        Some((targets, interrupt)) => {
            let options = request.options(&project.config);
            let mut recorder = Recorder::new(&project, targets, options, interrupt);
            let mut stored = recorder.sites_to_store(&wanted.iter().map(id_of).collect::<Vec<_>>())?;
            for (key, name) in &wanted {
                let found = recorder.features(&id_of(&(key.clone(), name.clone()))).cloned();
                features.extend(found.map(|found| (key.clone(), found)));
            }
            let found =
                wanted.into_iter().filter_map(|wanted| Some((stored.sites.remove(&id_of(&wanted))?, wanted)));
            recorded = found.map(|(sites, wanted)| (wanted, sites)).collect();
            sites.problems = stored.problems;
        }
        None => {
            features = features_in(&runs);
            for wanted in wanted {
                match sites_in(&runs, &wanted) {
                    Some(sites) => drop(recorded.insert(wanted, sites.clone())),
                    None => sites.problems.push((id_of(&wanted), "the run has none".to_owned())),
                }
            }
        }
    }
    sites.recorded = recorded.len();
    let site_files =
        sites_to_write(&plan, &project.baselines, &committed, recorded, &features, arguments.all);
    sites.files = site_files.len();
    if !arguments.dry_run {
        project.store.remove_leftovers();
        write(&project, &plan, &site_files)?;
    }
    let measured = runs.iter().flat_map(Run::results).count();
    let color = arguments.color.for_stdout();
    write_stdout(&render_update(&plan, &sites, measured, arguments.dry_run, color))?;
    for FoldedRename { from, to, .. } in renamed_by_update(&plan, &project.baselines) {
        let [old, new] = [&from, &to].map(|name| shell_quoted(name));
        let when = if arguments.dry_run { "instead, " } else { "" };
        write_stdout(&format!(
            "{from} looks renamed to {to}: {when}`{command} update --rename {old} {new}` goes on with its history\n"
        ))?;
    }
    if !arguments.dry_run {
        let written = plan.writes.keys().map(|key| project.store.path(key));
        let sites = site_files.keys().map(|key| project.store.sites_path(key));
        say_overlooked(&project, &written.chain(sites).collect::<Vec<_>>());
    }
    runs.iter().for_each(|run| say_gaps(&run.left_out, &run.selection));
    say_empty(&runs, &project);
    // What takes long comes last: Ctrl-C then loses no baseline.
    if let Some((targets, interrupt)) = measured_here.filter(|_| arguments.time.time) {
        write_stdout(&save_times(arguments, &request, &project, &runs, &targets, &interrupt)?)?;
    }
    Ok(ExitCode::Passed)
}

/// Warns of files that can't be committed, since git does not see them: elsewhere there would be no baseline.
fn say_overlooked(project: &Project, written: &[PathBuf]) {
    let Ok(repository) = Repository::of_workspace(project.workspace.root()) else { return };
    let overlooked: Vec<&PathBuf> = written.iter().filter(|file| repository.overlooks(file)).collect();
    let [first, rest @ ..] = overlooked.as_slice() else { return };
    let first = first.strip_prefix(project.workspace.root()).unwrap_or(first).display();
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    Console::new(false).say(&format!(
        "warning: git ignores {first}{more}, so that `git add` leaves it out and no other checkout has it; \
         `git check-ignore -v {first}` shows by which rule"
    ));
}

/// Says which bench targets have no benchmark to write a baseline of.
fn say_empty(runs: &[Run], project: &Project) {
    for Notice { kind, text } in about_empty(runs, &project.baselines) {
        Console::new(false).say(&format!("{}: {text}", kind.word()));
    }
}

/// Saves the times of what was measured, and says so.
fn save_times(
    arguments: &UpdateArguments,
    request: &MeasureRequest,
    project: &Project,
    runs: &[Run],
    targets: &[BenchTarget],
    interrupt: &Interrupt,
) -> Result<String, Error> {
    let is_measured = |result: &BenchmarkResult| matches!(result, BenchmarkResult::Measured(_));
    let results = runs.iter().flat_map(Run::results).filter(|(_, result)| is_measured(result));
    let ids: Vec<BenchmarkId> = results.map(|(id, _)| id).collect();
    let times = take_wall_clock(arguments.time.request(&ids, true), project, targets, request, interrupt)?;
    let mut words = String::new();
    for (id, problem) in times.iter().filter_map(|(id, time)| Some((id, time.as_ref().err()?))) {
        words += &format!("no time of {id}: {problem}\n");
    }
    let saved = times.values().filter(|time| time.is_ok()).count();
    let saved = BENCHMARKS.counted(saved);
    Ok(words + &format!("saved the times of {saved} as `{}`, on this machine\n", arguments.time.baseline()))
}

/// The committed sites of every baseline that there is or will be.
fn committed_sites(
    project: &Project,
    plan: &UpdatePlan,
) -> Result<BTreeMap<BaselineKey, BenchTargetSites>, Error> {
    let mut committed = BTreeMap::new();
    for key in project.baselines.keys().chain(plan.writes.keys()) {
        if !committed.contains_key(key) {
            committed.insert(key.clone(), project.store.load_sites(key)?);
        }
    }
    Ok(committed)
}

fn id_of((key, name): &(BaselineKey, String)) -> BenchmarkId {
    BenchmarkId::new(&*key.package, &*key.bench_target, &**name)
}

/// The sites that a run brings.
fn sites_in<'a>(runs: &'a [Run], (key, name): &(BaselineKey, String)) -> Option<&'a StoredSites> {
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

/// With filters, only a part of what was measured elsewhere is taken.
fn restricted(mut runs: Vec<Run>, selection: &Selection) -> Vec<Run> {
    if selection.is_everything() {
        return runs;
    }
    for run in &mut runs {
        for part in &mut run.bench_targets {
            let (package, bench_target) = (part.package.clone(), part.bench_target.clone());
            part.results
                .retain(|name, _| selection.selects(&BenchmarkId::new(&*package, &*bench_target, &**name)));
        }
        run.bench_targets.retain(|part| selection.covers(&part.package, &part.bench_target));
        run.selection = selection.clone();
    }
    runs
}

/// Writes file by file, each whole or not at all, additions before removals: killed in between, what is left is a
/// baseline of before or one of after for each bench target. Numbers before sites: sites that do not add up are noticed, and
/// recorded again by the next update.
fn write(
    project: &Project,
    plan: &UpdatePlan,
    sites: &BTreeMap<BaselineKey, BenchTargetSites>,
) -> Result<(), Error> {
    for (key, baseline) in &plan.writes {
        project.store.write(key, baseline)?;
    }
    for (key, sites) in sites {
        project.store.write_sites(key, sites)?;
    }
    for key in &plan.removals {
        project.store.remove(key)?;
    }
    Ok(())
}
