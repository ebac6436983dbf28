//! Sockets: a thread that accepts, and one for each connection, all within bounds.

mod connection;
mod error;
mod exchange;
mod incoming;
mod once;
mod server;
mod socket;

pub use error::ServeError;
pub(crate) use once::Once;
pub use server::Server;
pub(crate) use socket::Socket;
#[cfg(test)]
mod tests;
