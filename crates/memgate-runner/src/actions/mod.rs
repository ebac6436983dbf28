//! GitHub Actions: what a step can say without a token, in files and in lines of its output.

mod environment;

pub(crate) use environment::ActionsEnvironment;
