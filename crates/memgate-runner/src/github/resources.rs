//! What of GitHub's resources is read, and no more: octocrab's own types fail on what GitHub allows to be null.

use serde::Deserialize;

use crate::comment::{CommentAuthor, ExistingComment};

/// `GET /repos/{owner}/{repo}/pulls/{number}`, and one row of the list of them.
#[derive(Debug, Deserialize)]
pub(super) struct PullRow {
    pub(super) number: u64,
    pub(super) head: HeadRow,
}

#[derive(Debug, Deserialize)]
pub(super) struct HeadRow {
    pub(super) sha: String,
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
