//! What a program was compiled for, and by what: by these, numbers are kept.
//!
//! A package of its own because only a build script is told, which is compiled wherever its package is: most of memgate's users, and those
//! of its facades, need neither.

/// The target triple, such as `x86_64-unknown-linux-gnu`.
pub const TARGET: &str = env!("MEMGATE_TARGET");

/// The version of the compiler as it gives it, without its name, such as `1.95.0 (59807616e 2026-04-14)`; `unknown` where it gave none.
pub const RUSTC: &str = env!("MEMGATE_RUSTC");
