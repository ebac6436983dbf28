//! Which packages base was built with in other versions than head: `Cargo.lock` of both.

use std::path::Path;

use memgate_report::format::dependency_changes;
use memgate_report::report::DependencyChange;

use super::acceptance::base_of_event;
use super::project::Project;
use crate::ci::CiService;
use crate::git::{BaseRevision, Repository, file_at, find_base, last_change_of};
use crate::store::BASELINES_FOLDER;

const LOCK_FILE: &str = "Cargo.lock";

/// What changed since the revision that the change is based on; without one, since the commit that last wrote the baselines.
/// Nothing where that can't be told: it adds to what is said, and decides nothing.
pub(crate) fn changed_dependencies(
    project: &Project,
    base: Option<&str>,
    service: Option<&dyn CiService>,
) -> Vec<DependencyChange> {
    let root = project.workspace.root();
    let locked = || {
        let repository = Repository::of_workspace(root).ok()?;
        let wanted = match base {
            Some(revision) => Some(BaseRevision::Named(revision.to_owned())),
            None => service.and_then(|service| base_of_event(service).ok().flatten()),
        };
        let commit = match wanted {
            Some(wanted) => find_base(&repository, &wanted).ok()?,
            None => last_change_of(&repository, BASELINES_FOLDER).ok().flatten()?,
        };
        String::from_utf8(file_at(&repository, commit, LOCK_FILE).ok().flatten()?).ok()
    };
    locked().map(|base| dependency_changes(&base, &lock_file(root))).unwrap_or_default()
}

/// What differs between two folders of a workspace.
pub(crate) fn changed_between(base: &Path, head: &Path) -> Vec<DependencyChange> {
    dependency_changes(&lock_file(base), &lock_file(head))
}

/// Nothing where there is none.
fn lock_file(root: &Path) -> String {
    std::fs::read_to_string(root.join(LOCK_FILE)).unwrap_or_default()
}
