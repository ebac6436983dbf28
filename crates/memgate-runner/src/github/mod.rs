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

pub use patience::Patience;
pub use proxy::ProxyVariables;
pub use put::{Connection, Placement, Put, put_comment};
pub use token::{Token, TokenVariable};
