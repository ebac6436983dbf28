//! Comments on pull requests, through GitHub's API. Touches the network; [`comment`](crate::comment) decides.
//!
//! octocrab sends the requests and nothing more: its retries know neither an upper bound nor that a POST may have
//! succeeded, and its types do not take the comment of a deleted user.

mod answer;
mod client;
mod endpoint;
mod excerpt;
mod identity;
mod patience;
mod proxy;
mod pulls;
mod put;
mod resources;
mod route;
mod token;
mod trust;
mod unanswered;

pub(crate) use patience::Patience;
pub(crate) use proxy::ProxyVariables;
pub(crate) use put::Connection;
pub(crate) use token::Token;
