//! Who may ask.

mod host;
mod policy;
mod token;

pub(crate) use policy::{Access, Refusal};
pub(crate) use token::Token;
pub use token::TokenError;
