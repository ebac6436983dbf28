//! Which commit raised a metric: where to measure next, and what the measurements say. Pure; nothing here knows of git.

mod search;
mod shape;
mod terminal;

pub use search::{Probe, Step, estimate, next};
pub use shape::{Shape, shape};
pub use terminal::{Finding, FoundCommit, Suspects, render_finding};
