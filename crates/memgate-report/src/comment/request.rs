//! What is to be put on which pull request.

use super::{CommentKey, CommitId, RenderFor, Repository, RunAttempt, Wish, WorkflowRun};
use crate::report::MeasuredPullRequest;

/// The pull request, as far as it is known without asking GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// This one.
    PullRequest {
        /// Its number.
        number: u64,
        /// What its head has to be; none for whatever it is at the beginning.
        head: Option<CommitId>,
        /// The branch that it is to be merged into, as an event of GitHub's says.
        base_branch: Option<String>,
    },
    /// Those that a workflow ran for.
    WorkflowRun(WorkflowRun),
}

/// What to put where, and when.
pub struct CommentRequest<'a> {
    /// Where the pull requests are.
    pub repository: Repository,
    /// Which.
    pub subject: Subject,
    /// Which of their comments.
    pub key: CommentKey,
    /// Where it was measured.
    pub run: RunAttempt,
    /// Whether there is nothing to say.
    pub is_clean: bool,
    /// When a comment is wanted.
    pub wish: Wish,
    /// The pull request that was measured, as far as that is known.
    pub measured: Option<MeasuredPullRequest>,
    /// What the comment says below the marker.
    pub render: RenderFor<'a>,
}

impl std::fmt::Debug for CommentRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { repository, subject, key, run, .. } = self;
        f.debug_struct("CommentRequest")
            .field("repository", repository)
            .field("subject", subject)
            .field("key", key)
            .field("run", run)
            .finish_non_exhaustive()
    }
}
