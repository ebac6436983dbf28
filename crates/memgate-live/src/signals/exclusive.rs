//! One at a time, in each process.

use std::sync::atomic::{AtomicU32, Ordering};

/// Something that one collection does at a time. The child of a fork in its midst has none of it, and may begin anew.
#[derive(Debug)]
pub(crate) struct Exclusive(AtomicU32);

/// That it is being done, until this is dropped.
#[derive(Debug)]
pub(crate) struct Doing(&'static Exclusive);

impl Exclusive {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// None when somebody in this process is at it.
    pub(crate) fn begin(&'static self) -> Option<Doing> {
        let own = std::process::id();
        let before =
            self.0.fetch_update(Ordering::Acquire, Ordering::Relaxed, |who| (who != own).then_some(own));
        before.is_ok().then_some(Doing(self))
    }
}

impl Drop for Doing {
    fn drop(&mut self) {
        self.0.0.store(0, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_does_it_at_a_time_and_a_parent_is_nobody() {
        static ONCE: Exclusive = Exclusive::new();
        let doing = ONCE.begin();
        assert!(doing.is_some() && ONCE.begin().is_none());
        drop(doing);
        ONCE.0.store(std::process::id().wrapping_add(1), Ordering::Relaxed);
        assert!(ONCE.begin().is_some());
    }
}
