//! The encoding against `serde_json`, and against texts that nobody means.

mod against_serde;
mod bytes;
mod strict;
mod values;
