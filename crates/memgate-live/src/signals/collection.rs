//! One collection of stacks that signals ask for.

use std::sync::atomic::{AtomicU32, Ordering};

#[cfg(feature = "cpu")]
use super::handler::is_in_place;
use super::handler::{Foreign, install, is_running, run};
use super::mark::{Mark, Purpose};
use super::ring::{RING, Taken};

/// A collection that is running, until this is dropped.
#[derive(Debug)]
pub(crate) struct Collection(Mark);

impl Collection {
    /// Begins one. There is one of each purpose at a time, by the caller's care.
    ///
    /// # Errors
    /// When the program handles the signal itself.
    pub(crate) fn begin(purpose: Purpose) -> Result<Self, Foreign> {
        static LAST: AtomicU32 = AtomicU32::new(0);

        install()?;
        // Not zero, which is none: after 2^32 of them, the first is passed over.
        let collection = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1).max(1);
        run(purpose, collection);
        Ok(Self(Mark { purpose, collection }))
    }

    /// What its signals have to carry.
    pub(crate) fn mark(&self) -> Mark {
        self.0
    }

    /// Hands the stacks that have been put down since to `each`.
    pub(crate) fn collect(&self, each: impl FnMut(Taken<'_>)) {
        RING.collect(self.0, is_running, each);
    }

    /// Whether the program has installed a handler of its own since, which gets the signals in place of ours.
    #[cfg(feature = "cpu")]
    pub(crate) fn is_replaced(&self) -> bool {
        !is_in_place()
    }

    /// How many signals' stacks found no place.
    #[cfg(feature = "cpu")]
    pub(crate) fn take_lost(&self) -> u64 {
        RING.take_lost()
    }
}

impl Drop for Collection {
    fn drop(&mut self) {
        run(self.0.purpose, 0);
    }
}
