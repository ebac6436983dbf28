//! What this repository's own measurements need to see of the tool, by rooms. No stability is promised.
//!
//! Behind a feature rather than only hidden from the documentation: what can be reached without one is an interface, whatever its
//! documentation says.

/// Cargo's part.
pub mod cargo {
    pub use crate::cargo::*;
}

/// The reports that strangers bring.
pub mod comment {
    pub use crate::comment::*;
}

/// Requests to processes.
pub mod measure {
    pub use crate::measure::*;
}

/// Processes within limits.
pub mod process {
    pub use crate::process::*;
}

/// Captures to profiles.
pub mod symbols {
    pub use crate::symbols::*;
}

pub use crate::error::Error;
