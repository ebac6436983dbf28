//! The harness of a bench target: what runs between `main` and a routine.

#[cfg(feature = "suites")]
mod arguments;
mod bencher;
#[cfg(feature = "suites")]
mod benchmark;
mod checks;
#[cfg(feature = "suites")]
mod entry;
pub mod facade;
mod inject;
mod libtest;
mod long_run;
#[cfg(feature = "suites")]
mod main_macro;
mod measure;
mod modules;
mod names;
mod record_sites;
mod serve;
#[cfg(feature = "suites")]
mod serve_suite;
mod session;
mod shape;
#[cfg(feature = "suites")]
mod standalone;
#[cfg(feature = "suites")]
mod suite;
#[cfg(feature = "suites")]
mod table;
#[cfg(feature = "suites")]
mod test_run;
mod trace;

pub use bencher::{Bencher, BencherWithInputs};
pub use libtest::needs_harness_false;
pub use long_run::Watch;
#[cfg(feature = "suites")]
pub use main_macro::{is_path, name_of};
#[cfg(feature = "preloaded")]
pub(crate) use modules::mapped_modules;
#[cfg(feature = "preloaded")]
pub(crate) use record_sites::captured;
#[cfg(feature = "suites")]
pub use suite::Suite;
