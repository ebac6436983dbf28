//! `history html`: the history as one page.

use std::path::PathBuf;

use memgate_report::history::{PageCommit, PageInput, commit_url, render_page};

use super::arguments::SeriesArguments;
use super::load::load;
use crate::cli::output::write_stdout;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::remote_address;
use crate::session::{destination, write_output};
use crate::store::Destination;

/// Write the history as one page of HTML that needs no network and no other file.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct HtmlArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// The file to write
    #[arg(long, value_name = "PATH", default_value = "memgate-history.html")]
    output: PathBuf,
    /// What a commit's id is put behind to be a link, such as https://example.org/commit/ [default: from the remote `origin`]
    #[arg(long, value_name = "URL", value_parser = https)]
    commit_url: Option<String>,
}

fn https(text: &str) -> Result<String, String> {
    if text.starts_with("https://") {
        Ok(text.to_owned())
    } else {
        Err("it does not begin with https://".to_owned())
    }
}

pub(super) fn html(arguments: &HtmlArguments, command: &str) -> Result<ExitCode, Error> {
    let loaded = load(&arguments.series)?;
    let console = Console::new(false);
    loaded.say_warnings(&console);
    if loaded.timeline.series.is_empty() {
        console.say(&loaded.nothing(&arguments.series, command));
        return Ok(ExitCode::Passed);
    }
    let commits: Vec<PageCommit> = loaded
        .commits
        .iter()
        .map(|commit| PageCommit {
            id: commit.commit.to_string(),
            subject: commit.subject.clone(),
            author_date: commit.author_date.clone(),
        })
        .collect();
    let from_remote =
        || remote_address(&loaded.repository, "origin").and_then(|address| commit_url(&address));
    let url = arguments.commit_url.clone().or_else(from_remote);
    let page =
        render_page(&PageInput { timeline: &loaded.timeline, commits: &commits, commit_url: url.as_deref() });
    write_output(&arguments.output, &page)?;
    if destination(&arguments.output)? != Destination::Stdout {
        write_stdout(&format!("Wrote {}\n", arguments.output.display()))?;
    }
    Ok(ExitCode::Passed)
}
