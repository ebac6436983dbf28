//! `history show`: trends.

use memgate_report::history::{ShowOptions, print_trends, render_trends};
use memgate_report::text::fitted;

use super::arguments::{HistoryFormat, SeriesArguments};
use super::load::load;
use crate::cli::output::{stdout_width, write_stdout};
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;

/// Show trends and changes of level.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ShowArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// Show every series, not only those that changed
    #[arg(short, long)]
    verbose: bool,
    /// The format on standard output
    #[arg(long, value_enum, default_value = "terminal", value_name = "FORMAT", help_heading = "Output")]
    format: HistoryFormat,
}

pub(super) fn show(arguments: &ShowArguments, command: &str) -> Result<ExitCode, Error> {
    let loaded = load(&arguments.series)?;
    let console = Console::new(false);
    loaded.say_warnings(&console);
    if loaded.timeline.series.is_empty() {
        console.say(&loaded.nothing(&arguments.series, command));
        if arguments.format == HistoryFormat::Terminal {
            return Ok(ExitCode::Passed);
        }
    }
    let commits = loaded.shown_commits(arguments.format);
    let options = ShowOptions { verbose: arguments.verbose, color: arguments.series.color.for_stdout() };
    write_stdout(&match arguments.format {
        HistoryFormat::Terminal => {
            let text = render_trends(&loaded.timeline, &commits, loaded.recorded, options);
            fitted(&text, stdout_width())
        }
        HistoryFormat::Json => print_trends(&loaded.timeline, &commits),
    })?;
    Ok(ExitCode::Passed)
}
