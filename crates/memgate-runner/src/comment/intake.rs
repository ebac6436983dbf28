//! Reads the reports of a pull request, as data that a stranger wrote.
//!
//! In the workflow that comments, these files come out of the artifacts of a run that executed the pull request's code, and
//! the token that writes the comment is near. So nothing in them is trusted: not their size, not their shape, and not their
//! verdict. What can be checked for being possible is; see `parse_report`. What they say can still be invented, and decides
//! nothing: the exit code of the required job is the gate, and the comment informs.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use memgate_report::compare::merge_reports;
use memgate_report::format::{Bounds, FOREIGN_BOUNDS, FormatError, brief, parse_within};
use memgate_report::model::{BenchmarkId, OverlapError};
use memgate_report::report::{BenchmarkReport, Report, Verdict};

use crate::store::{LimitedReadError, json_files_below, read_limited};

/// Larger files are not read, in bytes. A report of ten thousand benchmarks is smaller.
pub const MAXIMUM_FILE_BYTES: u64 = 32 << 20;

/// More is not read from all files together, in bytes.
pub const MAXIMUM_TOTAL_BYTES: u64 = 128 << 20;

/// More files than this are not read. There is one for each target or shard.
pub const MAXIMUM_FILES: usize = 64;

/// The reports of a pull request: what can be used of them, and what can't.
#[derive(Debug, Default)]
pub struct Intake {
    /// What can be used, as one report.
    pub report: Report,
    /// How many files it is made of.
    pub used: usize,
    /// What can't be used, and why.
    pub rejected: Vec<Rejected>,
}

impl Intake {
    /// Whether there is any report that can be used.
    #[must_use]
    pub fn has_report(&self) -> bool {
        self.used > 0
    }
}

/// A file that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("failed to use the report {}: {problem}", shown(.path))]
pub struct Rejected {
    /// The file, as it was given.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub problem: IntakeError,
}

/// Why a report of a pull request can't be used. Messages quote little of a file, on one line, escaped.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// More files are given than are read.
    #[error(
        "there are {count} files, and at most {MAXIMUM_FILES} are read; it is the first of those that are not"
    )]
    TooManyFiles {
        /// How many are given.
        count: usize,
    },
    /// The files are too large together.
    #[error("with it, the reports are larger than is read of all files")]
    TooLargeTogether,
    /// It is no regular file: a link, a folder, a pipe, a device.
    #[error("it is no regular file")]
    NotAFile,
    /// A folder can't be read, or is none that an artifact would make.
    #[error("{0}")]
    Folder(#[from] std::io::Error),
    /// A file can't be read, or is too large.
    #[error("{0}")]
    Unreadable(#[from] LimitedReadError),
    /// A file is no report that this tool could have written.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// Another file has one of its benchmarks.
    #[error(
        "it has `{}` on {}, which {} has too; give each run once",
        brief(&.id.to_string()),
        brief(.target),
        shown(.first)
    )]
    MeasuredTwice {
        /// The other file, which is used.
        first: PathBuf,
        /// The benchmark. Boxed, so that the error is small.
        id: Box<BenchmarkId>,
        /// The target triple.
        target: String,
    },
    /// The reports of a target do not fit together.
    #[error("the reports of its target do not fit together: {}", brief(&.0.to_string()))]
    Overlap(#[from] OverlapError),
}

/// A file, and the report that is in it.
type FileReport = (PathBuf, Report);

/// The names of files come out of an artifact, too.
fn shown(path: &Path) -> String {
    brief(&path.display().to_string())
}

/// Reads reports, one for each target or shard, and puts together what can be used of them: one file that can't does not
/// cost the others. A folder stands for the JSON files below it.
#[must_use]
pub fn read_reports(paths: &[PathBuf]) -> Intake {
    read_within(paths, MAXIMUM_TOTAL_BYTES)
}

pub(super) fn read_within(paths: &[PathBuf], total_bytes: u64) -> Intake {
    let mut rejected = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        // A link to a folder is the user's own.
        match path.is_dir().then(|| json_files_below(path)) {
            None => files.push(path.clone()),
            Some(Ok(below)) => files.extend(below),
            Some(Err(problem)) => rejected.push(Rejected { path: path.clone(), problem: problem.into() }),
        }
    }
    let count = files.len();
    if count > MAXIMUM_FILES {
        let path = files.swap_remove(MAXIMUM_FILES);
        rejected.push(Rejected { path, problem: IntakeError::TooManyFiles { count } });
        files.truncate(MAXIMUM_FILES);
    }
    let (mut left_bytes, mut left) = (total_bytes, FOREIGN_BOUNDS);
    let mut read: Vec<FileReport> = Vec::with_capacity(files.len());
    for path in files {
        match read_report(&path, &mut left_bytes, &mut left) {
            Ok(report) => read.push((path, report)),
            Err(problem) => rejected.push(Rejected { path, problem }),
        }
    }
    let disjoint = disjoint(read, &mut rejected);
    put_together(disjoint, rejected)
}

fn read_report(path: &Path, left_bytes: &mut u64, left: &mut Bounds) -> Result<Report, IntakeError> {
    // Of what is there itself, not of what a link leads to; and before it is opened, since opening a pipe waits.
    if !path.symlink_metadata().map_err(LimitedReadError::from)?.is_file() {
        return Err(IntakeError::NotAFile);
    }
    let bytes = read_limited(path, MAXIMUM_FILE_BYTES)?;
    *left_bytes = left_bytes
        .checked_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
        .ok_or(IntakeError::TooLargeTogether)?;
    let (report, amount) = parse_within(&bytes, FOREIGN_BOUNDS)?;
    // What is small in a file may be large in memory.
    *left = left.without(amount).ok_or(IntakeError::TooLargeTogether)?;
    Ok(report)
}

/// Those of which no benchmark was measured in an earlier one. What one shard misses, another may have.
fn disjoint(read: Vec<FileReport>, rejected: &mut Vec<Rejected>) -> Vec<FileReport> {
    let mut used: Vec<FileReport> = Vec::with_capacity(read.len());
    let mut seen: HashMap<(String, BenchmarkId), usize> = HashMap::new();
    for (path, report) in read {
        let measured = || report.benchmarks.iter().filter(|benchmark| benchmark.verdict != Verdict::Missing);
        let place = |benchmark: &BenchmarkReport| (benchmark.target.clone(), benchmark.id.clone());
        let twice = measured().find_map(|benchmark| Some((benchmark, *seen.get(&place(benchmark))?)));
        if let Some((benchmark, first)) = twice {
            let problem = IntakeError::MeasuredTwice {
                first: used[first].0.clone(),
                id: Box::new(benchmark.id.clone()),
                target: benchmark.target.clone(),
            };
            rejected.push(Rejected { path, problem });
            continue;
        }
        seen.extend(measured().map(|benchmark| (place(benchmark), used.len())));
        used.push((path, report));
    }
    used
}

/// Merges reports. Where those of one target do not fit together, the others are used.
fn put_together(reports: Vec<FileReport>, mut rejected: Vec<Rejected>) -> Intake {
    let (mut parts, mut used) = (Vec::new(), 0);
    for group in groups(reports) {
        let (paths, reports): (Vec<PathBuf>, Vec<Report>) = group.into_iter().unzip();
        match merge_reports(reports, false) {
            Ok(report) => {
                used += paths.len();
                parts.push(report);
            }
            Err(problem) => rejected
                .extend(paths.into_iter().map(|path| Rejected { path, problem: problem.clone().into() })),
        }
    }
    // Groups share no target, so nothing of one is compared with another.
    let report = merge_reports(parts, false).unwrap_or_default();
    rejected.sort_by(|a, b| a.path.cmp(&b.path));
    Intake { report, used, rejected }
}

/// Reports that share a target triple, directly or by way of others, are in one group.
fn groups(reports: Vec<FileReport>) -> Vec<Vec<FileReport>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<FileReport>)> = Vec::new();
    for (path, report) in reports {
        let triples = report.targets.iter().map(|target| &target.target);
        let triples = triples.chain(report.benchmarks.iter().map(|benchmark| &benchmark.target));
        let triples = triples.chain(report.shards.iter().map(|shard| &shard.target));
        let mut triples: BTreeSet<String> = triples.cloned().collect();
        let mut members = Vec::new();
        let (sharing, rest): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(theirs, _)| !theirs.is_disjoint(&triples));
        groups = rest;
        for (theirs, theirs_members) in sharing {
            triples.extend(theirs);
            members.extend(theirs_members);
        }
        members.push((path, report));
        groups.push((triples, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}
