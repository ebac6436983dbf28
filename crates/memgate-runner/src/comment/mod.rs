//! The comment on a pull request: what it says, what says whose it is, what event it is for, and what is to become of it.
//!
//! Nothing here touches the network; `github`, behind the feature of that name, does what is decided here.

mod body;
mod decide;
mod doubt;
mod error;
mod event;
mod intake;
mod lacks;
mod marker;
mod repository;
#[cfg(test)]
mod tests;

pub use crate::render::markdown::Lack;
pub use body::{CommentContext, MAXIMUM_BODY_BYTES, RenderFor, render_body};
pub use decide::{CommentAuthor, Decision, ExistingComment, Identity, Occasion, Wish, decide, is_clean};
pub use doubt::{Doubt, candidates, doubt};
pub use error::CommentError;
pub use event::{Event, WorkflowRun, parse_event};
pub use intake::{
    Intake, IntakeError, MAXIMUM_FILE_BYTES, MAXIMUM_FILES, MAXIMUM_TOTAL_BYTES, Rejected, read_reports,
};
pub use lacks::lacks;
pub use marker::{
    CommentKey, CommitId, InvalidKey, MAXIMUM_KEY_BYTES, MAXIMUM_MARKER_BYTES, Marker, RunAttempt,
    parse_marker,
};
pub use repository::{InvalidRepository, Repository};
