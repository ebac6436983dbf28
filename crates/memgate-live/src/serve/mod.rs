//! This process's heap, and what of it is served to whom.

#[cfg(feature = "actix")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
mod functions;
mod options;
mod this_process;
#[cfg(feature = "tower")]
mod tower;

pub use functions::{memory_figures, metrics, serve};
pub use options::Options;
#[cfg(feature = "tower")]
pub use tower::LiveService;
