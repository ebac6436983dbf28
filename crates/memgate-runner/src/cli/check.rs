//! `check`: build, measure, compare, report, exit.

use std::path::PathBuf;

use super::arguments::{MeasureArguments, OutputArguments};
use super::explanations::explain_red;
use super::flow::{Measured, Project};
use super::output::write_report;
use super::recorder::Recorder;
use crate::clock::today;
use crate::compare::{ComparisonInput, compare};
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::outcome;

/// Build, measure, compare with the baselines, report, and exit with the verdict.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) measure: MeasureArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Exit with 103 when a baseline is stale: improved, new, or a waiver no longer needed
    #[arg(long)]
    pub(super) strict: bool,
    /// Don't look for the call sites of what is red
    #[arg(long, help_heading = "Call sites")]
    no_explain: bool,
    /// Leave pprof, DHAT and flame graph files of what is red in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "no_explain", help_heading = "Call sites")]
    artifacts: Option<PathBuf>,
}

pub(super) fn check(arguments: &CheckArguments, command: &str) -> Result<ExitCode, Error> {
    arguments.output.files()?;
    let project = Project::load(&arguments.measure)?;
    let Measured { run, timing, targets, interrupt } = project.measure(&arguments.measure, command)?;
    let mut report = compare(ComparisonInput {
        runs: std::slice::from_ref(&run),
        baselines: &project.baselines,
        policy: &project.config.policy,
        today: today(),
        strict: arguments.strict,
    });
    report.timing = Some(timing);
    if !arguments.no_explain {
        let options = arguments.measure.measure_options(&project.config);
        let recorder = Recorder::new(&project, &targets, options, &interrupt);
        let red = explain_red(&mut report, recorder, &project.store, arguments.artifacts.as_deref())?;
        if let Some(folder) = &arguments.artifacts {
            let console = Console::new(arguments.measure.quiet);
            match red {
                0 => console.say("   Profiles of nothing, since nothing is red"),
                1 => console.say(&format!("   Profiles of 1 benchmark in {}", folder.display())),
                red => console.say(&format!("   Profiles of {red} benchmarks in {}", folder.display())),
            }
        }
    }
    write_report(&report, &arguments.output, command, &arguments.measure.cargo.build_flags())?;
    Ok(outcome(&report).into())
}
