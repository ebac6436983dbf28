//! Which service this process is a job of.

use super::{CiService, GithubActions};

/// The service that this process is a job of, if it is one that is known.
pub(crate) fn detect() -> Option<Box<dyn CiService>> {
    GithubActions::detect().map(|service| Box::new(service) as Box<dyn CiService>)
}
