//! What strangers and GitHub hand to the comment on a pull request, and what can go wrong on the way.
//!
//! What the comment says and what is to become of it is in `memgate_report::comment`. Nothing here touches the network; `github`,
//! behind the feature of that name, does what is decided there.

mod error;
#[cfg(feature = "github")]
mod forge;
mod intake;
#[cfg(test)]
mod intake_tests;
mod lacks;
#[cfg(test)]
mod lacks_tests;

pub use error::CommentError;
#[cfg(feature = "github")]
pub(crate) use forge::{Forge, Placement, Put};
pub use intake::{
    Intake, IntakeError, MAXIMUM_FILE_BYTES, MAXIMUM_FILES, MAXIMUM_TOTAL_BYTES, Rejected, read_reports,
};
pub use lacks::lacks;
