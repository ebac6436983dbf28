//! Runs and reports in which everything comes up once: what the tests of several rooms begin with, and those of the tool, by way of
//! the feature `samples`. Nobody else's; it may change with any version.

mod causes;
mod commands;
mod comments;
mod environments;
mod renames;
mod verdicts;

pub use causes::*;
pub use commands::*;
pub use comments::*;
pub use environments::*;
pub use renames::*;
pub use verdicts::*;
