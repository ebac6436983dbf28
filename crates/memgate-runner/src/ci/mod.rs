//! CI services: what one tells a job about the change, and how a job speaks to it. GitHub Actions is the first.

mod detect;
mod github_actions;
mod service;

pub(crate) use detect::detect;
pub(crate) use github_actions::{GithubActions, read_event};
pub(crate) use service::CiService;
