//! The comment on a pull request: what it says, what says whose it is, what event it is for, and what is to become of it.
//!
//! Nothing here touches the network, or knows how to.

mod body;
mod decide;
mod doubt;
mod event;
mod marker;
mod repository;
mod request;
#[cfg(test)]
mod tests;

pub use crate::render::markdown::Lack;
pub use body::{CommentContext, MAXIMUM_BODY_BYTES, RenderFor, render_body};
pub use decide::{CommentAuthor, Decision, ExistingComment, Identity, Occasion, Wish, decide, is_clean};
pub use doubt::{Doubt, candidates, doubt};
pub use event::{Event, WorkflowRun, parse_event};
pub use marker::{
    CommentKey, CommitId, InvalidKey, MAXIMUM_KEY_BYTES, MAXIMUM_MARKER_BYTES, Marker, RunAttempt,
    parse_marker,
};
pub use repository::{InvalidRepository, Repository};
pub use request::{CommentRequest, Subject};
