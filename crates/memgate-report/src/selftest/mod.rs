//! The gate against regressions on purpose: pure parts of the command `selftest`.

mod judge;
mod regression;
mod render;
#[cfg(test)]
mod tests;

pub use judge::{Judged, Unnoticed, is_trusted, judge_clean, judge_injected};
pub use regression::Regression;
pub use render::render_selftest;
