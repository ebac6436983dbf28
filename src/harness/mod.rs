//! The harness of a bench target: what runs between `main` and a routine.

mod arguments;
mod bencher;
mod benchmark;
mod checks;
mod entry;
pub mod facade;
mod inject;
mod long_run;
mod main_macro;
mod measure;
mod modules;
mod record_sites;
mod serve;
mod session;
mod shape;
mod standalone;
mod suite;
mod table;
mod test_run;
mod trace;

pub use bencher::{Bencher, BencherWithInputs};
pub use entry::needs_harness_false;
pub use long_run::Watch;
pub use main_macro::{is_path, name_of};
#[cfg(feature = "preloaded")]
pub(crate) use modules::mapped_modules;
#[cfg(feature = "preloaded")]
pub(crate) use record_sites::captured;
pub use suite::Suite;
