//! Words and numbers as people read and type them: what every room that writes for people shares.

mod ascii;
mod counted;
mod exit_code;
mod fitted;
mod nearest;
mod paint;
mod shell_words;
mod thousandths;
mod time_span;

pub use ascii::in_ascii;
pub use counted::{BENCHMARKS, COMMITS, MORE_SITES, Noun, SITES};
pub use exit_code::exit_code;
pub use fitted::fitted;
#[cfg(feature = "tool")]
pub(crate) use nearest::did_you_mean;
pub use nearest::{nearest, ranked};
pub use paint::{BOLD, DIM, Paint, RED, colored};
pub use shell_words::shell_quoted;
pub use thousandths::thousandths;
pub use time_span::span;
