//! Whether the engines agree: pure functions from records to findings.

mod by_function;
mod finding;
mod mapping;
mod render;

pub use by_function::against_dhat_file;
pub use finding::{Check, Finding, Second, Verification};
pub use mapping::{against_dhat, against_second_process, against_sites, against_stats_alloc};
pub use render::render_verification;
