//! Which engines there are in this build.

use memgate_protocol::Engine;

/// Whether this build of memgate has the engine.
#[must_use]
pub fn is_built_in(engine: Engine) -> bool {
    match engine {
        Engine::Off | Engine::Count => true,
        Engine::Sites => super::sites::IS_SUPPORTED,
        Engine::StatsAlloc => cfg!(feature = "stats_alloc"),
        Engine::Dhat => cfg!(feature = "dhat"),
    }
}
