//! How much the engine can hold, and what it says when there is no memory for that.

use super::blocks::MOST_ROWS;

/// How much the tables can hold. Only what is used takes memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capacity {
    /// Return addresses, over all stacks, those that stacks share counted once.
    pub(crate) nodes: usize,
    /// Stacks; no more than [`MOST_ROWS`].
    pub(crate) stacks: usize,
    /// Blocks that are live at once.
    pub(crate) blocks: usize,
    /// Threads that remember their last stack; those beyond share one, walk all of it each time, and wait for each other.
    pub(crate) threads: usize,
}

impl Capacity {
    /// As much as is reserved for the default, rounded up.
    #[cfg(feature = "preloaded")]
    const DEFAULT_BYTES: usize = 1400 << 20;

    /// What takes so many bytes of addresses at most; or, where that is hardly any, a little more.
    #[cfg(feature = "preloaded")]
    pub(super) fn of_at_most(bytes: usize) -> Self {
        const MOST_HALVINGS: u32 = 8;
        let enough = |halvings: &u32| Self::DEFAULT_BYTES >> halvings <= bytes;
        let halvings = (0..MOST_HALVINGS).find(enough).unwrap_or(MOST_HALVINGS);
        (0..halvings).fold(Self::default(), |capacity, _| capacity.halved())
    }

    /// Half as much, for where the address space is limited.
    pub(super) fn halved(self) -> Self {
        let Self { nodes, stacks, blocks, threads } = self;
        Self { nodes: nodes / 2, stacks: stacks / 2, blocks: blocks / 2, threads: threads / 2 }
    }
}

impl Default for Capacity {
    fn default() -> Self {
        Self { nodes: 1 << 22, stacks: MOST_ROWS, blocks: 1 << 24, threads: 256 }
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

#[cfg(all(test, feature = "preloaded"))]
mod tests {
    use super::*;

    #[test]
    fn less_room_is_less_capacity_and_never_none() {
        let blocks = |bytes| Capacity::of_at_most(bytes).blocks;
        assert_eq!(Capacity::of_at_most(usize::MAX), Capacity::default());
        assert_eq!(
            [Capacity::DEFAULT_BYTES, 700 << 20, 699 << 20, 0].map(blocks),
            [1 << 24, 1 << 23, 1 << 22, 1 << 16]
        );
        assert!(Capacity::of_at_most(0).threads > 0);
    }
}
