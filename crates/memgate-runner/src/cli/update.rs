//! `update`: write the baselines.

use std::path::PathBuf;

use super::arguments::MeasureArguments;
use super::flow::Project;
use super::inputs::read_runs;
use super::output::write_stdout;
use crate::console::ColorChoice;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::Run;
use crate::update::{UpdateInput, UpdatePlan, plan_update, render_update};

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
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

pub(super) fn update(arguments: &UpdateArguments, command: &str) -> Result<ExitCode, Error> {
    let project = Project::load(&arguments.measure)?;
    let runs = if arguments.from.is_empty() {
        vec![project.measure(&arguments.measure, command)?.run]
    } else {
        restricted(read_runs(&arguments.from)?, arguments)?
    };
    let plan = plan_update(UpdateInput {
        runs: &runs,
        baselines: &project.baselines,
        policy: &project.config.policy,
        all: arguments.all,
        prune: arguments.prune,
    })?;
    if !arguments.dry_run {
        write(&project, &plan)?;
    }
    let measured = runs.iter().flat_map(Run::results).count();
    write_stdout(&render_update(&plan, measured, arguments.dry_run, arguments.color.for_stdout()))?;
    Ok(ExitCode::Passed)
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
            part.results.retain(|name, _| {
                selection.selects(&crate::model::BenchmarkId::new(&*package, &*bench_target, &**name))
            });
        }
        run.bench_targets.retain(|part| selection.covers(&part.package, &part.bench_target));
        run.selection = selection.clone();
    }
    Ok(runs)
}

/// Writes file by file, each whole or not at all, additions before removals: killed in between, what is left is a
/// baseline of before or one of after for each bench target.
fn write(project: &Project, plan: &UpdatePlan) -> Result<(), Error> {
    for (key, baseline) in &plan.writes {
        project.store.write(key, baseline)?;
    }
    for key in &plan.removals {
        project.store.remove(key)?;
    }
    Ok(())
}
