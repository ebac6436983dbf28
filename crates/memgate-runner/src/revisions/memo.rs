//! Measurements that were made before.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use memgate_report::format::{parse_run, print_run};
use memgate_report::model::Run;

use crate::git::Oid;
use crate::store::{read_limited, write_atomically};

/// Measurements that were made before, each the run of one commit, all under the same circumstances.
#[derive(Clone, Debug)]
pub(crate) struct Memo {
    folder: PathBuf,
}

/// What decides a measurement besides its code.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Circumstances {
    /// The version of the tool.
    pub tool: String,
    /// The benchmark.
    pub id: String,
    /// How it is built: flags, variables, the compiler's version.
    pub build: Vec<String>,
    /// How it is measured.
    pub measure: Vec<String>,
    /// Packages outside of the repository, with the last change of anything in them.
    pub outside: Vec<(String, u128)>,
}

/// What is measured: a commit, and what its checkout is given besides.
#[derive(Clone, Debug)]
pub(crate) struct MeasuredCode {
    /// The commit.
    pub commit: Oid,
    /// The lock file that it has not, and that its checkout is given.
    pub lock_file: Option<Vec<u8>>,
}

/// Far above what the largest run takes.
const MAXIMUM_BYTES: u64 = 1 << 30;

impl Memo {
    /// The measurements under some circumstances, below a folder.
    #[must_use]
    pub(crate) fn below(folder: &Path, circumstances: &Circumstances) -> Self {
        let mut hasher = DefaultHasher::new();
        circumstances.hash(&mut hasher);
        Self { folder: folder.join("measured").join(format!("{:016x}", hasher.finish())) }
    }

    /// What was measured. What can't be read was never measured.
    #[must_use]
    pub(crate) fn get(&self, code: &MeasuredCode) -> Option<Run> {
        parse_run(&read_limited(&self.path(code), MAXIMUM_BYTES).ok()?).ok()
    }

    /// Keeps a run.
    ///
    /// # Errors
    /// When it can't be written, without which everything still works.
    pub(crate) fn put(&self, code: &MeasuredCode, run: &Run) -> Result<(), std::io::Error> {
        write_atomically(&self.path(code), print_run(run))
    }

    fn path(&self, MeasuredCode { commit, lock_file }: &MeasuredCode) -> PathBuf {
        let name = match lock_file {
            None => format!("{commit}.json"),
            Some(lock_file) => {
                let mut hasher = DefaultHasher::new();
                lock_file.hash(&mut hasher);
                format!("{commit}-{:016x}.json", hasher.finish())
            }
        };
        self.folder.join(name)
    }
}

/// When anything in a package was changed last, in nanoseconds; what is built and what is hidden does not count.
#[must_use]
pub(crate) fn last_change(folder: &Path) -> u128 {
    let mut last = 0;
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_output = name == "target" || name.to_string_lossy().starts_with('.');
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() && !is_output {
                waiting.push(entry.path());
            } else if metadata.is_file() {
                let changed = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                last = last.max(changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos());
            }
        }
    }
    last
}
