//! Words and numbers as people read and type them: what every room that writes for people shares.

mod counted;
mod nearest;
mod paint;
mod shell_words;
mod thousandths;
mod time_span;

pub(crate) use counted::{BENCHMARKS, COMMITS, MORE_SITES, Noun, SITES};
pub(crate) use nearest::{nearest, ranked};
pub(crate) use paint::{BOLD, DIM, Paint, RED, colored};
pub(crate) use shell_words::shell_quoted;
pub(crate) use thousandths::thousandths;
pub(crate) use time_span::span;
