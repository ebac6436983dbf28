//! A profile of so much time.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use super::sums::Sums;
use super::timers::{INTERVAL, Timers};
use crate::process::loaded_objects;
use crate::profile::StackProfile;
use crate::signals::{Collection, Exclusive, Foreign, Purpose};
use crate::stack::has_frame_pointers;

/// How long stacks lie in the ring at most.
const COLLECT_EVERY: Duration = Duration::from_millis(20);
/// New threads are looked for that often, and so much more rarely than it takes.
const LOOK_EVERY: Duration = Duration::from_millis(40);
const LOOK_SHARE: u32 = 100;

/// Why there is no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CpuError {
    /// One is being collected, for so long still.
    Busy(Duration),
    /// The program handles the signal itself.
    Foreign,
    /// The service is stopping.
    Stopped,
}

/// Collects where all threads use their processor time, for so long. `wait` waits for a time, unless the service stops.
///
/// Threads that come and go within some tens of milliseconds are seen in part.
///
/// # Errors
/// When one is being collected already, the program handles SIGPROF itself, or the service stops.
pub(crate) fn collect(time: Duration, wait: impl Fn(Duration) -> bool) -> Result<StackProfile, CpuError> {
    static ONCE: Exclusive = Exclusive::new();
    static END: Mutex<Option<Instant>> = Mutex::new(None);

    let Some(_doing) = ONCE.begin() else {
        let end = END.try_lock().ok().and_then(|end| *end);
        return Err(CpuError::Busy(end.map_or(time, |end| end.saturating_duration_since(Instant::now()))));
    };
    let collection = Collection::begin(Purpose::Cpu).map_err(|Foreign| CpuError::Foreign)?;
    let (start, taken_at) = (Instant::now(), SystemTime::now());
    if let Ok(mut end) = END.try_lock() {
        *end = Some(start + time);
    }
    collection.take_lost();
    let seed = taken_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
    let mut timers = Timers::none(collection.mark(), seed);
    let mut sums = Sums::default();
    let mut look_again = start;
    loop {
        let now = Instant::now();
        let left = (start + time).saturating_duration_since(now);
        if left.is_zero() {
            break;
        }
        if now >= look_again {
            timers.bring_up_to_date();
            look_again = now + LOOK_EVERY.max(now.elapsed() * LOOK_SHARE);
        }
        if !wait(left.min(COLLECT_EVERY)) {
            return Err(CpuError::Stopped);
        }
        collection.collect(|taken| sums.add(taken.return_addresses, taken.weight));
    }
    let is_replaced = collection.is_replaced();
    let (refused, unreachable) = (timers.refused, timers.unreachable);
    drop(timers);
    collection.collect(|taken| sums.add(taken.return_addresses, taken.weight));
    let lost = collection.take_lost();
    drop(collection);
    Ok(StackProfile {
        taken_at,
        time: start.elapsed(),
        rows: sums.into_rows(&loaded_objects(), INTERVAL.as_nanos() as u64),
        has_frame_pointers: has_frame_pointers(),
        notes: notes(lost, refused, unreachable, is_replaced),
    })
}

fn notes(lost: u64, refused: usize, unreachable: usize, is_replaced: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if lost > 0 {
        notes.push(format!("{lost} samples were lost: more came at once than there is room for"));
    }
    if refused > 0 {
        notes.push(format!(
            "{refused} threads were not sampled: they were gone, or `ulimit -i` allows no more timers"
        ));
    }
    if is_replaced {
        notes.push("the program installed a handler of its own for SIGPROF meanwhile, and what came after is missing".to_owned());
    }
    if unreachable > 0 {
        notes.push(format!(
            "{unreachable} threads were not sampled: they block SIGPROF, or wait for it themselves"
        ));
    }
    notes
}
