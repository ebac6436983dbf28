//! `update`: write the baselines.

use std::collections::BTreeMap;
use std::path::PathBuf;

use memgate::protocol::Metric;
use memgate::protocol::capture::WindowKind;

use super::arguments::MeasureArguments;
use super::flow::{Measured, Project};
use super::inputs::read_runs;
use super::output::write_stdout;
use super::recorder::Recorder;
use crate::console::ColorChoice;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::{BaselineKey, BenchmarkId, Run};
use crate::sites::{SiteTable, StoredSites};
use crate::update::{
    BenchTargetSites, RecordedSites, SitesSummary, UpdateInput, UpdatePlan, plan_update, render_update,
    sites_to_record, sites_to_write,
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
    /// Don't record call sites; those of benchmarks whose numbers change are dropped
    #[arg(long)]
    no_sites: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

pub(super) fn update(arguments: &UpdateArguments, command: &str) -> Result<ExitCode, Error> {
    let project = Project::load(&arguments.measure)?;
    let (runs, measured_here) = if arguments.from.is_empty() {
        let Measured { run, targets, interrupt, .. } = project.measure(&arguments.measure, command)?;
        (vec![run], Some((targets, interrupt)))
    } else {
        (restricted(read_runs(&arguments.from)?, arguments)?, None)
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
    let mut sites = SitesSummary { recorded: wanted.len(), ..SitesSummary::default() };
    match measured_here {
        // What would be recorded need not be.
        Some(_) if arguments.dry_run => {}
        Some((targets, interrupt)) => {
            let options = arguments.measure.measure_options(&project.config);
            let recorder = Recorder::new(&project, &targets, options, &interrupt);
            (recorded, sites.problems) = record(recorder, wanted)?;
            sites.recorded = recorded.len();
        }
        None => {
            sites.recorded = 0;
            let elsewhere = "the run was measured elsewhere; without them, `check` shows only its own sites";
            let id =
                |(key, name): (BaselineKey, String)| BenchmarkId::new(key.package, key.bench_target, name);
            sites.problems = wanted.into_iter().map(|wanted| (id(wanted), elsewhere.to_owned())).collect();
        }
    }
    let site_files = sites_to_write(&plan, &project.baselines, &committed, recorded);
    sites.files = site_files.len();
    if !arguments.dry_run {
        write(&project, &plan, &site_files)?;
    }
    let measured = runs.iter().flat_map(Run::results).count();
    let color = arguments.color.for_stdout();
    write_stdout(&render_update(&plan, &sites, measured, arguments.dry_run, color))?;
    Ok(ExitCode::Passed)
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

/// Records the sites of benchmarks; gives those that could be recorded, and why the others could not.
fn record(
    mut recorder: Recorder<'_>,
    wanted: Vec<(BaselineKey, String)>,
) -> Result<(RecordedSites, Vec<(BenchmarkId, String)>), Error> {
    let ids: Vec<BenchmarkId> = wanted
        .iter()
        .map(|(key, name)| BenchmarkId::new(&*key.package, &*key.bench_target, &**name))
        .collect();
    let (mut sites, mut problems) = (RecordedSites::new(), Vec::new());
    for ((wanted, id), recorded) in wanted.into_iter().zip(&ids).zip(recorder.record(&ids)?) {
        match recorder.symbolize(id, &recorded, WindowKind::Steady) {
            Ok(symbolized) => {
                let table = SiteTable::from_profile(&symbolized.profile);
                sites.insert(wanted, StoredSites::of(&table, &Metric::ALL));
            }
            Err(problem) => problems.push((id.clone(), problem)),
        }
    }
    Ok((sites, problems))
}

/// With filters, only a part of what was measured elsewhere is taken.
fn restricted(mut runs: Vec<Run>, arguments: &UpdateArguments) -> Result<Vec<Run>, Error> {
    let selection = arguments.measure.selection()?;
    if selection.is_everything() {
        return Ok(runs);
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
    Ok(runs)
}

/// Writes file by file, each whole or not at all, additions before removals: killed in between, what is left is a
/// baseline of before or one of after for each bench target. Numbers before sites: sites that do not add up are noticed.
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
