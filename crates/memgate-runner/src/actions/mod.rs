//! GitHub Actions: what a step can say without a token, in files and in lines of its output.

mod annotations;
mod environment;

pub use annotations::{Annotation, Level, MAXIMUM_ANNOTATIONS, annotations};
pub use environment::ActionsEnvironment;
