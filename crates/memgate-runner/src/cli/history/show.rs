//! `history show`: trends.

use super::arguments::SeriesArguments;
use super::load::load;
use crate::cli::output::write_stdout;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::short;
use crate::history::{ShowOptions, ShownCommit, render_trends};

/// Show trends and changes of level.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ShowArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// Show every series, not only those that changed
    #[arg(short, long)]
    verbose: bool,
}

pub(super) fn show(arguments: &ShowArguments, command: &str) -> Result<ExitCode, Error> {
    let loaded = load(&arguments.series)?;
    let console = Console::new(false);
    for warning in &loaded.warnings {
        console.say(&format!("warning: {warning}"));
    }
    if loaded.recorded == 0 {
        console.say(&format!(
            "nothing is recorded in the history of {}; `{command} history record` records, and \
             `git fetch origin {reference}:{reference}` fetches what others recorded",
            arguments.series.revision,
            reference = super::NOTES_REFERENCE
        ));
        return Ok(ExitCode::Passed);
    }
    let commits: Vec<ShownCommit> = loaded
        .commits
        .iter()
        .map(|commit| ShownCommit { id: short(commit.commit), subject: commit.subject.clone() })
        .collect();
    let options = ShowOptions { verbose: arguments.verbose, color: arguments.series.color.for_stdout() };
    write_stdout(&render_trends(&loaded.timeline, &commits, loaded.recorded, options))?;
    Ok(ExitCode::Passed)
}
