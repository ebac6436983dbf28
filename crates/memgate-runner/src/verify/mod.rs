//! Whether the engines agree: pure functions from records to findings.

mod finding;
mod mapping;
mod render;

pub use finding::{Check, Finding, Second, Verification};
pub use mapping::{against_dhat, against_second_process, against_stats_alloc};
pub use render::render_verification;
