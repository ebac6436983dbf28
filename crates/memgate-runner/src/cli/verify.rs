//! `verify`: every engine, and twice.

use std::collections::BTreeMap;

use memgate::protocol::capture::WindowKind;
use memgate::protocol::{Engine, Record, WindowPlan};
use memgate_report::config::Alone;
use memgate_report::model::{BenchmarkId, Failure};
use memgate_report::verify::{
    Check, Finding, Second, Verification, against_dhat, against_dhat_file, against_second_process,
    against_sites, against_stats_alloc, render_verification,
};

use super::arguments::MeasureArguments;
use super::flow::{Listed, Project};
use super::output::write_stdout;
use super::recorder::{Recorded, Recorder};
use crate::cargo::BenchTarget;
use crate::console::{ColorChoice, Console};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::measure::{Bench, MeasureOptions, NoAnswer, measure_once, side_by_side_or_alone};
use crate::process::Interrupt;

/// Measure with every engine, and twice, and say where they disagree.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    measure: MeasureArguments,
    /// Show every benchmark, not only where they disagree
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

/// The features of the runtime that bring the second opinions.
const CROSS_CHECKS: [&str; 2] = ["dhat", "stats_alloc"];
/// One steady window is enough where windows are known to agree, and dhat is some fifty times slower.
const SHORT: WindowPlan = WindowPlan { warm_up: 2, steady: 1, long_run_ms: 0 };

/// How many more processes a benchmark gets about which engines differ.
const ASKED_AGAIN: usize = 8;

pub(super) fn verify(arguments: &VerifyArguments, command: &str) -> Result<ExitCode, Error> {
    arguments.measure.refuse_partition("verify", "name benchmarks or packages instead")?;
    let selection = arguments.measure.selection()?;
    let project = Project::load(&arguments.measure)?;
    // No other engine has a long run.
    let options = arguments.measure.measure_options(&project.config).without_long_run();
    let interrupt = Interrupt::listen();
    let console = Console::new(arguments.measure.quiet);

    let plain = project.list(&arguments.measure, &options, &interrupt, &[])?;
    project.check_selection(&selection, &plain.parts, command)?;
    let selected: Vec<BenchmarkId> = plain
        .parts
        .iter()
        .flat_map(|part| part.declared.iter().map(|name| part.id(name)))
        .filter(|id| selection.selects(id))
        .collect();
    for part in &plain.parts {
        if let Some(failure) = &part.failure {
            console.say(&format!("{}/{} failed: {}", part.package, part.bench_target, failure.message));
        }
    }
    let scratch = project.scratch_folder();
    let opinions = |listed: &Listed, wanted: &[(Engine, WindowPlan)]| {
        ask_all(listed, &selected, wanted, &options, &project.config.alone, &scratch, &interrupt)
    };
    let first = opinions(&plain, &[(Engine::Count, options.plan)])?;
    let recorder = Recorder::new(&project, &plain.targets, options, &interrupt);
    let recorded = recorder.record(&selected)?;
    // The same executables are built anew with the other engines, so the first build has to be done with.
    let checked = project.list(&arguments.measure, &options, &interrupt, &CROSS_CHECKS)?;
    let second = opinions(
        &checked,
        &[(Engine::Count, options.plan), (Engine::StatsAlloc, SHORT), (Engine::Dhat, SHORT)],
    )?;
    let by_site = by_site(&project, &checked, &selected, options, &interrupt)?;

    let mut verifications = Vec::new();
    let answers = first.iter().zip(&second).zip(recorded.iter().zip(by_site));
    for (id, ((first, second), (recorded, by_site))) in selected.iter().zip(answers) {
        let mut verification = verification(id, &first[0], recorded, second, by_site);
        if verification.has_difference() {
            // What races may look steady in one process. Before anybody is called wrong, it is asked again.
            let again = [(Engine::Count, options.plan); ASKED_AGAIN];
            let again = ask_all(
                &plain,
                std::slice::from_ref(id),
                &again,
                &options,
                &project.config.alone,
                &scratch,
                &interrupt,
            )?;
            let records = || again.iter().flatten().chain(first).filter_map(|answer| answer.as_ref().ok());
            if records().any(|record| against_second_process(record, record) == Finding::Varies) {
                verification.varies();
            }
        }
        verifications.push(verification);
    }
    write_stdout(&render_verification(&verifications, arguments.verbose, arguments.color.for_stdout()))?;
    let is_failed = plain.parts.iter().any(|part| part.failure.is_some())
        || verifications.iter().any(Verification::has_difference)
        || first.iter().any(|answers| answers[0].is_err());
    Ok(if is_failed { ExitCode::Failed } else { ExitCode::Passed })
}

type Answer = Result<Record, Failure>;

/// Every selected benchmark's answer to every wanted engine, side by side.
fn ask_all(
    listed: &Listed,
    selected: &[BenchmarkId],
    wanted: &[(Engine, WindowPlan)],
    options: &MeasureOptions,
    alone: &Alone,
    folder: &std::path::Path,
    interrupt: &Interrupt,
) -> Result<Vec<Vec<Answer>>, Error> {
    let targets: BTreeMap<(&str, &str), &BenchTarget> = listed
        .targets
        .iter()
        .map(|target| ((target.package.as_str(), target.name.as_str()), target))
        .collect();
    let runs_alone = |id: &BenchmarkId| alone.has(id);
    side_by_side_or_alone(options.jobs.get(), selected, runs_alone, |id| {
        let Some(&target) = targets.get(&(id.package.as_str(), id.bench_target.as_str())) else {
            let failure = NoAnswer::not_built();
            return Some(vec![Err(failure); wanted.len()]);
        };
        let bench = Bench { target, options, folder, interrupt };
        wanted
            .iter()
            .map(|(engine, plan)| match measure_once(bench, &id.name, *engine, *plan) {
                Ok(record) => Some(Ok(record)),
                Err(NoAnswer::Failed(failure)) => Some(Err(failure)),
                Err(NoAnswer::Interrupted) => None,
            })
            .collect()
    })
    .ok_or(Error::Interrupted)
}

/// dhat's stacks against ours, in the build that has both.
fn by_site(
    project: &Project,
    checked: &Listed,
    selected: &[BenchmarkId],
    options: MeasureOptions,
    interrupt: &Interrupt,
) -> Result<Vec<Finding>, Error> {
    let mut recorder = Recorder::new(project, &checked.targets, options, interrupt);
    let recorded = recorder.record(selected)?;
    let files = recorder.dhat_files(selected)?;
    let findings = selected.iter().zip(recorded.iter().zip(files)).map(|(id, (recorded, file))| {
        let profile = recorder.symbolize(id, recorded, WindowKind::Steady);
        match (profile, file) {
            (Err(problem), _) => Finding::NotMeasured(problem),
            (_, Err(failure)) => Finding::NotMeasured(failure.message),
            (Ok(symbolized), Ok(file)) => against_dhat_file(&symbolized.profile, &file),
        }
    });
    Ok(findings.collect())
}

fn verification(
    id: &BenchmarkId,
    first: &Answer,
    recorded: &Recorded,
    second: &[Answer],
    by_site: Finding,
) -> Verification {
    let compared = |answer: &Answer, compare: &dyn Fn(&Record, &Record) -> Finding| match (&second[0], answer)
    {
        (Ok(count), Ok(record)) => compare(count, record),
        (Err(failure), _) | (_, Err(failure)) => Finding::NotMeasured(failure.message.clone()),
    };
    let sites = match (first, recorded) {
        (Ok(count), Ok((record, _))) => against_sites(count, record),
        (Err(failure), _) | (_, Err(failure)) => Finding::NotMeasured(failure.message.clone()),
    };
    // A spread between processes says nothing about who is right.
    let varies =
        matches!(compared(first, &|second, first| against_second_process(first, second)), Finding::Varies);
    let by_site = match by_site {
        Finding::Differs(_) if varies => Finding::Varies,
        other => other,
    };
    let checks = vec![
        Check {
            second: Second::Count,
            finding: compared(first, &|second, first| against_second_process(first, second)),
        },
        Check { second: Second::Sites, finding: sites },
        Check { second: Second::StatsAlloc, finding: compared(&second[1], &against_stats_alloc) },
        Check { second: Second::Dhat, finding: compared(&second[2], &against_dhat) },
        Check { second: Second::DhatSites, finding: by_site },
    ];
    Verification { id: id.clone(), checks }
}
