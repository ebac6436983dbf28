//! `history`: one of its own commands.

use clap::Subcommand;

use super::{check, html, import, prune, record, show};
use crate::error::Error;
use crate::exit::ExitCode;

/// Record a run, show trends, check drift. The archive is git notes under `refs/notes/memgate`.
///
/// Git neither pushes nor fetches notes by itself:
///
///   git fetch origin refs/notes/memgate:refs/notes/memgate
///
///   git push origin refs/notes/memgate
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct HistoryArguments {
    #[command(subcommand)]
    command: HistoryCommand,
}

#[derive(Clone, Debug, Subcommand)]
enum HistoryCommand {
    /// Measure, or take runs from files, and record them at the commit that is checked out
    Record(record::RecordArguments),
    /// Show trends and changes of level
    Show(show::ShowArguments),
    /// Look for rises that last and for creep; only tells, unless --deny
    Check(check::CheckArguments),
    /// Write the history as one page of HTML
    Html(html::HtmlArguments),
    /// Add the records of another notes reference or of another repository
    Import(import::ImportArguments),
    /// Drop records that nobody needs any more
    Prune(prune::PruneArguments),
}

pub(in crate::cli) fn history(arguments: &HistoryArguments, command: &str) -> Result<ExitCode, Error> {
    match &arguments.command {
        HistoryCommand::Record(arguments) => record::record(arguments, command),
        HistoryCommand::Show(arguments) => show::show(arguments, command),
        HistoryCommand::Check(arguments) => check::check(arguments, command),
        HistoryCommand::Html(arguments) => html::html(arguments, command),
        HistoryCommand::Import(arguments) => import::import(arguments),
        HistoryCommand::Prune(arguments) => prune::prune(arguments),
    }
}
