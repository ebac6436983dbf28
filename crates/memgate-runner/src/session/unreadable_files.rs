//! Committed files that no verdict depends on, and that can't be read.

use std::path::MAIN_SEPARATOR;

use memgate_report::report::{Notice, NoticeKind};

use super::project::Project;
use crate::store::StoreError;

/// A notice of each file of call sites, on whatever target, and of the file of renames, that can't be read.
///
/// No number is in them, so what is measured is as green or red as it was. But a merge conflict in them should not be merged, and the
/// next who is red would miss the call sites.
///
/// # Errors
/// When a folder can't be read.
pub(crate) fn unreadable_files(project: &Project) -> Result<Vec<Notice>, StoreError> {
    let mut problems: Vec<StoreError> = Vec::new();
    for key in project.store.keys()? {
        problems.extend(project.store.load_sites(&key).err());
    }
    problems.extend(project.store.load_renames().err());
    let notice = |problem| Notice { kind: NoticeKind::UnreadableFile, text: in_project(project, &problem) };
    Ok(problems.into_iter().map(notice).collect())
}

/// The error with paths from the project's root, as a report has them.
fn in_project(project: &Project, problem: &StoreError) -> String {
    let root = format!("{}{MAIN_SEPARATOR}", project.workspace.root().display());
    problem.to_string().replace(&root, "")
}
