//! Reads the reports of a pull request, as data that a stranger wrote.
//!
//! In the workflow that comments, these files come out of the artifacts of a run that executed the pull request's code, and
//! the token that writes the comment is near. So nothing in them is trusted: not their size, not their shape, and not their
//! verdict. What can be checked for being possible is; see `parse_report`. What they say can still be invented, and decides
//! nothing: the exit code of the required job is the gate, and the comment informs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::compare::Verdict;
use crate::format::{Bounds, FormatError, brief};
use crate::model::{BenchmarkId, OverlapError};
use crate::report::{FOREIGN_BOUNDS, Report, merge_reports, parse_within};
use crate::store::{LimitedReadError, read_limited};

/// Larger files are not read, in bytes. A report of ten thousand benchmarks is smaller.
pub const MAXIMUM_FILE_BYTES: u64 = 32 << 20;

/// More is not read from all files together, in bytes.
pub const MAXIMUM_TOTAL_BYTES: u64 = 128 << 20;

/// More files than this are not read. There is one for each target or shard.
pub const MAXIMUM_FILES: usize = 64;

/// Why the reports of a pull request can't be used. Messages quote little of a file, on one line, escaped.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// No file is given.
    #[error("failed to read the reports: there are none")]
    NoFile,
    /// More files are given than are read.
    #[error("failed to read the reports: there are {count} files, and at most {MAXIMUM_FILES} are read")]
    TooManyFiles {
        /// How many are given.
        count: usize,
    },
    /// The files are too large together.
    #[error("failed to read {}: with it, the reports are larger than is read of all files", shown(.path))]
    TooLargeTogether {
        /// The first file that is too much.
        path: PathBuf,
    },
    /// It is no regular file: a link, a folder, a pipe, a device.
    #[error("failed to read {}: it is no regular file", shown(.path))]
    NotAFile {
        /// What is none.
        path: PathBuf,
    },
    /// A file can't be read, or is too large.
    #[error("failed to read {}: {problem}", shown(.path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: LimitedReadError,
    },
    /// A file is no report that this tool could have written.
    #[error("failed to read {}: {problem}", shown(.path))]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FormatError,
    },
    /// Two files have one benchmark.
    #[error(
        "failed to put the reports together: {} and {} both have `{}` on {}; give each run once",
        shown(.first),
        shown(.second),
        brief(&.id.to_string()),
        brief(.target)
    )]
    MeasuredTwice {
        /// The one file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The benchmark. Boxed, so that the error is small.
        id: Box<BenchmarkId>,
        /// The target triple.
        target: String,
    },
    /// The reports do not fit together.
    #[error("failed to put the reports together: {}", brief(&.0.to_string()))]
    Overlap(#[from] OverlapError),
}

/// The names of files come out of an artifact, too.
fn shown(path: &Path) -> String {
    brief(&path.display().to_string())
}

/// Reads report files, one for each target or shard, and puts them together.
///
/// # Errors
/// When there are no files or too many, one is no regular file, too large, or no report that this tool could have written,
/// or two have the same benchmark on the same target.
pub fn read_reports(paths: &[PathBuf]) -> Result<Report, IntakeError> {
    read_within(paths, MAXIMUM_TOTAL_BYTES)
}

pub(super) fn read_within(paths: &[PathBuf], total_bytes: u64) -> Result<Report, IntakeError> {
    if paths.is_empty() {
        return Err(IntakeError::NoFile);
    }
    if paths.len() > MAXIMUM_FILES {
        return Err(IntakeError::TooManyFiles { count: paths.len() });
    }
    let (mut left_bytes, mut left) = (total_bytes, FOREIGN_BOUNDS);
    let mut reports = Vec::with_capacity(paths.len());
    for path in paths {
        reports.push(read_report(path, &mut left_bytes, &mut left)?);
    }
    check_disjoint(paths, &reports)?;
    Ok(merge_reports(reports, false)?)
}

fn read_report(path: &Path, left_bytes: &mut u64, left: &mut Bounds) -> Result<Report, IntakeError> {
    let unreadable =
        |problem: LimitedReadError| IntakeError::Unreadable { path: path.to_path_buf(), problem };
    // Of what is there itself, not of what a link leads to; and before it is opened, since opening a pipe waits.
    let metadata = path.symlink_metadata().map_err(|error| unreadable(error.into()))?;
    if !metadata.is_file() {
        return Err(IntakeError::NotAFile { path: path.to_path_buf() });
    }
    let bytes = read_limited(path, MAXIMUM_FILE_BYTES).map_err(unreadable)?;
    let too_large = || IntakeError::TooLargeTogether { path: path.to_path_buf() };
    *left_bytes =
        left_bytes.checked_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX)).ok_or_else(too_large)?;
    let (report, amount) = parse_within(&bytes, FOREIGN_BOUNDS)
        .map_err(|problem| IntakeError::Format { path: path.to_path_buf(), problem })?;
    // What is small in a file may be large in memory.
    *left = left.without(amount).ok_or_else(too_large)?;
    Ok(report)
}

/// Checks that no benchmark was measured in two files. What one shard misses, another may have.
fn check_disjoint(paths: &[PathBuf], reports: &[Report]) -> Result<(), IntakeError> {
    let mut seen: HashMap<(&str, &BenchmarkId), &PathBuf> = HashMap::new();
    for (path, report) in paths.iter().zip(reports) {
        for benchmark in report.benchmarks.iter().filter(|benchmark| benchmark.verdict != Verdict::Missing) {
            if let Some(first) = seen.insert((&benchmark.target, &benchmark.id), path) {
                return Err(IntakeError::MeasuredTwice {
                    first: first.clone(),
                    second: path.clone(),
                    id: Box::new(benchmark.id.clone()),
                    target: benchmark.target.clone(),
                });
            }
        }
    }
    Ok(())
}
