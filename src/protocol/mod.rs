//! The protocol between a bench process and the tool that runs it.
//!
//! The tool writes a [`Request`] as JSON to a file and names the file in the environment variable
//! [`REQUEST_VARIABLE`]. The process writes a [`Response`] as JSON to the file that the request names. Standard input,
//! output and error stay the user's. `docs/FORMAT.md` in the repository has the format and its changelog.

pub mod capture;
mod engine;
mod injection;
mod long_run;
mod marker;
mod metric;
mod name;
mod record;
mod request;
mod response;
mod stack_numbers;
mod time_settings;
mod unwinder;
mod windows;

pub use engine::Engine;
pub use injection::Injection;
pub use long_run::{LiveBytes, LongRun};
pub use marker::{Harness, Part, find_harness, find_marker, keep_criterion_marker, keep_marker};
pub use metric::{Metric, Unit, UnknownMetric};
pub use name::{NameError, check_name};
pub use record::{EngineWindows, Record, Windows};
pub use request::{Command, PlanError, Request, RequestError, WindowPlan};
pub use response::{Outcome, Refusal, RefusalKind, Response, ResponseError};
pub use stack_numbers::StackNumbers;
pub use time_settings::{TIMES_VARIABLE, TimeSettings, TimeSettingsError};
pub use unwinder::Unwinder;
pub use windows::{CountWindow, DhatWindow, StatsAllocWindow};

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

/// The environment variable that holds the path of the request file.
pub const REQUEST_VARIABLE: &str = "MEMGATE_REQUEST";
