//! The memory of all tables, reserved once.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;

use super::blocks::{self, Entry};
use super::last_stack::LastStack;
use super::memory::reserve;
use super::rows::{Growth, Row};
use super::tree::{self, Node};

/// The tables of the engine.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) nodes: &'static [Node],
    pub(super) index: &'static [AtomicU32],
    pub(super) rows: &'static [Row],
    pub(super) growths: &'static [Growth],
    pub(super) blocks: &'static [Entry],
    pub(super) last_stacks: &'static [LastStack],
}

/// How much the tables can hold. Only what is used takes memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capacity {
    /// Return addresses, over all stacks, those that stacks share counted once.
    pub(crate) nodes: usize,
    /// Stacks.
    pub(crate) stacks: usize,
    /// Blocks that are live at once.
    pub(crate) blocks: usize,
    /// Threads that remember their last stack; those beyond share one, and are slower.
    pub(crate) threads: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { nodes: 1 << 22, stacks: blocks::MOST_ROWS, blocks: 1 << 24, threads: 256 }
    }
}

/// There is no memory for the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReserveError;

impl std::fmt::Display for ReserveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no memory for the tables of the engine `sites`; is the address space limited?")
    }
}

impl std::error::Error for ReserveError {}

static TABLES: OnceLock<Tables> = OnceLock::new();

/// The tables, when they have been reserved. Takes no lock.
#[inline(always)]
pub(super) fn get() -> Option<&'static Tables> {
    TABLES.get()
}

/// Reserves the tables, unless that has been done. Not for use inside the allocator.
pub(super) fn reserve_tables(mut capacity: Capacity) -> Result<&'static Tables, ReserveError> {
    /// Halved so often at most, where the address space is limited.
    const ATTEMPTS: u32 = 6;
    if let Some(tables) = TABLES.get() {
        return Ok(tables);
    }
    for _ in 0..ATTEMPTS {
        if let Some(tables) = try_reserve(capacity) {
            return Ok(TABLES.get_or_init(|| tables));
        }
        let Capacity { nodes, stacks, blocks, threads } = capacity;
        capacity =
            Capacity { nodes: nodes / 2, stacks: stacks / 2, blocks: blocks / 2, threads: threads / 2 };
    }
    Err(ReserveError)
}

fn try_reserve(capacity: Capacity) -> Option<Tables> {
    let Capacity { nodes, stacks, blocks, threads } = capacity;
    Some(Tables {
        // The largest first: where that fails, little has been taken.
        blocks: reserve(blocks::table_length(blocks))?,
        rows: reserve(stacks.min(blocks::MOST_ROWS))?,
        growths: reserve(stacks.min(blocks::MOST_ROWS))?,
        nodes: reserve(nodes)?,
        index: reserve(tree::index_length(nodes))?,
        last_stacks: reserve(threads + 1)?,
    })
}

#[cfg(test)]
pub(super) mod tests_support {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use super::*;

    use super::super::{last_stack, rows};

    /// Empty tables for one test, and what keeps others away meanwhile: how far tables are filled is kept in statics.
    pub(crate) fn alone(capacity: Capacity) -> (Tables, MutexGuard<'static, ()>) {
        static ALONE: Mutex<()> = Mutex::new(());
        let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let tables = try_reserve(capacity).expect("there is memory");
        tree::forget_all();
        rows::forget_all();
        last_stack::forget_all();
        blocks::clear(&tables);
        (tables, guard)
    }
}
