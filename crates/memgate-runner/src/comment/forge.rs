//! What any forge is to a comment.

use memgate_report::comment::{CommentRequest, CommitId, RunAttempt};

use super::CommentError;

/// What became of a pull request's comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// There is one now.
    Created,
    /// It was brought up to date.
    Updated,
    /// It is gone, since there is nothing to say.
    Deleted,
    /// There is nothing to say, and there was no comment.
    NothingToSay,
    /// It is from a newer run, and was left as it is.
    Newer(RunAttempt),
    /// The pull request has another head commit by now, and was left alone.
    MovedOn {
        /// What was measured.
        measured: CommitId,
        /// What its head is.
        head: CommitId,
    },
}

/// What became of each pull request, with its number.
pub(crate) type Placement = (u64, Result<Put, CommentError>);

/// Where pull requests are: a connection to a service, with a token. GitHub is the first.
pub(crate) trait Forge {
    /// Puts a comment on pull requests: writes it, brings it up to date or takes it away.
    ///
    /// What became of each is in the result; it is empty when no open pull request has the commit for its head.
    ///
    /// # Errors
    /// When it is not even known which pull requests there are.
    fn put_comment(&self, request: &CommentRequest<'_>) -> Result<Vec<Placement>, CommentError>;
}
