//! `--base`: what a change asks its reviewers to accept.

use git2::Oid;

use super::comment::read_event;
use super::flow::Project;
use crate::acceptance::{Acceptance, accepted_changes, loosened_rules};
use crate::actions::ActionsEnvironment;
use crate::comment::Event;
use crate::config::{CONFIG_FILE, parse_config};
use crate::error::Error;
use crate::git::{BaseRevision, GitError, Repository, file_at, files_below, find_base};
use crate::model::BenchmarkId;
use crate::report::{Notice, NoticeKind, Report};
use crate::store::{BASELINES_FOLDER, baselines_among};

/// What this change accepts.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Review")]
pub(super) struct AcceptanceArguments {
    /// Show what the baselines and the configuration accept that those of this revision did not [default in GitHub
    /// Actions: what the pull request is based on]
    #[arg(long, value_name = "REVISION")]
    base: Option<String>,
}

/// Adds what the change asks its reviewers to accept to a report. In CI a base that can't be read is said in the report,
/// since the verdict holds without it; who names one wants to see it.
pub(super) fn add_acceptance(
    report: &mut Report,
    arguments: &AcceptanceArguments,
    project: &Project,
    actions: Option<&ActionsEnvironment>,
) -> Result<(), Error> {
    let wanted = match (&arguments.base, actions) {
        (Some(revision), _) => Some(BaseRevision::Named(revision.clone())),
        (None, Some(actions)) => base_of_event(actions)?,
        (None, None) => None,
    };
    let Some(wanted) = wanted else { return Ok(()) };
    match acceptance(project, &wanted) {
        Ok(acceptance) => report.acceptance = Some(Box::new(acceptance)),
        Err(problem) if arguments.base.is_some() => return Err(problem),
        Err(problem) => report.notices.push(Notice {
            kind: NoticeKind::NoAcceptance,
            text: format!("what this change raises in the baselines can't be shown: {problem}"),
        }),
    }
    Ok(())
}

fn base_of_event(actions: &ActionsEnvironment) -> Result<Option<BaseRevision>, Error> {
    let Some(path) = &actions.event else { return Ok(None) };
    Ok(match read_event(path)? {
        Event::PullRequest { head, base: Some(base), .. } => {
            Some(BaseRevision::PullRequest { head: head.to_string(), base: base.to_string() })
        }
        Event::MergeGroup { base } => Some(BaseRevision::Named(base.to_string())),
        Event::PullRequest { base: None, .. } | Event::WorkflowRun(_) | Event::None { .. } => None,
    })
}

fn acceptance(project: &Project, wanted: &BaseRevision) -> Result<Acceptance, Error> {
    const SHORT_ID: usize = 12;
    let repository = Repository::of_workspace(project.workspace.root())?;
    let commit = find_base(&repository, wanted)?;
    let base = baselines_among(files_below(&repository, commit, BASELINES_FOLDER)?)?;
    let mut acceptance = accepted_changes(&base, &project.baselines, &project.config.policy);
    acceptance.base = commit.to_string().chars().take(SHORT_ID).collect();
    match config_at(&repository, commit)? {
        Ok(config) => {
            let ids: Vec<BenchmarkId> = base
                .iter()
                .flat_map(|(key, baseline)| {
                    let names = baseline.benchmarks.keys();
                    names.map(|name| BenchmarkId::new(&*key.package, &*key.bench_target, &**name))
                })
                .collect();
            let unique: std::collections::BTreeSet<&BenchmarkId> = ids.iter().collect();
            acceptance.notes.extend(loosened_rules(&config, &project.config, unique));
        }
        Err(problem) => {
            acceptance.notes.push(format!("{CONFIG_FILE} of {} can't be read: {problem}", acceptance.base));
        }
    }
    Ok(acceptance)
}

/// The configuration of a commit; the defaults when it has none.
fn config_at(
    repository: &Repository,
    commit: Oid,
) -> Result<Result<crate::config::Config, String>, GitError> {
    let Some(bytes) = file_at(repository, commit, CONFIG_FILE)? else {
        return Ok(Ok(crate::config::Config::default()));
    };
    let parsed = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned());
    Ok(parsed.and_then(|text| parse_config(&text).map_err(|problem| problem.to_string())))
}
