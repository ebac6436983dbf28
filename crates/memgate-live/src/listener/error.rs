//! What can be wrong with serving.

use std::fmt;
use std::net::SocketAddr;

use crate::access::TokenError;

/// Why the heap is not served.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The program has another global allocator, so that there is nothing to serve.
    NotInstalled,
    /// The process serves its heap already.
    AlreadyServing,
    /// Others than this machine could ask, and nothing was said of who may.
    NeedsToken(Option<SocketAddr>),
    /// What was given is no token.
    Token(TokenError),
    /// What was given is no address.
    Address(std::io::Error),
    /// The address can't be listened to.
    Bind(String, std::io::Error),
    /// There is no thread to be had.
    Thread(std::io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => formatter.write_str(
                "failed to serve the heap: memgate_live::Heap is not this program's allocator; main.rs lacks the lines \
                 `#[global_allocator] static HEAP: memgate_live::Heap = memgate_live::Heap::system();`",
            ),
            Self::AlreadyServing => formatter.write_str("failed to serve the heap: this process serves it already"),
            Self::NeedsToken(address) => {
                formatter.write_str("failed to serve the heap")?;
                if let Some(address) = address {
                    write!(formatter, " at {address}")?;
                }
                formatter.write_str(
                    ": others than this machine could ask; give `Options::token_file`, `Options::token_variable`, or say \
                     `Options::without_authentication`",
                )
            }
            Self::Token(error) => error.fmt(formatter),
            Self::Address(error) => write!(formatter, "failed to find the address to serve the heap at: {error}"),
            Self::Bind(address, error) => write!(formatter, "failed to serve the heap at {address}: {error}"),
            Self::Thread(error) => write!(formatter, "failed to start the thread that serves the heap: {error}"),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Token(error) => Some(error),
            Self::Address(error) | Self::Bind(_, error) | Self::Thread(error) => Some(error),
            Self::NotInstalled | Self::AlreadyServing | Self::NeedsToken(_) => None,
        }
    }
}

impl From<TokenError> for ServeError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}
