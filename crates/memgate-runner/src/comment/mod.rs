//! The comment on a pull request.

mod body;
mod intake;
#[cfg(test)]
mod tests;

pub use body::{CommentContext, MAXIMUM_BODY_BYTES, render_body};
pub use intake::{IntakeError, MAXIMUM_FILE_BYTES, MAXIMUM_FILES, MAXIMUM_TOTAL_BYTES, read_reports};
