//! Whole commands: from what their processes said to what is shown of them.

mod data;
mod end;
mod executable;
mod file;
mod judge;
mod kernel;
mod names;
mod notes;
mod observed;
mod problem;
mod processes;
mod profile;
mod programs;
#[cfg(test)]
mod samples;
mod terminal;
#[cfg(test)]
mod tests;
mod totals;

pub use data::{CommandReport, CommandSites};
pub use end::{CommandEnd, ExpectedEnd};
pub use executable::{DIRECT_ALLOCATORS, ExecutableFacts, ExecutableKind, direct_allocator};
pub use file::{COMMAND_KIND, COMMAND_SCHEMA, print_command};
pub use judge::{Witnesses, judge};
pub use kernel::{KernelFigures, largest_resident};
pub use notes::notes;
pub use observed::{command_failure, observe_command};
pub use problem::{CommandProblem, NotSeen, Uncounted};
pub use profile::{join_profiles, named_by_module};
pub use programs::{ProgramRow, programs};
pub use terminal::{CommandOptions, render_command};
pub use totals::{CommandTotals, process_count, totals};
