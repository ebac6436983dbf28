//! The versions that a tool and a bench process compare.

/// The version of requests and responses that this build speaks.
///
/// A tool and a bench process with different versions refuse to work together, and name both.
///
/// # Changelog
/// - 1: list and measure; engines `count`, `dhat` and `stats_alloc`.
/// - 2: the engine `sites`, and the file that a request may name for what does not fit into a record.
/// - 3: regressions on purpose.
/// - 4: the long run, for leaks that are not in every iteration.
pub const PROTOCOL_VERSION: u32 = 4;

/// The version of what is counted and of what the harness does around a window.
///
/// It changes when the same routine may get other numbers from a newer memgate. It is part of the environment that a
/// baseline was measured in.
///
/// # Changelog
/// - 1: first version.
pub const PROBE_VERSION: u32 = 1;

/// The version of memgate: that of all its packages, which are released together and ask for each other's exact version.
pub(crate) const MEMGATE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The environment variable that holds the path of the request file.
pub const REQUEST_VARIABLE: &str = "MEMGATE_REQUEST";
