//! What an update would write: a pure function from runs and baselines to changes.

mod change;
mod plan;
mod render;
#[cfg(test)]
mod tests;

pub use change::{Change, ChangeKind};
pub use plan::{UpdateError, UpdateInput, UpdatePlan, plan_update};
pub use render::render_update;
