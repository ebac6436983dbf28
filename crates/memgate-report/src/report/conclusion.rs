//! How a run of a workflow ended, as GitHub says it.

/// How a run of a workflow ended, as GitHub says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Every job did.
    Success,
    /// A job failed.
    Failure,
    /// A job took too long.
    TimedOut,
    /// It could not begin: its file is wrong, for one.
    StartupFailure,
    /// Somebody or a newer run ended it.
    Cancelled,
    /// None of its jobs had to run.
    Skipped,
    /// Somebody has to allow it first.
    ActionRequired,
    /// What GitHub may yet think of.
    Other,
}

impl Conclusion {
    /// What a text of GitHub's says.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        match text {
            "success" => Self::Success,
            "failure" => Self::Failure,
            "timed_out" => Self::TimedOut,
            "startup_failure" => Self::StartupFailure,
            "cancelled" => Self::Cancelled,
            "skipped" => Self::Skipped,
            "action_required" => Self::ActionRequired,
            _ => Self::Other,
        }
    }

    /// Whether it is a failure, and not only no success.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failure | Self::TimedOut | Self::StartupFailure)
    }

    /// What became of the run, as in "the run …".
    #[must_use]
    pub fn what_became(self) -> &'static str {
        match self {
            Self::Success => "succeeded",
            Self::Failure => "failed",
            Self::TimedOut => "took too long",
            Self::StartupFailure => "could not begin",
            Self::Cancelled => "was cancelled",
            Self::Skipped => "was skipped",
            Self::ActionRequired => "waits for approval",
            Self::Other => "did not succeed",
        }
    }
}
