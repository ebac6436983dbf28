//! What is said to `comment`, by its command line and by the variables of a workflow.

use std::path::PathBuf;
use std::time::Duration;

use memgate_report::comment::{CommentKey, Repository};

/// Put a report on its pull request, as one comment that is brought up to date.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CommentArguments {
    /// Files that `check --format json` wrote, one for each shard or target, or folders of such files
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The baselines of a checkout that is trusted: the comment is not green where a target triple or a bench target has some
    /// and no report
    #[arg(long, value_name = "DIR")]
    pub(super) baselines: Option<PathBuf>,
    /// The repository with the pull request [default: GITHUB_REPOSITORY]
    #[arg(long, value_name = "OWNER/NAME")]
    pub(super) repo: Option<Repository>,
    /// The number of the pull request [default: from the event]
    #[arg(long, value_name = "N", conflicts_with = "event")]
    pub(super) pr: Option<u64>,
    /// The event that started the workflow, as JSON [default: GITHUB_EVENT_PATH]
    #[arg(long, value_name = "PATH")]
    pub(super) event: Option<PathBuf>,
    /// What tells several comments on one pull request apart
    #[arg(long, value_name = "KEY", default_value = "memgate")]
    pub(super) key: CommentKey,
    /// Write no new comment when there is nothing to say; one that is there is still brought up to date
    #[arg(long)]
    pub(super) only_on_change: bool,
    /// Delete the comment when there is nothing to say
    #[arg(long)]
    pub(super) delete_when_clean: bool,
    /// When GitHub can't be reached or refuses, warn and exit with 0
    #[arg(long)]
    pub(super) best_effort: bool,
    /// Print the comment, and ask GitHub for nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) test_timing: TestTiming,
}

/// For memgate's own tests, which can't wait for seconds. Not part of the interface.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct TestTiming {
    /// How long a second of waiting between tries is
    #[arg(long, value_name = "MILLISECONDS", hide = true, value_parser = milliseconds)]
    pub(super) internal_second: Option<Duration>,
    /// How long one answer may take
    #[arg(long, value_name = "MILLISECONDS", hide = true, value_parser = milliseconds)]
    pub(super) internal_answer_timeout: Option<Duration>,
}

fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_millis)
}

/// An environment variable. Workflows set to nothing what they do not have.
pub(super) fn variable(name: &'static str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
