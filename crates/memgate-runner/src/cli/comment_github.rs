//! `comment`: what needs GitHub.

use memgate_report::comment::{CommentRequest, RunAttempt, Subject};

use super::comment_arguments::{CommentArguments, variable};
use super::output::write_stdout;
use crate::comment::{CommentError, Forge, Put};
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::github::{Connection, Patience, ProxyVariables, Token};

/// Puts the comment, and says what became of it.
pub(super) fn publish(request: &CommentRequest<'_>, arguments: &CommentArguments) -> Result<ExitCode, Error> {
    match attempt(request, arguments) {
        Err(Error::Comment(error)) if arguments.best_effort => {
            Console::new(false).say(&format!("warning: failed to comment on the pull request: {error}"));
            Ok(ExitCode::Passed)
        }
        result => result,
    }
}

fn attempt(request: &CommentRequest<'_>, arguments: &CommentArguments) -> Result<ExitCode, Error> {
    let defaults = Patience::default();
    let connection = Connection {
        api_url: variable("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".into()),
        token: Token::from_variables(variable)?,
        proxies: ProxyVariables::from_variables(variable),
        patience: Patience {
            second: arguments.test_timing.internal_second.unwrap_or(defaults.second),
            answer_timeout: arguments.test_timing.internal_answer_timeout.unwrap_or(defaults.answer_timeout),
            ..defaults
        },
    };
    let placements = connection.put_comment(request)?;
    let none = match &request.subject {
        Subject::PullRequest { .. } => None,
        Subject::WorkflowRun(run) => Some(format!(
            "nothing to comment on: no open pull request from {}:{} has {} for its head\n",
            run.head_owner,
            run.head_branch.escape_default(),
            run.head.short()
        )),
    };
    let mut text = none.filter(|_| placements.is_empty()).unwrap_or_default();
    let mut first_error: Option<CommentError> = None;
    for (number, result) in placements {
        let place = format!("{}#{number}", request.repository);
        match result {
            Ok(Put::NothingToSay) if request.wish.only_update => {
                text +=
                    &format!("{place}: no comment, since there is no report, and no comment from before\n");
            }
            Ok(put) => text += &format!("{place}: {}\n", said(&put)),
            Err(error) => {
                text += &format!("{place}: failed\n");
                first_error.get_or_insert(error);
            }
        }
    }
    // What was done is said, whatever else was not.
    write_stdout(&text)?;
    first_error.map_or(Ok(ExitCode::Passed), |error| Err(error.into()))
}

fn said(put: &Put) -> String {
    match put {
        Put::Created => "commented".into(),
        Put::Updated => "the comment is up to date".into(),
        Put::Deleted => "the comment is deleted, since there is nothing to say".into(),
        Put::NothingToSay => "no comment, since there is nothing to say".into(),
        Put::Newer(RunAttempt { run, attempt }) => {
            format!("left alone: the comment is from a newer run ({run}, attempt {attempt})")
        }
        Put::MovedOn { measured, head } => {
            format!("left alone: the pull request has moved on from {} to {}", measured.short(), head.short())
        }
    }
}
