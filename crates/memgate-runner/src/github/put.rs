//! A comment is put on pull requests.

use http::Method;
use memgate_report::comment::{
    CommentRequest, CommitId, Decision, ExistingComment, Identity, Marker, Occasion, Subject, candidates,
    decide, doubt, parse_marker,
};
use serde_json::json;

use super::answer::Fault;
use super::client::Client;
use super::identity::identity;
use super::patience::Patience;
use super::proxy::ProxyVariables;
use super::pulls::{PullState, pulls_of, state_of};
use super::resources::{CommentRow, WrittenCommentRow};
use super::token::Token;
use crate::comment::{CommentError, Forge, Placement, Put};

/// How to reach GitHub.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// The address of the API, as in `GITHUB_API_URL`.
    pub api_url: String,
    /// Who asks.
    pub token: Token,
    /// What is set about proxies.
    pub proxies: ProxyVariables,
    /// How often and how long to try.
    pub patience: Patience,
}

impl Forge for Connection {
    fn put_comment(&self, request: &CommentRequest<'_>) -> Result<Vec<Placement>, CommentError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| CommentError::Setup { problem: error.to_string() })?;
        runtime.block_on(put_on_all(self.clone(), request))
    }
}

async fn put_on_all(
    connection: Connection,
    request: &CommentRequest<'_>,
) -> Result<Vec<Placement>, CommentError> {
    let Connection { api_url, token, proxies, patience } = connection;
    let client = Client::new(&api_url, token, &proxies, patience)?;
    let mut session = Session { client, identity: None, request };
    let (numbers, head) = match &request.subject {
        Subject::PullRequest { number, head, .. } => (vec![*number], head.clone()),
        Subject::WorkflowRun(run) => {
            (pulls_of(&mut session.client, &request.repository, run).await?, Some(run.head.clone()))
        }
    };
    let candidates = candidates(numbers, request.measured.as_ref());
    let mut placements = Vec::new();
    for number in candidates.iter().copied() {
        placements.push((number, session.put(number, head.as_ref(), &candidates).await));
    }
    Ok(placements)
}

struct Session<'a> {
    client: Client,
    identity: Option<Identity>,
    request: &'a CommentRequest<'a>,
}

impl Session<'_> {
    async fn put(
        &mut self,
        number: u64,
        measured: Option<&CommitId>,
        candidates: &[u64],
    ) -> Result<Put, CommentError> {
        let repository = &self.request.repository;
        let PullState { head, mut base_branch } = state_of(&mut self.client, repository, number).await?;
        let measured = measured.cloned().unwrap_or_else(|| head.clone());
        if head != measured {
            return Ok(Put::MovedOn { measured, head });
        }
        let (mut tries, mut is_created) = (0, false);
        loop {
            let comments = self.comments(number).await?;
            let doubt = || doubt(number, base_branch.as_deref(), self.request.measured.as_ref(), candidates);
            let is_clean = self.request.is_clean && doubt().is_none();
            let decision = self.decide(&comments, is_clean).await?;
            match &decision {
                Decision::Nothing => return Ok(Put::NothingToSay),
                Decision::Newer { run, delete } if delete.is_empty() => return Ok(Put::Newer(*run)),
                // The list may not show yet what was just written.
                Decision::Create if is_created => return Ok(Put::Created),
                _ => {}
            }
            let PullState { head, base_branch: base_now } =
                state_of(&mut self.client, repository, number).await?;
            if head != measured {
                return Ok(Put::MovedOn { measured, head });
            }
            base_branch = base_now;
            let body = self.body(number, &measured, base_branch.as_deref(), candidates);
            tries += 1;
            match self.carry_out(number, &decision, &comments, &body).await {
                // Another run may have written one at the same moment; whoever comes last tidies up.
                Ok((Put::Created, author)) => {
                    is_created = true;
                    self.learn(author);
                }
                Ok((Put::Updated, _)) if is_created => return Ok(Put::Created),
                Ok((put, _)) => return Ok(put),
                Err(fault) => self.client.pause(fault, tries).await?,
            }
        }
    }

    fn body(
        &self,
        number: u64,
        measured: &CommitId,
        base_branch: Option<&str>,
        candidates: &[u64],
    ) -> String {
        let CommentRequest { key, run, measured: reported, render, .. } = self.request;
        let marker = Marker { key: key.clone(), head: measured.clone(), run: *run };
        let doubt = doubt(number, base_branch, reported.as_ref(), candidates);
        // What the report says alone is not shown as what is so.
        let confirmed = base_branch.filter(|_| reported.is_some() && doubt.is_none());
        format!("{marker}\n{}", render(measured, confirmed, doubt))
    }

    /// Takes whoever is the author of what was just written for us. Where a server says so nowhere else, that is how the next
    /// listing finds what earlier runs wrote.
    fn learn(&mut self, author: Option<String>) {
        if let Some(login) = author {
            self.identity = Some(Identity { login });
        }
    }

    /// The comments that have our marker, whoever wrote them.
    async fn comments(&mut self, number: u64) -> Result<Vec<ExistingComment>, CommentError> {
        let CommentRequest { repository, key, .. } = self.request;
        let resource = format!("/repos/{repository}/issues/{number}/comments?per_page=100");
        let with_marker = |row: CommentRow| {
            let comment = ExistingComment::from(row);
            parse_marker(&comment.body).is_some_and(|marker| marker.key == *key).then_some(comment)
        };
        self.client.list(&resource, "read the comments", with_marker).await
    }

    async fn decide(
        &mut self,
        comments: &[ExistingComment],
        is_clean: bool,
    ) -> Result<Decision, CommentError> {
        let CommentRequest { key, run, wish, .. } = self.request;
        if !comments.is_empty() && self.identity.is_none() {
            self.identity = Some(identity(&mut self.client, comments).await?);
        }
        // With no comments it does not matter who we are.
        let nobody = Identity { login: String::new() };
        let identity = self.identity.as_ref().unwrap_or(&nobody);
        Ok(decide(Occasion { key, run: *run, is_clean, wish: *wish }, identity, comments))
    }

    async fn carry_out(
        &self,
        number: u64,
        decision: &Decision,
        comments: &[ExistingComment],
        body: &str,
    ) -> Result<(Put, Option<String>), Fault> {
        let repository = &self.request.repository;
        let comment = |id: u64| format!("/repos/{repository}/issues/comments/{id}");
        let text = json!({ "body": body });
        let (delete, put) = match decision {
            Decision::Create => {
                let resource = format!("/repos/{repository}/issues/{number}/comments");
                let answer = self.client.write(Method::POST, &resource, Some(&text), "comment").await?;
                let written = serde_json::from_slice::<WrittenCommentRow>(&answer).ok();
                let author = written.and_then(|written| written.user).map(|user| user.login);
                return Ok((Put::Created, author));
            }
            Decision::Update { id, delete } => {
                let is_same = comments.iter().any(|comment| comment.id == *id && comment.body == body);
                if !is_same {
                    let comment = comment(*id);
                    let written =
                        self.client.write(Method::PATCH, &comment, Some(&text), "write its comment");
                    written.await.map_err(looked_at_again)?;
                }
                (delete.as_slice(), Put::Updated)
            }
            Decision::Delete { delete } => (delete.as_slice(), Put::Deleted),
            Decision::Newer { run, delete } => (delete.as_slice(), Put::Newer(*run)),
            Decision::Nothing => (&[][..], Put::NothingToSay),
        };
        for id in delete {
            match self.client.write(Method::DELETE, &comment(*id), None::<&()>, "delete its comment").await {
                // Somebody else was quicker.
                Ok(_) | Err(Fault::Lasting(CommentError::NotFound { .. })) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok((put, None))
    }
}

/// A comment that was listed and is not there any more was deleted in between: that is no lasting failure.
fn looked_at_again(fault: Fault) -> Fault {
    match fault {
        Fault::Lasting(error @ CommentError::NotFound { .. }) => Fault::Passing { error, wait: None },
        fault => fault,
    }
}
