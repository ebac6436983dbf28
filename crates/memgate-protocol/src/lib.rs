//! The protocol between a process that memgate measures and the tool that runs it.
//!
//! The tool writes a [`Request`] as JSON to a file and names the file in the environment variable
//! [`REQUEST_VARIABLE`]. The process writes a [`Response`] as JSON to the file that the request names, and a
//! [`Capture`](capture::Capture) to another one where the request asks for call stacks. Standard input, output and error
//! stay the user's. `docs/FORMAT.md` in the repository has the formats and their changelogs.
//!
//! The package is linked into other people's programs, so it depends on nothing: a dependency would come with a version and
//! with features, and change what is measured. Its encoding is its own. The feature `serde` is for the tool, which puts some
//! of the words into files of its own.
//!
//! What is here without a feature is the side of the process: it reads requests, and writes responses and captures. The feature
//! `asking` adds the other side, so that those who only answer do not compile it: requests are written, responses and captures
//! read, and executables looked at.
//!
//! # Example
//! ```
//! # #[cfg(feature = "asking")] {
//! use memgate_protocol::{Command, Outcome, Response};
//!
//! let response = Response::new(None, Outcome::Listed(vec!["words".to_owned()]));
//! assert_eq!(Response::parse(&response.to_json()).unwrap(), response);
//! # }
//! ```
#![forbid(unsafe_code)]

#[cfg(any(feature = "asking", feature = "snapshots", test))]
mod bytes;
pub mod capture;
mod codec;
mod engine;
#[cfg(any(feature = "asking", test))]
mod find_marker;
mod injection;
#[cfg(any(feature = "asking", feature = "snapshots", test))]
mod limit;
mod long_run;
mod marker;
mod metric;
mod name;
#[cfg(feature = "names")]
pub mod names;
#[cfg(feature = "processes")]
pub mod process_table;
#[cfg(any(feature = "asking", test))]
mod read_response;
mod record;
mod request;
mod response;
#[cfg(feature = "snapshots")]
pub mod snapshots;
mod stack_numbers;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "times", test))]
mod time_settings;
#[cfg(any(feature = "units", test))]
pub mod units;
mod unwinder;
mod version;
mod windows;
#[cfg(any(feature = "asking", test))]
mod write_request;

#[cfg(any(feature = "asking", feature = "snapshots", test))]
pub use bytes::find_bytes;
pub use codec::{DecodeError, DecodeProblem};
pub use engine::Engine;
#[cfg(any(feature = "asking", test))]
pub use find_marker::{Harness, find_harness, find_marker};
pub use injection::Injection;
#[cfg(any(feature = "asking", feature = "snapshots", test))]
pub use limit::{Limit, Relative, RelativeError};
pub use long_run::{LiveBytes, LongRun};
pub use marker::{
    Part, keep_allocator_marker, keep_criterion_marker, keep_divan_marker, keep_marker,
    keep_unreached_main_marker,
};
#[cfg(any(feature = "asking", feature = "snapshots", test))]
pub use metric::UnknownMetric;
pub use metric::{Metric, Unit};
pub use name::{NameError, check_name, is_invisible};
#[cfg(any(feature = "asking", test))]
pub use read_response::ResponseError;
pub use record::{EngineWindows, Record, Windows};
pub use request::{Command, PlanError, Request, RequestError, WindowPlan};
pub use response::{Outcome, Refusal, RefusalKind, Response};
pub use stack_numbers::StackNumbers;
#[cfg(any(feature = "times", test))]
pub use time_settings::{TIMES_VARIABLE, TimeSettings, TimeSettingsError};
pub use unwinder::Unwinder;
pub use version::{PROBE_VERSION, PROTOCOL_VERSION, REQUEST_VARIABLE};
pub use windows::{CountWindow, DhatWindow, StatsAllocWindow};
#[cfg(any(feature = "asking", test))]
pub use write_request::EncodeError;
