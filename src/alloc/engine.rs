//! Turns an engine on by itself, without a window.

use super::sites::{Capacity, Recording};
use super::state;
use crate::protocol::Engine;

/// Turns an engine on for the whole process, or off, without opening a window. For measuring what an engine costs.
///
/// # Panics
/// When the engine is not built in, or there is no memory for its tables.
pub fn set_engine(engine: Engine) {
    assert!(engine.is_built_in(), "the engine {engine} needs the feature of that name");
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
