//! What there is one of in a process.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant, SystemTime};

use memgate_stacks::SpinLock;

use super::filter::Filter;
use super::pool::Pool;
use super::shared::Shared;
use super::tables::Tables;

pub(super) static FILTER: Filter = Filter::new();
pub(super) static TABLES: Tables = Tables::new();
/// Only ever held with a `Busy`, as the locks of the tables.
pub(super) static POOL: SpinLock<Pool> = SpinLock::new(Pool::new());
pub(super) static SHARED: Shared = Shared::new();

static STATE: AtomicU8 = AtomicU8::new(NEW);
const NEW: u8 = 0;
const STARTING: u8 = 1;
const STARTED: u8 = 2;

static SINCE: Since = Since(Cell::new(None));

/// When sampling began. Not in a `OnceLock`, which is a lock of std's, and not as a time of day, which may be set.
struct Since(Cell<Option<Instant>>);

// SAFETY: it is set by the one thread that makes `STATE` STARTING, which is never NEW again, and is read only by those that have
// seen STARTED, which that thread stores with Release afterwards, with Acquire.
#[expect(unsafe_code, reason = "says that it is set once, before it is read")]
unsafe impl Sync for Since {}

/// Whether the tables are there.
#[inline]
pub(super) fn is_started() -> bool {
    STATE.load(Ordering::Acquire) == STARTED
}

/// Lets one caller do what is to be done once. The others do not wait for it.
pub(super) fn start_once(start: impl FnOnce()) {
    if STATE.compare_exchange(NEW, STARTING, Ordering::Acquire, Ordering::Relaxed).is_ok() {
        SINCE.0.set(Some(Instant::now()));
        start();
        STATE.store(STARTED, Ordering::Release);
    }
}

/// How long sampling has gone on.
pub(super) fn sampled_for() -> Duration {
    let since = is_started().then(|| SINCE.0.get()).flatten();
    since.map_or(Duration::ZERO, |since| since.elapsed())
}

/// The time, for seeds.
pub(super) fn nanoseconds() -> u64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(time.as_nanos()).unwrap_or_default()
}
