//! The comment on a pull request: what says whose it is, what event it is for, and what is to become of it.
//!
//! Nothing here touches the network; `github`, behind the feature of that name, does what is decided here.

mod decide;
mod error;
mod event;
mod marker;
mod repository;

pub use decide::{CommentAuthor, Decision, ExistingComment, Identity, Occasion, Wish, decide, is_clean};
pub use error::CommentError;
pub use event::{Event, WorkflowRun, parse_event};
pub use marker::{
    CommentKey, CommitId, InvalidKey, MAXIMUM_KEY_BYTES, MAXIMUM_MARKER_BYTES, Marker, RunAttempt,
    parse_marker,
};
pub use repository::{InvalidRepository, Repository};
