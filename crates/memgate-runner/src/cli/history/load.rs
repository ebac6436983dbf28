//! From the archive to series.

use std::collections::HashSet;

use memgate_report::format::FormatError;
use memgate_report::history::{
    Acceptances, FollowedRename, Note, ShownCommit, Timeline, followed_baselines, followed_records,
    positions_of_renames, timeline,
};
use memgate_report::model::Rename;

use super::arguments::{HistoryFormat, SeriesArguments};
use crate::console::Console;
use crate::error::Error;
use crate::git::{
    CommitSummary, NOTES_REFERENCE, Notes, Repository, file_at, files_below, first_parents, folder_id, short,
};
use crate::store::{BASELINES_FOLDER, RENAMES_FILE, baselines_among, renames_of};

/// The series of a history, and what is to be said about how it was read.
pub(super) struct Loaded {
    pub(super) repository: Repository,
    /// The commits of the history, oldest first: positions are places in it.
    pub(super) commits: Vec<CommitSummary>,
    pub(super) timeline: Timeline,
    /// How many of the commits have a record.
    pub(super) recorded: usize,
    /// What could not be read or is odd, for people.
    warnings: Vec<String>,
    /// How many records were written by a newer memgate.
    pub(super) newer: usize,
    /// Whether the clone is shallow, so that there is more that is not here.
    pub(super) is_cut: bool,
}

pub(super) fn load(arguments: &SeriesArguments) -> Result<Loaded, Error> {
    let selection = arguments.selection()?;
    let repository = arguments.place.repository()?;
    let history = first_parents(&repository, &arguments.revision, arguments.last)?;
    let notes = Notes::read(&repository, NOTES_REFERENCE)?;
    let mut warnings = Vec::new();
    let (mut newer, mut garbage) = (0, Vec::new());
    let mut records = Vec::new();
    for (position, commit) in history.commits.iter().enumerate() {
        let text = match notes.text(commit.commit) {
            Ok(text) => text.unwrap_or_default(),
            Err(error) => {
                warnings.push(error.to_string());
                continue;
            }
        };
        let contents = Note::of_text(&text).contents();
        for problem in contents.problems {
            match problem {
                FormatError::Newer { .. } => newer += 1,
                problem => garbage.push(format!("{}: {problem}", short(commit.commit))),
            }
        }
        if !contents.records.is_empty() {
            records.push((position, contents.records));
        }
    }
    if newer > 0 {
        warnings
            .push(format!("records from a newer memgate are left out: {newer}; update memgate to read them"));
    }
    if let Some(first) = garbage.first() {
        warnings.push(format!(
            "lines of notes that are no records are left out: {}, such as {first}; `history prune --garbage` drops them",
            garbage.len()
        ));
    }
    let here: HashSet<_> = history.commits.iter().map(|commit| commit.commit).collect();
    let elsewhere = notes.commits().filter(|id| !here.contains(id)).count();
    if elsewhere > 0 {
        warnings.push(format!(
            "commits with notes that are not among the newest {} of this history, first parent after first parent: {elsewhere} \
             (beyond --last, merged branches, or rewritten history)",
            history.commits.len()
        ));
    }
    if history.is_cut {
        warnings.push(
            "the clone is shallow, so the history is cut short; fetch the rest (`git fetch --unshallow`)"
                .to_owned(),
        );
    }
    let recorded = records.len();
    let renames = match renames_in_history(&repository, &history.commits) {
        Ok(renames) => renames,
        Err(problem) => {
            warnings
                .push(format!("benchmarks are not followed under the names that they had before: {problem}"));
            Vec::new()
        }
    };
    followed_records(&mut records, &renames);
    let mut timeline = timeline(records, &selection);
    timeline.renames = renames;
    if let Some(first) = timeline.conflicts.first() {
        let values: Vec<String> = first.values.iter().map(ToString::to_string).collect();
        let commit =
            history.commits.get(first.position).map(|commit| short(commit.commit)).unwrap_or_default();
        warnings.push(format!(
            "values that were recorded more than once and differ: {}, such as {} {} at {commit} ({}); the middle one counts, the lower of two",
            timeline.conflicts.len(),
            first.key.id,
            first.key.metric,
            values.join(", ")
        ));
    }
    Ok(Loaded {
        repository,
        commits: history.commits,
        timeline,
        recorded,
        warnings,
        newer,
        is_cut: history.is_cut,
    })
}

/// The renames of the newest commit, each with the commit at which it came.
fn renames_in_history(
    repository: &Repository,
    commits: &[CommitSummary],
) -> Result<Vec<FollowedRename>, Error> {
    let read = |commit: &CommitSummary| -> Result<Option<Vec<u8>>, Error> {
        Ok(file_at(repository, commit.commit, RENAMES_FILE)?)
    };
    let parsed = |bytes: &[u8]| renames_of(std::path::Path::new(RENAMES_FILE), bytes);
    let Some(newest) = commits.last() else { return Ok(Vec::new()) };
    let Some(bytes) = read(newest)? else { return Ok(Vec::new()) };
    let renames = parsed(&bytes)?;
    let mut files: Vec<(usize, Vec<Rename>)> = Vec::new();
    let mut before = None;
    for (position, commit) in commits.iter().enumerate() {
        let bytes = read(commit)?;
        if bytes == before {
            continue;
        }
        // One that can't be read any more says nothing, and the next one does.
        files.extend(bytes.as_deref().and_then(|bytes| Some((position, parsed(bytes).ok()?))));
        before = bytes;
    }
    Ok(positions_of_renames(renames, &files))
}

impl Loaded {
    /// Says what is doubtful about what was read.
    pub(super) fn say_warnings(&self, console: &Console) {
        for warning in &self.warnings {
            console.say(&format!("warning: {warning}"));
        }
    }

    /// What to say when there is no series to show.
    pub(super) fn nothing(&self, arguments: &SeriesArguments, command: &str) -> String {
        if self.recorded > 0 {
            return format!(
                "nothing that is recorded in the history of {} is selected by these filters; `{command} history show -v` shows \
                 all of it",
                arguments.revision
            );
        }
        format!(
            "nothing is recorded in the history of {}; `{command} history record` records, and \
             `git fetch origin {reference}:{reference}` fetches what others recorded",
            arguments.revision,
            reference = NOTES_REFERENCE
        )
    }

    /// The commits as they are shown.
    pub(super) fn shown_commits(&self, format: HistoryFormat) -> Vec<ShownCommit> {
        let id = |commit: git2::Oid| match format {
            HistoryFormat::Terminal => short(commit),
            HistoryFormat::Json => commit.to_string(),
        };
        let shown =
            |commit: &CommitSummary| ShownCommit { id: id(commit.commit), subject: commit.subject.clone() };
        self.commits.iter().map(shown).collect()
    }

    /// When the committed baselines changed. Those that can't be read are those of the commit before.
    pub(super) fn acceptances(&mut self) -> Result<Acceptances, Error> {
        let mut acceptances = Acceptances::default();
        let mut before = None;
        let mut unreadable: Vec<String> = Vec::new();
        for (position, commit) in self.commits.iter().enumerate() {
            let folder = folder_id(&self.repository, commit.commit, BASELINES_FOLDER)?;
            if folder == before {
                continue;
            }
            before = folder;
            match baselines_among(files_below(&self.repository, commit.commit, BASELINES_FOLDER)?) {
                Ok(baselines) => {
                    acceptances
                        .see(position, followed_baselines(position, baselines, &self.timeline.renames));
                }
                Err(problem) => unreadable.push(format!("{}: {problem}", short(commit.commit))),
            }
        }
        if let Some(first) = unreadable.first() {
            let count = unreadable.len();
            self.warnings.push(format!("commits whose baselines can't be read: {count}, such as {first}"));
        }
        Ok(acceptances)
    }
}
