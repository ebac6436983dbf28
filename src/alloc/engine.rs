//! Which engines there are in this build, and one turned on by itself, without a window.

use super::sites::{Capacity, Recording};
use super::state;
use memgate_protocol::Engine;
use memgate_stacks::IS_SUPPORTED;

/// Whether this build of memgate has the engine.
#[must_use]
pub fn is_built_in(engine: Engine) -> bool {
    match engine {
        Engine::Off | Engine::Count => true,
        Engine::Sites => IS_SUPPORTED,
        Engine::StatsAlloc => cfg!(feature = "stats_alloc"),
        Engine::Dhat => cfg!(feature = "dhat"),
    }
}

/// Turns an engine on for the whole process, or off, without opening a window. For measuring what an engine costs.
///
/// # Panics
/// When the engine is not built in, or there is no memory for its tables.
pub fn set_engine(engine: Engine) {
    assert!(is_built_in(engine), "the engine {engine} needs the feature of that name");
    match engine {
        Engine::Off => state::end(),
        Engine::Count => drop(state::begin(state::MODE_COUNT)),
        Engine::Sites => match Recording::prepare(Capacity::default()) {
            Ok(recording) => recording.begin_outermost(),
            Err(error) => panic!("{error}"),
        },
        Engine::StatsAlloc => drop(state::begin(state::MODE_STATS_ALLOC)),
        Engine::Dhat => drop(state::begin(state::MODE_DHAT)),
    }
}
