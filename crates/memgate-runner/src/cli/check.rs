//! `check`: build, measure, compare, report, exit.

use std::path::PathBuf;

use memgate_report::compare::{ComparisonInput, add_times, compare};
use memgate_report::model::BenchmarkId;
use memgate_report::report::{Notice, NoticeKind, Report, outcome};
use memgate_report::text::BENCHMARKS;

use super::arguments::{AcceptanceArguments, MeasureArguments, OutputArguments};
use super::ci::{CiArguments, report_to_service, tell_failure};
use super::output::write_report;
use super::times::TimeArguments;
use crate::ci::CiService;
use crate::clock::today;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::measure::Suite;
use crate::process::Interrupt;
use crate::session::{
    CommittedSites, MeasureRequest, Measured, Project, Purpose, Recorder, Since, StaleSnapshots,
    accepted_by_change, changed_dependencies, check_artifacts, explain_red, find_renames,
    pull_request_of_event, take_wall_clock, unreadable_files,
};

/// Build, measure, compare with the baselines, report, and exit with the verdict.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) measure: MeasureArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Exit with 103 when a baseline is stale: a benchmark improved or is new, a waiver or the numbers of a test are no longer needed, or a committed file is broken
    #[arg(long)]
    pub(super) strict: bool,
    /// Say what has changed since this revision, which is measured first: what was red there already is told apart, and not red
    #[arg(long, value_name = "REVISION", conflicts_with = "time")]
    since: Option<String>,
    /// Don't look for the call sites of what is red
    #[arg(long, help_heading = "Call sites")]
    no_explain: bool,
    #[command(flatten)]
    time: TimeArguments,
    #[command(flatten)]
    acceptance: AcceptanceArguments,
    #[command(flatten)]
    ci: CiArguments,
    /// Leave pprof, DHAT and flame graph files of what is red in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "no_explain", help_heading = "Call sites")]
    artifacts: Option<PathBuf>,
}

impl CheckArguments {
    /// Measures the revision since which changes are asked for.
    fn measure_since(&self, request: &MeasureRequest, project: &Project) -> Result<Option<Since>, Error> {
        let Some(name) = &self.since else { return Ok(None) };
        request.refuse_partition("check --since", "name benchmarks or packages instead")?;
        if project.is_of_tests_alone(request)? {
            Console::new(request.quiet)
                .say("note: there is no benchmark, so nothing is measured of another revision");
            return Ok(None);
        }
        Since::measure(name, project, request, !self.no_explain).map(Some)
    }
}

pub(super) fn check(arguments: &CheckArguments, command: &str) -> Result<ExitCode, Error> {
    let service = arguments.ci.service();
    let checked = measure_and_report(arguments, command, service.as_deref());
    if let (Err(error), Some(service)) = (&checked, &service) {
        tell_failure(error, service.as_ref());
    }
    checked
}

fn measure_and_report(
    arguments: &CheckArguments,
    command: &str,
    service: Option<&dyn CiService>,
) -> Result<ExitCode, Error> {
    arguments.output.check()?;
    check_artifacts(arguments.artifacts.as_deref())?;
    let request = arguments.measure.request()?;
    let mut project = Project::load(&request)?;
    // Before anything is built: a revision that is not there is not there after a build either.
    let accepted = accepted_by_change(arguments.acceptance.base.as_deref(), &project, service)?;
    let stale = StaleSnapshots::find(&project, &request.selection)?;
    let unreadable = unreadable_files(&project)?;
    let since = arguments.measure_since(&request, &project)?;
    if let Some(since) = &since {
        project.baselines.clone_from(&since.baselines);
    }
    let measured = project.measure(&request, Purpose::Verdict, command);
    let (run, timing, targets, interrupt) = match stale.or_tests_alone(measured)? {
        Some(Measured { run, timing, targets, interrupt }) => (Some(run), Some(timing), targets, interrupt),
        None => (None, None, Vec::new(), Interrupt::default()),
    };
    let mut report = compare(ComparisonInput {
        runs: run.as_slice(),
        baselines: &project.baselines,
        policy: &project.config.policy,
        today: today(),
        strict: arguments.strict,
    });
    report.timing = timing;
    add_wall_clock(&mut report, arguments, &request, &project, &targets, &interrupt)?;
    let (since_sites, since_dependencies) = match since {
        Some(since) => {
            since.add_to(&mut report);
            (Some(since.sites), Some(since.dependencies))
        }
        None => (None, None),
    };
    let mut unwritten = None;
    if let Some(run) = run.as_ref().filter(|_| !arguments.no_explain) {
        let options = request.options(&project.config);
        let mut recorder = Recorder::new(&project, &targets, options, &interrupt);
        let mut committed = since_sites.unwrap_or_else(|| CommittedSites::new(&project.store));
        find_renames(&mut report, &run.target, &mut recorder, &mut committed)?;
        let red = explain_red(&mut report, recorder, committed, arguments.artifacts.as_deref())?;
        if red.count > 0 {
            let base = arguments.acceptance.base.as_deref();
            report.dependencies =
                since_dependencies.unwrap_or_else(|| changed_dependencies(&project, base, service));
            red.add_features(&mut report.dependencies);
        }
        unwritten = red.unwritten;
        if let Some(folder) = arguments.artifacts.as_ref().filter(|_| unwritten.is_none()) {
            let console = Console::new(request.quiet);
            match red.count {
                0 => console.say("   Profiles of nothing, since nothing is red"),
                red => {
                    console.say(&format!(
                        "   Profiles of {} in {}",
                        BENCHMARKS.counted(red),
                        folder.display()
                    ));
                }
            }
        }
    }
    if run.is_none() {
        let text = "there is no benchmark; the numbers of tests are compared by `cargo test`".to_owned();
        report.notices.push(Notice { kind: NoticeKind::LeftOut, text });
    }
    report.notices.extend(stale.notices(&project, command));
    report.notices.extend(unreadable);
    accepted.add_to(&mut report);
    report.pull_request = service.and_then(pull_request_of_event);
    // Whatever can't be written, the rest is: the numbers were paid for.
    let output = &arguments.output;
    let mut failures: Vec<Error> = unwritten.into_iter().collect();
    failures.extend(write_report(&report, output, command, Some(&request)).err());
    if let Some(service) = service {
        failures.extend(report_to_service(&report, service, output, &project, command, &request).err());
    }
    Error::of_all(failures)?;
    Ok(outcome(&report).into())
}

/// Takes the times of what was measured, after all memory: both at once would disturb the times.
fn add_wall_clock(
    report: &mut Report,
    arguments: &CheckArguments,
    request: &MeasureRequest,
    project: &Project,
    targets: &[Suite],
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let policy = &project.config.policy;
    if !arguments.time.time {
        if policy.limits_times() {
            let text = "times have limits in memgate.toml, which are checked with --time only".to_owned();
            report.notices.push(Notice { kind: NoticeKind::Times, text });
        }
        return Ok(());
    }
    let measured = report.benchmarks.iter().filter(|benchmark| benchmark.processes > 0);
    let ids: Vec<BenchmarkId> = measured.map(|benchmark| benchmark.id.clone()).collect();
    let times = take_wall_clock(arguments.time.request(&ids, false), project, targets, request, interrupt)?;
    add_times(report, times, policy, arguments.time.baseline());
    Ok(())
}
