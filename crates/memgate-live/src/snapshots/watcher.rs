//! The thread that looks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::SnapshotError;
use super::policy::{Look, Policy};
use super::reason::{Reason, Skip};
use super::status::Status;
use super::writer::{Writer, Written};
use crate::heap;
use crate::log::{Fault, Log};
use crate::memory::figures_below;

/// How often it is looked at what is loaded. Libraries that come later are missing in a profile until then.
const OBJECTS: Duration = Duration::from_secs(60);
/// Where nothing can be seen.
const BLIND: Duration = Duration::from_secs(1);

/// What the thread has in common with whoever calls for a snapshot.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) status: Arc<Status>,
    /// One is written at a time.
    pub(super) writer: Mutex<Writer>,
}

impl Shared {
    /// Writes a snapshot, and counts what becomes of it.
    pub(super) fn take(&self, reason: Reason, why: &str) -> Result<Written, SnapshotError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(reason, Reason::Call | Reason::Signal | Reason::Start) {
            writer.look_at_objects();
        }
        let taken = writer.write(reason, why);
        match &taken {
            Ok(written) => {
                self.status.count_written(reason, written.live_bytes);
                self.status.set_files(written.files.clone());
            }
            Err(SnapshotError::NoRoom(_)) => self.status.count_skipped(Skip::NoRoom),
            Err(_) => self.status.count_failed(),
        }
        taken
    }
}

/// Looks at the figures, again and again.
#[derive(Debug)]
pub(super) struct Watcher {
    pub(super) shared: Arc<Shared>,
    pub(super) policy: Policy,
    /// Where the kernel's files are.
    pub(super) root: PathBuf,
    pub(super) log: Log,
    /// Set by a signal.
    pub(super) is_signalled: Arc<AtomicBool>,
}

impl Watcher {
    /// Looks until nobody is at the other end.
    pub(super) fn run(mut self, stop: &Receiver<()>) {
        let began = Instant::now();
        let mut objects_at = Duration::ZERO;
        let fault = Fault::default();
        loop {
            let next = unharmed(|| self.look(began.elapsed(), &mut objects_at, &fault));
            if stop.recv_timeout(next) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }

    fn look(&mut self, at: Duration, objects_at: &mut Duration, fault: &Fault) -> Duration {
        let Some(counters) = heap::counters() else { return BLIND };
        let decision = self.policy.decide(&Look {
            at,
            live_bytes: counters.allocated_bytes.saturating_sub(counters.freed_bytes),
            figures: &figures_below(&self.root),
            highest_bytes: self.shared.status.highest_bytes(),
            is_signalled: self.is_signalled.swap(false, Ordering::Relaxed),
        });
        for skip in decision.skipped {
            self.shared.status.count_skipped(skip);
        }
        let Some((reason, why)) = decision.due else {
            if at.saturating_sub(*objects_at) >= OBJECTS {
                *objects_at = at;
                self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner).look_at_objects();
            }
            return decision.next;
        };
        match self.shared.take(reason, &why) {
            Ok(_) => self.policy.taken(at),
            Err(error) => {
                // What may be kept changes by itself as little as what is there.
                if matches!(error, SnapshotError::NoRoom(_)) {
                    self.policy.taken(at);
                } else {
                    self.policy.failed(at);
                }
                fault.say(Instant::now(), &self.log, || error.to_string());
            }
        }
        decision.next
    }
}

/// The service's own log may panic, which must not be the end of all snapshots.
fn unharmed(look: impl FnOnce() -> Duration) -> Duration {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or(BLIND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_panics_is_not_the_end() {
        assert_eq!(unharmed(|| panic!("the log is full")), BLIND);
        assert_eq!(unharmed(|| Duration::ZERO), Duration::ZERO);
    }
}
