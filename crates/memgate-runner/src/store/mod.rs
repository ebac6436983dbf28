//! The baselines in the repository's working tree, and files that somebody else wrote.

mod atomic;
mod baselines;
mod destination;
mod json_files;
mod leftovers_of_tests;
mod limited;
mod lock;
mod renames;
mod resolve;
mod snapshots;

pub(crate) use baselines::{BaselineStore, StoreError, baselines_among};
pub(crate) use limited::LimitedReadError;
pub(crate) use memgate_protocol::snapshots::BASELINES_FOLDER;

pub(crate) use atomic::{Staged, write_atomically};
pub(crate) use destination::{Destination, is_closed_pipe};
pub(crate) use json_files::json_files_below;
pub(crate) use limited::{read_if_there, read_left, read_limited, read_named};
pub(crate) use renames::{RENAMES_FILE, renames_of};
pub(crate) use resolve::resolved;
pub(crate) use snapshots::snapshots_among;
