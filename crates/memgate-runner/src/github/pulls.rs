//! Pull requests and their head commits.

use memgate_report::comment::{CommitId, Repository, WorkflowRun};

use super::client::Client;
use super::resources::PullRow;
use crate::comment::CommentError;

/// A pull request, as it is now.
pub(super) struct PullState {
    pub(super) head: CommitId,
    /// The branch that it is to be merged into.
    pub(super) base_branch: Option<String>,
}

/// A pull request, as it is now.
pub(super) async fn state_of(
    client: &mut Client,
    repository: &Repository,
    number: u64,
) -> Result<PullState, CommentError> {
    let pull: PullRow =
        client.get(&format!("/repos/{repository}/pulls/{number}"), "read the pull request").await?;
    let base_branch = pull.base_branch().map(str::to_owned);
    let no_commit = |_| CommentError::Answer { problem: "a head is no commit id".into() };
    Ok(PullState { head: pull.head.sha.parse().map_err(no_commit)?, base_branch })
}

/// The open pull requests that a workflow ran for: those from its branch whose head is the commit that it ran for.
///
/// The event's own list is empty for forks, and what is in an artifact is up to the fork.
pub(super) async fn pulls_of(
    client: &mut Client,
    repository: &Repository,
    run: &WorkflowRun,
) -> Result<Vec<u64>, CommentError> {
    let head = percent_encoded(&format!("{}:{}", run.head_owner, run.head_branch));
    let resource = format!("/repos/{repository}/pulls?state=open&head={head}&per_page=100");
    // Not every server looks at `head`, and one commit may be the head of several branches.
    let at_head = |pull: PullRow| pull.is_head_of(run).then_some(pull.number);
    let mut numbers = client.list(&resource, "look for the pull request", at_head).await?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// A text as the value in a query. A branch may be called almost anything.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_says_nothing_but_its_name() {
        assert_eq!(percent_encoded("fork:a/b&state=all#ü"), "fork%3Aa%2Fb%26state%3Dall%23%C3%BC");
    }
}
