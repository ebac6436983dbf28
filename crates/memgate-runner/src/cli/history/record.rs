//! `history record`: put a run into the archive.

use std::collections::BTreeMap;
use std::path::PathBuf;

use memgate_report::format::{parse_history_line, print_history_line};
use memgate_report::history::Note;
use memgate_report::model::{HistoryRecord, Run, SourceRevision, check_complete};
use memgate_report::text::BENCHMARKS;

use crate::cargo::{CargoOptions, Workspace};
use crate::cli::arguments::MeasureArguments;
use crate::cli::output::{say_failures, write_stdout};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{
    GitError, NOTES_REFERENCE, NoteChanges, Oid, Repository, change_notes, changed_files, resolve,
};
use crate::session::{Project, Purpose, read_runs, say_gaps};

/// Measure, or take runs from files, and record them at the commit that is checked out.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RecordArguments {
    #[command(flatten)]
    measure: MeasureArguments,
    /// Take runs that `run` wrote instead of measuring (may be repeated)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    from: Vec<PathBuf>,
    /// The commit that the runs of --from were measured at
    #[arg(long, value_name = "REV", default_value = "HEAD", requires = "from")]
    commit: String,
    /// Record although tracked files differ from the commit, or runs of --from say that they are of another
    #[arg(long)]
    allow_dirty: bool,
}

pub(super) fn record(arguments: &RecordArguments, command: &str) -> Result<ExitCode, Error> {
    let request = arguments.measure.request()?;
    request.refuse_partition(
        "history record",
        "measure the shards with `run --partition`, and give the files of all of them to --from",
    )?;
    let (runs, repository) = if arguments.from.is_empty() {
        let project = Project::load(&request)?;
        let repository = Repository::of_workspace(project.workspace.root())?;
        // Before anything is measured: the numbers would be those of no commit.
        resolve(&repository, &arguments.commit)?;
        refuse_changes(&repository, arguments)?;
        let run = project.measure(&request, Purpose::Verdict, command)?.run;
        refuse_changes(&repository, arguments)?;
        (vec![run], repository)
    } else {
        let manifest_path = request.cargo.manifest_path.clone();
        let workspace = Workspace::load(&CargoOptions { manifest_path, ..CargoOptions::default() })?;
        let runs = read_runs(&arguments.from)?;
        check_complete(&runs)?;
        (runs, Repository::of_workspace(workspace.root())?)
    };
    runs.iter().for_each(|run| say_gaps(&run.left_out, &run.selection));
    let commit = resolve(&repository, &arguments.commit)?.commit;
    if !arguments.allow_dirty {
        refuse_other_sources(&runs, commit)?;
    }
    let records = records(&runs)?;
    let benchmarks: usize = records.iter().map(HistoryRecord::benchmark_count).sum();
    let message = format!("memgate: record {commit}\n");
    let mut has_others = false;
    let is_new = change_notes(&repository, NOTES_REFERENCE, &message, None, |notes| {
        let mut note = Note::of_text(&notes.text(commit)?.unwrap_or_default());
        let targets: Vec<String> = note.contents().records.into_iter().map(|record| record.target).collect();
        let is_new = records.iter().fold(false, |is_new, record| note.add(record) | is_new);
        has_others = is_new && records.iter().any(|record| targets.contains(&record.target));
        let changes = is_new.then(|| (commit, Some(note.text())));
        Ok::<NoteChanges, GitError>(changes.into_iter().collect())
    })?;
    let mut said = if is_new {
        format!(
            "Recorded {} at {commit}.\nTo share it: git push origin {NOTES_REFERENCE}\n",
            BENCHMARKS.counted(benchmarks)
        )
    } else {
        format!("{commit} has this record already.\n")
    };
    if has_others {
        said += "The commit has another record for this target triple, with other numbers or other benchmarks; both are kept.\n";
    }
    write_stdout(&said)?;
    runs.iter().for_each(say_failures);
    Ok(if runs.iter().any(Run::has_failures) { ExitCode::Failed } else { ExitCode::Passed })
}

/// One record for each target triple, so that shards are the same as the whole. Each is one that can be read again: whoever cleans the
/// archive drops what can't be.
fn records(runs: &[Run]) -> Result<Vec<HistoryRecord>, Error> {
    let mut records: BTreeMap<String, HistoryRecord> = BTreeMap::new();
    for record in runs.iter().map(HistoryRecord::of_run) {
        match records.get_mut(&record.target) {
            None => drop(records.insert(record.target.clone(), record)),
            Some(known) => known.merge(record)?,
        }
    }
    for record in records.values() {
        parse_history_line(print_history_line(record).as_bytes()).map_err(|problem| {
            Error::Usage(format!("failed to record what was measured on {}: {problem}", record.target))
        })?;
    }
    Ok(records.into_values().collect())
}

/// What was measured elsewhere says what it was measured at.
fn refuse_other_sources(runs: &[Run], commit: Oid) -> Result<(), Error> {
    let commit = commit.to_string();
    let is_other = |revision: &&SourceRevision| revision.is_dirty() || revision.commit() != commit;
    match runs.iter().filter_map(|run| run.revision.as_ref()).find(is_other) {
        None => Ok(()),
        Some(revision) => Err(Error::Usage(format!(
            "the run was measured at {revision}, and would be recorded at {commit}; say where with --commit, or add \
             --allow-dirty"
        ))),
    }
}

fn refuse_changes(repository: &Repository, arguments: &RecordArguments) -> Result<(), Error> {
    if arguments.allow_dirty {
        return Ok(());
    }
    let changed = changed_files(repository)?;
    if changed.is_empty() {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "the numbers would not be those of the commit, since tracked files differ from it: {}; commit them, or add --allow-dirty",
        changed.join(", ")
    )))
}
