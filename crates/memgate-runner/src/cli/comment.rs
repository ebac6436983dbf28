//! `comment`: put a report on its pull request.

use std::collections::BTreeSet;
use std::path::PathBuf;

use memgate_report::comment::{
    CommentContext, CommentKey, CommentRequest, CommitId, Doubt, Event, Marker, Repository, RunAttempt,
    Subject, Wish, is_clean, render_body,
};
use memgate_report::report::MeasuredPullRequest;

use super::comment_arguments::{CommentArguments, variable};
use super::output::write_stdout;
use crate::ci::read_event;
use crate::comment::{Intake, lacks, read_reports};
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::store::BaselineStore;

pub(super) fn comment(arguments: &CommentArguments, command: &str) -> Result<ExitCode, Error> {
    let intake = read_reports(&arguments.files);
    let result = comment_on(&intake, arguments, command);
    // What could be used is in the comment, which says what could not.
    if result.is_ok() && !intake.rejected.is_empty() {
        return Err(Error::Rejected(intake.rejected));
    }
    result
}

fn comment_on(intake: &Intake, arguments: &CommentArguments, command: &str) -> Result<ExitCode, Error> {
    let report = &intake.report;
    let expected = match &arguments.baselines {
        Some(folder) => {
            let keys = BaselineStore::new(folder).keys()?;
            if keys.is_empty() {
                let folder = folder.display();
                Console::new(false)
                    .say(&format!("warning: there are no baselines in {folder}; no target is missed"));
            }
            keys
        }
        None => BTreeSet::new(),
    };
    let lacking = |conclusion| lacks(intake, &arguments.files, conclusion, &expected);
    if arguments.dry_run && arguments.pr.is_none() && event_path(arguments).is_none() {
        let lacks = lacking(None);
        let context = CommentContext { command: command.to_owned(), lacks, ..CommentContext::default() };
        write_stdout(&render_body(report, &context))?;
        return Ok(ExitCode::Passed);
    }
    let subject = match subject(arguments)? {
        Ok(subject) => subject,
        Err(reason) => {
            write_stdout(&format!("nothing to comment on: {reason}\n"))?;
            return Ok(ExitCode::Passed);
        }
    };
    let (run, head) = match &subject {
        Subject::WorkflowRun(run) => {
            (RunAttempt { run: run.run, attempt: run.attempt }, Some(run.head.clone()))
        }
        Subject::PullRequest { head, .. } => (run_of_variables()?, head.clone()),
    };
    let measured = match &subject {
        // The event is GitHub's own.
        Subject::PullRequest { number, base_branch: Some(base_branch), .. } => {
            Some(MeasuredPullRequest { number: *number, base_branch: base_branch.clone() })
        }
        Subject::PullRequest { .. } | Subject::WorkflowRun(_) => report.pull_request.clone(),
    };
    let lacks = lacking(match &subject {
        Subject::WorkflowRun(run) => run.conclusion,
        Subject::PullRequest { .. } => None,
    });
    let repository = repository(arguments);
    let run_url = repository.as_ref().ok().and_then(|repository| run_url(repository, run));
    let render = |head: Option<&CommitId>, base_branch: Option<&str>, doubt: Option<Doubt>| {
        let context = CommentContext {
            command: command.to_owned(),
            head_sha: head.map(ToString::to_string),
            run_url: run_url.clone(),
            base_branch: base_branch.map(str::to_owned),
            doubt,
            lacks: lacks.clone(),
        };
        render_body(report, &context)
    };
    if arguments.dry_run {
        return dry_run(&arguments.key, run, head, |head| render(head, None, None));
    }
    let request = CommentRequest {
        repository: repository?,
        subject,
        key: arguments.key.clone(),
        run,
        wish: Wish {
            only_on_change: arguments.only_on_change,
            delete_when_clean: arguments.delete_when_clean,
            only_update: !intake.has_report(),
        },
        is_clean: is_clean(report) && lacks.is_empty(),
        measured,
        render: &|head, base_branch, doubt| render(Some(head), base_branch, doubt),
    };
    publish(&request, arguments)
}

#[cfg(feature = "github")]
fn publish(request: &CommentRequest<'_>, arguments: &CommentArguments) -> Result<ExitCode, Error> {
    super::comment_github::publish(request, arguments)
}

/// What a tool without an HTTP client can do.
#[cfg(not(feature = "github"))]
fn publish(_: &CommentRequest<'_>, _: &CommentArguments) -> Result<ExitCode, Error> {
    Err(Error::Usage(
        "this memgate was built without the feature `github`, which `comment` needs; run `cargo install memgate-runner \
         --features github` and `cargo memgate comment …`, or, in a project with an xtask, `cargo run --package xtask \
         --features memgate-runner/github -- memgate comment …`"
            .into(),
    ))
}

fn dry_run(
    key: &CommentKey,
    run: RunAttempt,
    head: Option<CommitId>,
    render: impl Fn(Option<&CommitId>) -> String,
) -> Result<ExitCode, Error> {
    let body = render(head.as_ref());
    // With --pr, only GitHub knows the head; and the marker is hidden anyway.
    let marker = head.map(|head| format!("{}\n", Marker { key: key.clone(), head, run }));
    write_stdout(&format!("{}{body}", marker.unwrap_or_default()))?;
    Ok(ExitCode::Passed)
}

fn event_path(arguments: &CommentArguments) -> Option<PathBuf> {
    arguments.event.clone().or_else(|| variable("GITHUB_EVENT_PATH").map(PathBuf::from))
}

/// The pull request, or why there is none.
fn subject(arguments: &CommentArguments) -> Result<Result<Subject, String>, Error> {
    if let Some(number) = arguments.pr {
        return Ok(Ok(Subject::PullRequest { number, head: None, base_branch: None }));
    }
    let path = event_path(arguments).ok_or_else(|| {
        Error::Usage(
            "which pull request? Give --pr N, or --event PATH where GITHUB_EVENT_PATH is not set".into(),
        )
    })?;
    Ok(match read_event(&path)? {
        Event::PullRequest { number, head, base: _, base_branch } => {
            Ok(Subject::PullRequest { number, head: Some(head), base_branch })
        }
        Event::WorkflowRun(run) => Ok(Subject::WorkflowRun(run)),
        Event::MergeGroup { .. } => Err("the event is about the merge queue, and no pull request".to_owned()),
        Event::None { reason } => Err(reason),
    })
}

fn repository(arguments: &CommentArguments) -> Result<Repository, Error> {
    if let Some(repository) = &arguments.repo {
        return Ok(repository.clone());
    }
    let name = variable("GITHUB_REPOSITORY").ok_or_else(|| {
        Error::Usage("which repository? Give --repo OWNER/NAME where GITHUB_REPOSITORY is not set".into())
    })?;
    name.parse().map_err(|error| Error::Usage(format!("GITHUB_REPOSITORY is `{name}`: {error}")))
}

/// This workflow's own run; none outside of GitHub Actions.
fn run_of_variables() -> Result<RunAttempt, Error> {
    fn number<T: std::str::FromStr + Default>(name: &'static str) -> Result<T, Error> {
        variable(name).map_or(Ok(T::default()), |text| {
            text.parse().map_err(|_| Error::Usage(format!("{name} is `{text}`, and no number")))
        })
    }
    Ok(RunAttempt { run: number("GITHUB_RUN_ID")?, attempt: number("GITHUB_RUN_ATTEMPT")? })
}

fn run_url(repository: &Repository, run: RunAttempt) -> Option<String> {
    let server = variable("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".into());
    let server = server.trim_end_matches('/');
    let RunAttempt { run, attempt } = run;
    (run > 0).then(|| format!("{server}/{repository}/actions/runs/{run}/attempts/{}", attempt.max(1)))
}
