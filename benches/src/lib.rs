//! This repository's own memory suite: what it measures with, and what it measures.
//!
//! The benchmarks are in `benches/`, by theme. They measure libraries that many programs use, at exact versions and
//! with real input, so that the suite stands for what other repositories put behind the gate. Every number but the
//! peak of threads that race is the same in every run.

pub mod fixtures;
mod graph;
mod tables;

pub use graph::{Dependency, DependencyKind, Graph, Link, Node, Package, Target};
pub use tables::{Lock, LockedPackage, SourceFile};

/// `count` different keys in an order that looks random and never changes.
///
/// # Example
/// ```
/// assert_eq!(memgate_benches::keys(2), ["0000000000000000", "9e3779b97f4a7c15"]);
/// ```
#[must_use]
pub fn keys(count: u64) -> Vec<String> {
    // An odd factor permutes the numbers; this one, 2^64 divided by the golden ratio, spreads them evenly.
    (0..count).map(|number| format!("{:016x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect()
}
