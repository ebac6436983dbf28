//! The event that started a workflow, as GitHub writes it to the file `GITHUB_EVENT_PATH`.
//!
//! Source of the format: <https://docs.github.com/webhooks/webhook-events-and-payloads>. The file is GitHub's own, but
//! names in it are the author's of the pull request: they go nowhere but into percent-encoded addresses.

use serde::Deserialize;

use super::CommitId;
use crate::report::Conclusion;

/// What an event says about pull requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is about one.
    PullRequest {
        /// Its number.
        number: u64,
        /// Its head commit when the event happened.
        head: CommitId,
        /// The commit at the end of the branch that it is to be merged into.
        base: Option<CommitId>,
        /// That branch.
        base_branch: Option<String>,
    },
    /// It is about a place in a merge queue.
    MergeGroup {
        /// The commit that the queue builds on.
        base: CommitId,
    },
    /// A workflow ran for one; which, GitHub has to be asked, since the event names none of a fork.
    WorkflowRun(WorkflowRun),
    /// It is about none.
    None {
        /// Why, for people.
        reason: String,
    },
}

/// A workflow that ran for a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowRun {
    /// The run's id.
    pub run: u64,
    /// Which attempt at the run.
    pub attempt: u32,
    /// The head commit that it ran for.
    pub head: CommitId,
    /// The branch that the pull request comes from.
    pub head_branch: String,
    /// The login of who owns the repository that it comes from.
    pub head_owner: String,
    /// How the run ended; none when that is not said.
    pub conclusion: Option<Conclusion>,
}

#[derive(Deserialize)]
struct WrittenEvent {
    pull_request: Option<WrittenPullRequest>,
    merge_group: Option<WrittenMergeGroup>,
    workflow_run: Option<WrittenRun>,
}

#[derive(Deserialize)]
struct WrittenPullRequest {
    number: u64,
    head: WrittenHead,
    base: Option<WrittenBase>,
}

#[derive(Deserialize)]
struct WrittenMergeGroup {
    base_sha: Option<String>,
}

#[derive(Deserialize)]
struct WrittenHead {
    sha: String,
}

#[derive(Deserialize)]
struct WrittenBase {
    sha: String,
    #[serde(rename = "ref")]
    branch: Option<String>,
}

#[derive(Deserialize)]
struct WrittenRun {
    id: u64,
    #[serde(default = "first_attempt")]
    run_attempt: u32,
    event: Option<String>,
    head_sha: String,
    head_branch: Option<String>,
    head_repository: Option<WrittenRepository>,
    conclusion: Option<String>,
}

#[derive(Deserialize)]
struct WrittenRepository {
    owner: Option<WrittenOwner>,
}

#[derive(Deserialize)]
struct WrittenOwner {
    login: String,
}

fn first_attempt() -> u32 {
    1
}

/// Reads what an event says about pull requests. Which kind of event it is follows from what it holds.
///
/// # Errors
/// When the text is no event, or one whose parts are not what GitHub documents.
pub fn parse_event(text: &str) -> Result<Event, String> {
    let event: WrittenEvent = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let commit = |sha: String| sha.parse::<CommitId>().map_err(|error| format!("{sha:.80}: {error}"));
    if let Some(run) = event.workflow_run {
        // A run for a push is about a branch, whatever pull requests that branch may have: their own runs speak for them.
        let cause = run.event.as_deref().unwrap_or("pull_request");
        if !matches!(cause, "pull_request" | "pull_request_target") {
            return Ok(Event::None { reason: "the workflow ran for no pull request".into() });
        }
        let owner = run.head_repository.and_then(|repository| repository.owner);
        let (Some(branch), Some(owner)) = (run.head_branch, owner) else {
            return Ok(Event::None { reason: "the repository of the pull request is gone".into() });
        };
        return Ok(Event::WorkflowRun(WorkflowRun {
            run: run.id,
            attempt: run.run_attempt,
            head: commit(run.head_sha)?,
            head_branch: branch,
            head_owner: owner.login,
            conclusion: run.conclusion.as_deref().map(Conclusion::of_text),
        }));
    }
    if let Some(base) = event.merge_group.and_then(|group| group.base_sha) {
        return Ok(Event::MergeGroup { base: commit(base)? });
    }
    match event.pull_request {
        Some(pull) => Ok(Event::PullRequest {
            number: pull.number,
            head: commit(pull.head.sha)?,
            base_branch: pull.base.as_ref().and_then(|base| base.branch.clone()),
            base: pull.base.map(|base| commit(base.sha)).transpose()?,
        }),
        None => Ok(Event::None { reason: "the event is about no pull request".into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

    fn run(fields: &str) -> String {
        format!(
            r#"{{"action": "completed", "workflow_run": {{"id": 7, "head_sha": "{HEAD}", "pull_requests": [], {fields}}}}}"#
        )
    }

    #[test]
    fn a_pull_request_is_found_in_its_events() {
        let text = format!(
            r#"{{"action": "opened", "number": 5, "pull_request": {{"number": 5, "head": {{"sha": "{HEAD}"}}}}}}"#
        );
        let head = HEAD.parse().unwrap();
        assert_eq!(
            parse_event(&text),
            Ok(Event::PullRequest { number: 5, head, base: None, base_branch: None })
        );
    }

    #[test]
    fn a_workflow_run_says_where_to_look() {
        let text = run(
            r#""event": "pull_request", "run_attempt": 3, "head_branch": "a b", "head_repository": {"owner": {"login": "fork"}}"#,
        );
        let expected = WorkflowRun {
            run: 7,
            attempt: 3,
            head: HEAD.parse().unwrap(),
            head_branch: "a b".into(),
            head_owner: "fork".into(),
            conclusion: None,
        };
        assert_eq!(parse_event(&text), Ok(Event::WorkflowRun(expected)));
    }

    #[test]
    fn other_events_are_about_no_pull_request() {
        let gone = run(r#""event": "pull_request", "head_branch": "b", "head_repository": null"#);
        let push =
            run(r#""event": "push", "head_branch": "b", "head_repository": {"owner": {"login": "o"}}"#);
        for text in
            ["{}", r#"{"ref": "refs/heads/main"}"#, r#"{"merge_group": {"head_sha": ""}}"#, &gone, &push]
        {
            assert!(matches!(parse_event(text), Ok(Event::None { .. })), "{text}");
        }
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        let short = run(
            r#""event": "pull_request", "head_branch": "b", "head_repository": {"owner": {"login": "o"}}"#,
        )
        .replace(HEAD, "main");
        for text in ["", "[]", "<html>", r#"{"pull_request": {"number": -1, "head": {"sha": ""}}}"#, &short] {
            assert!(parse_event(text).is_err(), "{text}");
        }
    }
}
