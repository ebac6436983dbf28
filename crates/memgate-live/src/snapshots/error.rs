//! What can be wrong with snapshots.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why there are no snapshots, or why one was not taken.
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The program has another global allocator, so that there is nothing to be seen.
    NotInstalled,
    /// The process takes snapshots already.
    AlreadyStarted,
    /// This process is a fork of the one that takes them.
    Forked,
    /// What was asked for can't be: in words.
    Setting(String),
    /// The folder can't be made, or not be looked at.
    Folder(PathBuf, io::Error),
    /// There is something else at the path.
    NoFolder(PathBuf),
    /// The folder, or the link to it, is another user's.
    Foreign(PathBuf, u32),
    /// Others can read or change what is in the folder: its mode.
    Exposed(PathBuf, u32),
    /// Nothing can be written into the folder.
    Unwritable(PathBuf, io::Error),
    /// There is no thread to be had, or no signal.
    Start(io::Error),
    /// The heap could not be read.
    Heap(crate::HeapError),
    /// A file could not be written.
    Write(PathBuf, io::Error),
    /// What may be kept leaves no room for another file.
    NoRoom(PathBuf),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => formatter.write_str(
                "failed to take snapshots: memgate_live::Heap is not this program's allocator; main.rs lacks the lines \
                 `#[global_allocator] static HEAP: memgate_live::Heap = memgate_live::Heap::system();`",
            ),
            Self::AlreadyStarted => formatter.write_str("failed to take snapshots: this process takes them already"),
            Self::Forked => formatter.write_str(
                "failed to take a snapshot: this process is a fork of the one that takes them; start snapshots in it, too",
            ),
            Self::Setting(what) => write!(formatter, "failed to take snapshots: {what} makes no sense"),
            Self::Folder(path, error) => write!(
                formatter,
                "failed to make the folder {} for snapshots: {error}; the folder above it has to be there",
                path.display()
            ),
            Self::NoFolder(path) => {
                write!(formatter, "failed to take snapshots into {}: it is no folder", path.display())
            }
            Self::Foreign(path, user) => write!(
                formatter,
                "failed to take snapshots into {path}: it belongs to the user {user}, and heaps hold secrets; give a folder within \
                 it, `{path}/heap`, which is made then",
                path = path.display()
            ),
            Self::Exposed(path, mode) => write!(
                formatter,
                "failed to take snapshots into {path}: its mode is {mode:04o}, so that others can read or change what is in it; \
                 `chmod o= {path}`",
                path = path.display()
            ),
            Self::Unwritable(path, error) => {
                write!(formatter, "failed to write into {}, where snapshots are to go: {error}", path.display())
            }
            Self::Start(error) => write!(formatter, "failed to start the thread that takes snapshots: {error}"),
            Self::Heap(error) => write!(formatter, "failed to take a snapshot: {error}"),
            Self::Write(path, error) => {
                write!(formatter, "failed to write a snapshot into {}: {error}", path.display())
            }
            Self::NoRoom(path) => write!(
                formatter,
                "failed to write a snapshot into {}: what may be kept there leaves no room; \
                 `SnapshotOptions::most_files` and `most_bytes`",
                path.display()
            ),
        }
    }
}

impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder(_, error)
            | Self::Unwritable(_, error)
            | Self::Start(error)
            | Self::Write(_, error) => Some(error),
            Self::Heap(error) => Some(error),
            Self::NotInstalled
            | Self::AlreadyStarted
            | Self::Forked
            | Self::Setting(_)
            | Self::NoFolder(_)
            | Self::Foreign(..)
            | Self::Exposed(..)
            | Self::NoRoom(_) => None,
        }
    }
}
