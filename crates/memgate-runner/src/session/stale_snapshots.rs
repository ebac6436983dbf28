//! Committed numbers of tests that are gone.

use std::collections::BTreeMap;

use memgate_protocol::snapshots::{SnapshotFile, quoted};
use memgate_report::model::{Selection, SnapshotKey};
use memgate_report::report::{Notice, NoticeKind};
use memgate_report::text::Noun;

use super::project::{Measured, Project};
use crate::console::Console;
use crate::error::Error;
use crate::process::Interrupt;

/// More ids than this are not named of one file.
const MOST_IDS: usize = 5;

/// The committed numbers of tests that are gone, by the files that they are in.
#[derive(Debug, Default)]
pub(crate) struct StaleSnapshots {
    /// Whether any were looked at.
    has_any: bool,
    ids: BTreeMap<SnapshotKey, Vec<String>>,
}

impl StaleSnapshots {
    /// Looks for them in the packages that are selected, and nowhere when single benchmarks are. Tests are not run for that: one is
    /// gone when its package is, or when its id stands between quotation marks in no source and no document of the workspace.
    ///
    /// # Errors
    /// When a file can't be read.
    pub(crate) fn find(project: &Project, selection: &Selection) -> Result<Self, Error> {
        let mut stale = Self::default();
        if !selection.is_whole_targets() || !selection.bench_targets.is_empty() {
            return Ok(stale);
        }
        let snapshots = project.store.load_snapshots()?;
        // Most projects have none, and pay for no look at their sources.
        if snapshots.is_empty() {
            return Ok(stale);
        }
        let (texts, members) = (project.workspace.source_texts(), project.workspace.packages());
        for (key, file) in snapshots {
            if !selection.packages.is_empty() && !selection.packages.contains(&key.package) {
                continue;
            }
            stale.has_any = true;
            let is_member = members.contains_key(&key.package);
            let mut ids: Vec<String> = file.profiles.into_values().flat_map(BTreeMap::into_keys).collect();
            ids.sort();
            ids.dedup();
            ids.retain(|id| !is_member || !texts.may_have(&key.package, &quoted(id)));
            if !ids.is_empty() {
                stale.ids.insert(key, ids);
            }
        }
        Ok(stale)
    }

    /// What was measured. None in a project of tests alone, in which there are numbers to look after all the same.
    ///
    /// # Errors
    /// The one of `measured`, but where it says that there is no benchmark yet, and there are committed numbers of tests.
    pub(crate) fn or_tests_alone(
        &self,
        measured: Result<Measured, Error>,
    ) -> Result<Option<Measured>, Error> {
        match measured {
            Err(Error::NoBenchTarget { is_coverage_gap: false, .. }) if self.has_any => Ok(None),
            measured => measured.map(Some),
        }
    }

    /// What there is to say of them.
    pub(crate) fn notices(&self, project: &Project, command: &str) -> Vec<Notice> {
        let files = self.ids.iter().map(|(key, ids)| {
            let text = format!("{}; `{command} update` removes them", said(project, key, ids));
            Notice { kind: NoticeKind::StaleSnapshot, text }
        });
        files.collect()
    }

    /// Removes them, and says so.
    ///
    /// # Errors
    /// When a file can't be read or written, or the user pressed Ctrl-C.
    pub(crate) fn remove(
        &self,
        project: &Project,
        interrupt: &Interrupt,
        console: &Console,
    ) -> Result<String, Error> {
        let mut words = String::new();
        for (key, ids) in &self.ids {
            let remove = |file: &mut SnapshotFile| {
                file.profiles.values_mut().for_each(|profile| profile.retain(|id, _| !ids.contains(id)));
            };
            if !project.store.change_snapshots(key, interrupt, |text| console.say(text), remove)? {
                return Err(Error::Interrupted);
            }
            words += &format!("{}: removed\n", said(project, key, ids));
        }
        Ok(words)
    }

    /// Says what [`remove`](Self::remove) would remove.
    pub(crate) fn to_remove(&self, project: &Project) -> String {
        self.ids.iter().map(|(key, ids)| format!("{}: would be removed\n", said(project, key, ids))).collect()
    }
}

fn said(project: &Project, key: &SnapshotKey, ids: &[String]) -> String {
    let path = project.store.snapshots_path(key);
    let path = path.strip_prefix(project.workspace.root()).unwrap_or(&path).display();
    let gone = Noun("test that is gone", "tests that are gone").counted(ids.len());
    let mut named: Vec<&str> = ids.iter().take(MOST_IDS).map(String::as_str).collect();
    if ids.len() > MOST_IDS {
        named.push("…");
    }
    format!("{path} has numbers of {gone}: {}", named.join(", "))
}
