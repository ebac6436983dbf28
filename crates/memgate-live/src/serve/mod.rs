//! This process's heap, and what of it is served to whom.

#[cfg(feature = "axum")]
mod axum;
mod functions;
mod options;
mod this_process;

pub use functions::{memory_figures, metrics, serve};
pub use options::Options;
