//! What this process's locks made it wait.

use memgate_stacks::frame_record;

use super::clock::{STEP_NANOSECONDS, now};
use super::rows::{Row, Rows};
use super::waiters::Waiters;
use crate::profile::{StackProfile, StackRow};
use crate::stack::{MOST_FRAMES, has_frame_pointers, take};

/// By who waited.
static WAITS: Rows = Rows::new();
/// By who let others wait: whoever released a lock that others waited for.
static RELEASES: Rows = Rows::new();

/// Somebody waits, from now on.
#[derive(Debug)]
pub(crate) struct Waiting {
    begun: u64,
    row: &'static Row,
}

impl Waiting {
    /// The calling thread begins to wait for something. Its stack is taken now, when it has time.
    #[inline(never)]
    pub(crate) fn begin() -> Self {
        Self { begun: now(), row: row(&WAITS, frame_record()) }
    }

    /// It has what it waited for.
    pub(crate) fn end(self) {
        self.row.add(now().saturating_sub(self.begun));
    }

    /// Waits for one of those that keep count of their waiters, until `lock` returns.
    #[inline(never)]
    pub(crate) fn wait_for<R>(waiters: &Waiters, lock: impl FnOnce() -> R) -> R {
        let begun = now();
        let is_counted = waiters.arrive(begun);
        let row = row(&WAITS, frame_record());
        let locked = lock();
        let end = now();
        if is_counted {
            waiters.depart(end);
        }
        row.add(end.saturating_sub(begun));
        locked
    }
}

/// What others have waited for a lock that is about to be released. It is asked for as long as the lock is held, when nobody departs.
///
/// This and [`released`] are called by guards that are dropped, wherever that is. As functions of C they unwind nowhere, so that no guard
/// has to be kept in memory for somebody who would drop it then: lock and release take three times as long where it is.
#[cold]
#[inline(never)]
pub(crate) extern "C" fn charge(waiters: &Waiters) -> u64 {
    waiters.charge(now())
}

/// Puts down what others had waited when the caller released a lock: afterwards, so that they don't wait for that, too.
#[cold]
#[inline(never)]
pub(crate) extern "C" fn released(waited: u64) {
    row(&RELEASES, frame_record()).add(waited);
}

fn row(rows: &'static Rows, frame: u64) -> &'static Row {
    let mut frames = [0; MOST_FRAMES];
    let taken = take(frame, &mut frames);
    rows.of(frames.get(..taken).unwrap_or(&[]))
}

/// How long locks were waited for so far, in nanoseconds, by the stacks that waited.
///
/// # Errors
/// When the table can't be read, as in the child of a fork at which another thread wrote to it.
pub(crate) fn waits() -> Result<StackProfile, String> {
    profile(&WAITS)
}

/// The same by the stacks that released the locks.
///
/// # Errors
/// As [`waits`].
pub(crate) fn releases() -> Result<StackProfile, String> {
    profile(&RELEASES)
}

fn profile(rows: &Rows) -> Result<StackProfile, String> {
    let rows = rows.all().ok_or("failed to read the table of waits: another thread holds it")?;
    let in_nanoseconds = |(return_addresses, [count, steps]): (Vec<u64>, [u64; 2])| StackRow {
        return_addresses,
        values: [count, steps.saturating_mul(STEP_NANOSECONDS)],
        ..StackRow::default()
    };
    Ok(StackProfile {
        rows: rows.into_iter().map(in_nanoseconds).collect(),
        has_frame_pointers: has_frame_pointers(),
        ..StackProfile::now()
    })
}
