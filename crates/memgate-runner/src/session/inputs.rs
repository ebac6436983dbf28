//! Files that other invocations wrote: runs and reports.

use std::path::{Path, PathBuf};

use memgate_report::format::{FormatError, REPORT_KIND, RUN_KIND, parse_report, parse_run};
use memgate_report::model::{Run, SourceRevision, check_disjoint};
use memgate_report::report::Report;
use serde::Deserialize;

use crate::console::Console;
use crate::error::Error;
use crate::store::{LimitedReadError, json_files_below, read_named};

/// Larger files are refused: a run of a hundred thousand benchmarks is far smaller.
const MAXIMUM_INPUT_BYTES: u64 = 1 << 29;

/// What a file holds.
#[derive(Debug)]
pub(crate) enum Input {
    Run(Box<Run>),
    Report(Box<Report>),
}

/// Reads files, each a run or a report. A folder stands for the JSON files below it.
pub(crate) fn read_inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Error> {
    files(paths)?.iter().map(|path| read_input(path)).collect()
}

/// The files that paths stand for.
///
/// Not every shell finds the files of a pattern such as `runs/*/*.json`; a folder needs none.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let below = json_files_below(path).map_err(Error::file("read", path))?;
        if below.is_empty() {
            let problem = FormatError::Unsound("it is a folder in which no file ends in .json".to_owned());
            return Err(Error::Input { path: path.clone(), problem });
        }
        files.extend(below);
    }
    Ok(files)
}

/// Reads files that must all be runs, and fit together.
pub(crate) fn read_runs(paths: &[PathBuf]) -> Result<Vec<Run>, Error> {
    let mut runs = Vec::new();
    for path in files(paths)? {
        match read_input(&path)? {
            Input::Run(run) => runs.push(*run),
            Input::Report(_) => {
                return Err(Error::Input { path, problem: FormatError::Kind { expected: RUN_KIND } });
            }
        }
    }
    check_disjoint(&runs)?;
    say_changed_trees(runs.iter().map(revision_of_shard), &Console::new(false));
    Ok(runs)
}

/// The revision of a run that is a shard.
pub(crate) fn revision_of_shard(run: &Run) -> Option<&SourceRevision> {
    run.revision.as_ref().filter(|_| run.partition.is_some())
}

/// Says that shards are of changed working trees, where several are: whether those had the same changes is in no file.
///
/// Rejected: refusing them, or a hash of what is changed. Jobs that stamp a version into a tracked file are each of another tree, and
/// measure the same.
pub(crate) fn say_changed_trees<'a>(
    shards: impl IntoIterator<Item = Option<&'a SourceRevision>>,
    console: &Console,
) {
    let changed = shards.into_iter().flatten().filter(|revision| revision.is_dirty());
    if changed.count() > 1 {
        console.say(
            "warning: several shards were measured with changes that are not committed; whether they are those of one tree is not known",
        );
    }
}

fn read_input(path: &Path) -> Result<Input, Error> {
    #[derive(Deserialize)]
    struct Kind {
        kind: Option<String>,
    }

    let bytes = read_named(path, MAXIMUM_INPUT_BYTES).map_err(|problem| match problem {
        LimitedReadError::System(problem) => Error::file("read", path)(problem),
        problem @ LimitedReadError::TooLarge { .. } => {
            Error::Input { path: path.to_path_buf(), problem: FormatError::Unsound(problem.to_string()) }
        }
    })?;
    let kind = serde_json::from_slice::<Kind>(&bytes).ok().and_then(|file| file.kind);
    let parsed = if kind.as_deref() == Some(REPORT_KIND) {
        parse_report(&bytes).map(|report| Input::Report(Box::new(report)))
    } else {
        parse_run(&bytes).map(|run| Input::Run(Box::new(run)))
    };
    parsed.map_err(|problem| Error::Input { path: path.to_path_buf(), problem })
}
