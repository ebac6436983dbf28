//! What there is one of in a process.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

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

static SINCE: AtomicU64 = AtomicU64::new(0);

/// Whether the tables are there.
#[inline]
pub(super) fn is_started() -> bool {
    STATE.load(Ordering::Acquire) == STARTED
}

/// Lets one caller do what is to be done once. The others do not wait for it.
pub(super) fn start_once(start: impl FnOnce()) {
    if STATE.compare_exchange(NEW, STARTING, Ordering::Acquire, Ordering::Relaxed).is_ok() {
        SINCE.store(nanoseconds(), Ordering::Relaxed);
        start();
        STATE.store(STARTED, Ordering::Release);
    }
}

/// When sampling began.
pub(super) fn since() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(SINCE.load(Ordering::Relaxed))
}

/// The time, for this and for seeds.
pub(super) fn nanoseconds() -> u64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(time.as_nanos()).unwrap_or_default()
}
