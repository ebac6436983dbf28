//! `verify`: every engine, and twice.

use memgate_report::model::BenchmarkId;
use memgate_report::verify::{Verification, render_verification};

use super::arguments::MeasureArguments;
use super::output::write_fitted;
use crate::console::{ColorChoice, Console};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::process::Interrupt;
use crate::session::{Opinions, Project, Verified};

/// Measure twice, and with the counters of stats_alloc and dhat, and say where they disagree.
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

pub(super) fn verify(arguments: &VerifyArguments, command: &str) -> Result<ExitCode, Error> {
    let request = arguments.measure.request()?;
    request.refuse_partition("verify", "name benchmarks or packages instead")?;
    let project = Project::load(&request)?;
    // No other engine has a long run.
    let options = request.options(&project.config).without_long_run();
    let interrupt = Interrupt::listen();
    let console = Console::new(request.quiet);

    let plain = project.list_benchmarks(&request, &options, &interrupt, &[])?;
    project.check_selection(&request.selection, &plain.parts, command)?;
    let selected: Vec<BenchmarkId> = plain
        .parts
        .iter()
        .flat_map(|part| part.declared.iter().map(|name| part.id(name)))
        .filter(|id| request.selection.selects(id))
        .collect();
    for part in &plain.parts {
        if let Some(failure) = &part.failure {
            console.say(&format!("{}/{} failed: {}", part.package, part.bench_target, failure.message));
        }
    }
    let opinions = Opinions {
        project: &project,
        request: &request,
        options,
        interrupt: &interrupt,
        plain: &plain,
        selected: &selected,
    };
    let Verified { verifications, has_unmeasured } = opinions.verify()?;
    write_fitted(&render_verification(&verifications, arguments.verbose, arguments.color.for_stdout()))?;
    let is_failed = has_unmeasured
        || plain.parts.iter().any(|part| part.failure.is_some())
        || verifications.iter().any(Verification::has_difference);
    Ok(if is_failed { ExitCode::Failed } else { ExitCode::Passed })
}
