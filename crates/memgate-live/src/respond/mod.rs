//! Requests to responses: every URL that there is, without a socket.

mod collect;
mod errors;
mod gate;
mod message;
mod responder;
mod settings;
mod source;
mod stacks;
mod stop;

pub(crate) use gate::Gate;
pub use message::{Request, Response};
pub use responder::Responder;
pub(crate) use settings::Settings;
pub(crate) use source::{Refused, Source};
pub(crate) use stop::Stop;
#[cfg(test)]
pub(crate) mod by_hand;
#[cfg(test)]
mod stacks_tests;
#[cfg(test)]
mod tests;
