//! What of GitHub's resources is read, and no more: octocrab's own types fail on what GitHub allows to be null.

use memgate_report::comment::{CommentAuthor, ExistingComment, WorkflowRun};
use serde::Deserialize;

/// `GET /repos/{owner}/{repo}/pulls/{number}`, and one row of the list of them.
#[derive(Debug, Deserialize)]
pub(super) struct PullRow {
    pub(super) number: u64,
    pub(super) head: HeadRow,
    base: Option<BaseRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HeadRow {
    pub(super) sha: String,
    /// `owner:branch`
    label: Option<String>,
    #[serde(rename = "ref")]
    branch: Option<String>,
    user: Option<UserRow>,
    /// None when it was deleted.
    repo: Option<RepositoryRow>,
}

#[derive(Debug, Deserialize)]
struct BaseRow {
    #[serde(rename = "ref")]
    branch: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RepositoryRow {
    owner: Option<UserRow>,
}

impl PullRow {
    /// The branch that it is to be merged into.
    pub(super) fn base_branch(&self) -> Option<&str> {
        self.base.as_ref()?.branch.as_deref()
    }

    /// Whether a workflow ran for it, as far as its head says: owner, branch and commit.
    pub(super) fn is_head_of(&self, run: &WorkflowRun) -> bool {
        let HeadRow { sha, label, branch, user, repo } = &self.head;
        let labelled = label.as_deref().and_then(|label| label.split_once(':'));
        let owner = repo.as_ref().and_then(|repo| repo.owner.as_ref()).or(user.as_ref());
        let owner = owner.map(|owner| owner.login.as_str()).or(labelled.map(|(owner, _)| owner));
        let branch = branch.as_deref().or(labelled.map(|(_, branch)| branch));
        *sha == run.head.as_str()
            && branch == Some(run.head_branch.as_str())
            && owner.is_some_and(|owner| owner.eq_ignore_ascii_case(&run.head_owner))
    }
}

/// What comes back of a comment that was written.
#[derive(Debug, Deserialize)]
pub(super) struct WrittenCommentRow {
    pub(super) user: Option<UserRow>,
}

/// One row of `GET /repos/{owner}/{repo}/issues/{number}/comments`.
#[derive(Debug, Deserialize)]
pub(super) struct CommentRow {
    id: u64,
    body: Option<String>,
    user: Option<UserRow>,
}

/// A user or an app.
#[derive(Debug, Deserialize)]
pub(super) struct UserRow {
    pub(super) login: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl From<CommentRow> for ExistingComment {
    fn from(row: CommentRow) -> Self {
        let author = row
            .user
            .map(|user| CommentAuthor { is_bot: user.kind.as_deref() == Some("Bot"), login: user.login });
        Self { id: row.id, author, body: row.body.unwrap_or_default() }
    }
}
