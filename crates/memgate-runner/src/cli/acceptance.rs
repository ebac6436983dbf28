//! `--base`: compared with which revision a change is shown to its reviewers.

/// What this change accepts.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Review")]
pub(super) struct AcceptanceArguments {
    /// Show what the baselines and the configuration accept that those of this revision did not [default in GitHub
    /// Actions: what the pull request is based on]
    #[arg(long, value_name = "REVISION")]
    pub(super) base: Option<String>,
}
