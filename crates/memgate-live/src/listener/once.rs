//! That a process serves its heap once.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_SERVED: AtomicBool = AtomicBool::new(false);

/// That the heap is served, until this is dropped.
#[derive(Debug)]
pub(crate) struct Once(());

impl Once {
    pub(crate) fn take() -> Option<Self> {
        (!IS_SERVED.swap(true, Ordering::AcqRel)).then_some(Self(()))
    }
}

impl Drop for Once {
    fn drop(&mut self) {
        IS_SERVED.store(false, Ordering::Release);
    }
}
