//! `update`: write the baselines.

use std::path::PathBuf;

use memgate_report::compare::about_empty;
use memgate_report::model::{BenchmarkId, BenchmarkResult, Named, Run, check_complete};
use memgate_report::renames::FoldedRename;
use memgate_report::report::Notice;
use memgate_report::text::{BENCHMARKS, shell_quoted};
use memgate_report::update::{Refused, renamed_by_update, render_update, restricted, set_aside_refused};

use super::arguments::MeasureArguments;
use super::output::write_stdout;
use super::rename::rename;
use super::times::TimeArguments;
use crate::console::{ColorChoice, Console};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::Repository;
use crate::measure::Suite;
use crate::process::Interrupt;
use crate::session::{
    MeasureRequest, Measured, Project, Purpose, Recorder, SitesSource, StaleSnapshots, UpdateRequest,
    Updated, read_runs, say_gaps, take_wall_clock, update_baselines,
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
    /// begin alike, of a bench target (package/bench_target), or of a package; or the numbers of a test, package/tests/id (may be repeated)
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
    let (mut runs, measured_here) = if is_measured_here {
        let purpose = if arguments.all { Purpose::WholeBase } else { Purpose::Base };
        let stale = StaleSnapshots::find(&project, &request.selection)?;
        let measured = project.measure(&request, purpose, command);
        let Some(Measured { run, targets, interrupt, .. }) = stale.or_tests_alone(measured)? else {
            return update_tests_alone(&stale, &project, &request, arguments.dry_run);
        };
        (vec![run], Some((targets, interrupt)))
    } else {
        let runs = read_runs(&arguments.from)?;
        check_complete(&runs)?;
        (restricted(runs, &request.selection), None)
    };
    let refused = set_aside_refused(&mut runs);
    let source = match &measured_here {
        _ if arguments.no_sites => SitesSource::None,
        Some(_) if arguments.dry_run => SitesSource::StandIns,
        Some((targets, interrupt)) => SitesSource::Recorder(Box::new(Recorder::new(
            &project,
            targets,
            request.options(&project.config),
            interrupt,
        ))),
        None => SitesSource::Runs,
    };
    let interrupt = measured_here.as_ref().map(|(_, interrupt)| interrupt.clone()).unwrap_or_default();
    if !arguments.dry_run {
        project.store.remove_leftovers();
    }
    let (all, prune, dry_run) = (arguments.all, arguments.prune, arguments.dry_run);
    let wanted = UpdateRequest { runs: &runs, all, prune, dry_run };
    let console = Console::new(request.quiet);
    let Updated { before, plan, sites, site_files, broken } =
        update_baselines(&project, wanted, source, &interrupt, &console)?;
    let measured = runs.iter().flat_map(Run::results).count();
    let color = arguments.color.for_stdout();
    write_stdout(&render_update(&plan, &sites, measured, arguments.dry_run, color))?;
    for FoldedRename { from, to, .. } in renamed_by_update(&plan, &before) {
        let [old, new] = [&from, &to].map(|name| shell_quoted(name));
        let when = if arguments.dry_run { "instead, " } else { "" };
        write_stdout(&format!(
            "{from} looks renamed to {to}: {when}`{command} update --rename {old} {new}` goes on with its history\n"
        ))?;
    }
    // Once more: measuring takes long.
    let stale = StaleSnapshots::find(&project, &request.selection)?;
    remove_stale(&stale, &project, dry_run, &interrupt, &console)?;
    let renames = project.store.load_renames().err().map(|problem| problem.to_string());
    let console = Console::new(false);
    broken.into_iter().chain(renames).for_each(|text| console.say(&format!("warning: {text}")));
    if !arguments.dry_run {
        let written = plan.writes.keys().map(|key| project.store.path(key));
        let sites = site_files.iter().map(|key| project.store.sites_path(key));
        say_overlooked(&project, &written.chain(sites).collect::<Vec<_>>());
    }
    runs.iter().for_each(|run| say_gaps(&run.left_out, &run.selection));
    say_empty(&runs, &project);
    // What takes long comes last: Ctrl-C then loses no baseline.
    if let Some((targets, interrupt)) = measured_here.filter(|_| arguments.time.time) {
        write_stdout(&save_times(arguments, &request, &project, &runs, &targets, &interrupt)?)?;
    }
    say_refused(&refused);
    Ok(if refused.is_empty() { ExitCode::Passed } else { ExitCode::Failed })
}

/// Says which benchmarks have no numbers that could have been written.
fn say_refused(refused: &[Refused]) {
    let console = Console::new(false);
    for Refused { id, message } in refused {
        console.say(&format!("error: `{id}` was not measured ({message})"));
    }
    if !refused.is_empty() {
        console.say("the others are as is said above; fix these, or leave them out with --skip");
    }
}

/// Removes what is stale where there are tests alone. They write their numbers themselves.
fn update_tests_alone(
    stale: &StaleSnapshots,
    project: &Project,
    request: &MeasureRequest,
    dry_run: bool,
) -> Result<ExitCode, Error> {
    write_stdout(&format!(
        "there is no benchmark; {} records the numbers of tests\n",
        recording_command(cfg!(windows))
    ))?;
    remove_stale(stale, project, dry_run, &Interrupt::listen(), &Console::new(request.quiet))?;
    Ok(ExitCode::Passed)
}

/// How tests record their numbers. Neither shell of Windows takes a variable in front of a command, and each has a way of its own.
fn recording_command(is_windows: bool) -> &'static str {
    match is_windows {
        true => "`cargo test`, with MEMGATE_UPDATE=1 in its environment,",
        false => "`MEMGATE_UPDATE=1 cargo test`",
    }
}

fn remove_stale(
    stale: &StaleSnapshots,
    project: &Project,
    dry_run: bool,
    interrupt: &Interrupt,
    console: &Console,
) -> Result<(), Error> {
    write_stdout(&if dry_run {
        stale.to_remove(project)
    } else {
        stale.remove(project, interrupt, console)?
    })
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
    targets: &[Suite],
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
