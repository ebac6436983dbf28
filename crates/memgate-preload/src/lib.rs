//! The library that is preloaded into commands, as bytes.
//!
//! It is compiled by this package's build script, from `library/` and from the sources of the packages that it is made of, so that
//! whoever installs the tool has it, with nothing else to be installed or found. Cargo has no stable way for one package to hold what
//! another one is compiled to.
#![forbid(unsafe_code)]

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The shared library: an ELF file for this platform.
///
/// # Errors
/// Why this build has none: the platform has no such libraries, or it could not be compiled.
pub fn library() -> Result<&'static [u8], &'static str> {
    LIBRARY
}
