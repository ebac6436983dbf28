//! What a change asks its reviewers to accept.

use std::collections::BTreeSet;
use std::path::Path;

use memgate_report::acceptance::{accepted_changes, add_accepted_snapshots, loosened_rules};
use memgate_report::comment::Event;
use memgate_report::config::{Config, parse_config};
use memgate_report::history::{FollowedRename, followed_baselines, positions_of_renames};
use memgate_report::model::BenchmarkId;
use memgate_report::report::{Acceptance, MeasuredPullRequest, Notice, NoticeKind, Report};

use super::command_definitions::find_packages;
use super::project::Project;
use crate::ci::CiService;
use crate::config::CONFIG_FILE;
use crate::error::Error;
use crate::git::{BaseRevision, Oid, Repository, file_at, files_below, find_base, short};
use crate::store::{BASELINES_FOLDER, RENAMES_FILE, baselines_among, renames_of, snapshots_among};

/// What the change asks its reviewers to accept, or a word on why that can't be shown; empty when nobody asked.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    acceptance: Option<Acceptance>,
    notice: Option<Notice>,
}

impl Accepted {
    pub(crate) fn add_to(self, report: &mut Report) {
        report.acceptance = self.acceptance.map(Box::new);
        report.notices.extend(self.notice);
    }
}

/// What the change asks its reviewers to accept. In CI a base that can't be read is said in the report, since the verdict
/// holds without it; who names one wants to see it.
pub(crate) fn accepted_by_change(
    base: Option<&str>,
    project: &Project,
    service: Option<&dyn CiService>,
) -> Result<Accepted, Error> {
    let found = match (base, service) {
        (Some(revision), _) => {
            return acceptance(project, &BaseRevision::Named(revision.to_owned())).map(Accepted::of);
        }
        (None, Some(service)) => {
            base_of_event(service).and_then(|base| base.map(|base| acceptance(project, &base)).transpose())
        }
        (None, None) => Ok(None),
    };
    Ok(match found {
        Ok(acceptance) => Accepted { acceptance, notice: None },
        Err(problem) => {
            let text = format!("what this change raises in the baselines can't be shown: {problem}");
            Accepted { acceptance: None, notice: Some(Notice { kind: NoticeKind::NoAcceptance, text }) }
        }
    })
}

impl Accepted {
    fn of(acceptance: Acceptance) -> Self {
        Self { acceptance: Some(acceptance), notice: None }
    }
}

/// The pull request that this job runs for. That an event can't be read is said where its base is wanted.
pub(crate) fn pull_request_of_event(service: &dyn CiService) -> Option<MeasuredPullRequest> {
    match service.event() {
        Ok(Some(Event::PullRequest { number, base_branch: Some(base_branch), .. })) => {
            Some(MeasuredPullRequest { number, base_branch })
        }
        _ => None,
    }
}

/// The revision that the change of this job is based on; none when it runs for no change.
pub(super) fn base_of_event(service: &dyn CiService) -> Result<Option<BaseRevision>, Error> {
    Ok(match service.event()? {
        Some(Event::PullRequest { head, base: Some(base), .. }) => {
            Some(BaseRevision::PullRequest { head: head.to_string(), base: base.to_string() })
        }
        Some(Event::MergeGroup { base }) => Some(BaseRevision::Named(base.to_string())),
        Some(Event::PullRequest { base: None, .. } | Event::WorkflowRun(_) | Event::None { .. }) | None => {
            None
        }
    })
}

fn acceptance(project: &Project, wanted: &BaseRevision) -> Result<Acceptance, Error> {
    let repository = Repository::of_workspace(project.workspace.root())?;
    let commit = find_base(&repository, wanted)?;
    let files = files_below(&repository, commit, BASELINES_FOLDER)?;
    let base_snapshots = snapshots_among(files.iter().cloned())?;
    let base = baselines_among(files)?;
    let renames = renames_since(project, &repository, commit)?;
    let notes =
        renames.iter().map(|followed| format!("renamed: {} → {}", followed.rename.from, followed.rename.to));
    let notes: Vec<String> = notes.collect();
    let base = followed_baselines(0, base, &renames);
    let mut acceptance = accepted_changes(&base, &project.baselines, &project.config.policy);
    add_accepted_snapshots(&mut acceptance, &base_snapshots, &project.store.load_snapshots()?);
    acceptance.base = short(commit);
    acceptance.notes.extend(notes);
    let text = file_at(&repository, commit, CONFIG_FILE)?;
    match text.map_or_else(|| Ok(Config::default()), config_of) {
        Ok(mut config) => {
            // What is gone meanwhile has no package any more, and nothing to be loosened.
            drop(find_packages(&mut config, &project.workspace));
            let ids: BTreeSet<BenchmarkId> = base
                .iter()
                .flat_map(|(key, baseline)| {
                    let names = baseline.benchmarks.keys();
                    names.map(|name| BenchmarkId::new(&*key.package, &*key.bench_target, &**name))
                })
                .collect();
            acceptance.notes.extend(loosened_rules(&config, &project.config, &ids));
        }
        Err(problem) => {
            acceptance.notes.push(format!("{CONFIG_FILE} of {} can't be read: {problem}", acceptance.base));
        }
    }
    Ok(acceptance)
}

/// The renames that a commit has not. What is only called otherwise is neither dropped nor added.
fn renames_since(
    project: &Project,
    repository: &Repository,
    commit: Oid,
) -> Result<Vec<FollowedRename>, Error> {
    let before = file_at(repository, commit, RENAMES_FILE)?;
    let before =
        before.map_or_else(|| Ok(Vec::new()), |bytes| renames_of(Path::new(RENAMES_FILE), &bytes))?;
    let now = project.store.load_renames()?;
    let files = [(0, before), (1, now.clone())];
    Ok(positions_of_renames(now, &files))
}

/// The configuration in a file of a commit.
fn config_of(bytes: Vec<u8>) -> Result<Config, String> {
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    parse_config(&text).map_err(|problem| problem.to_string())
}
