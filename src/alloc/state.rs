//! The one word that every call of the allocator reads first.
//!
//! ```text
//!   31                          3 2    0
//!  ┌─────────────────────────────┬──────┐
//!  │ epoch: the number of spans  │ mode │   0 while nothing is measured
//!  └─────────────────────────────┴──────┘
//! ```
//!
//! In [`MODE_SCOPES`] the upper bits are the number of open scopes instead. In a program that may count itself as a command, the word is
//! [`MODE_COMMAND`] where it would be 0.
//!
//! A thread's counters carry the word under which they were last used, so that one comparison tells both whether to
//! count and whether this thread has joined the span.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::fork::InChild;

/// What the allocator does with a call.
pub(crate) const MODE_OFF: u32 = 0;
pub(crate) const MODE_COUNT: u32 = 1;
pub(crate) const MODE_STATS_ALLOC: u32 = 2;
pub(crate) const MODE_DHAT: u32 = 3;
pub(crate) const MODE_PROBE: u32 = 4;
pub(crate) const MODE_SITES: u32 = 5;
/// Some threads have scopes, in which each counts what it does itself; see [`scope`](super::scope).
#[cfg(any(test, feature = "assertions"))]
pub(crate) const MODE_SCOPES: u32 = 6;
/// Nothing but the whole process is counted, as a command; or nobody has looked yet whether it is to be. See [`command`](super::command).
pub(crate) const MODE_COMMAND: u32 = 7;
const MODE_MASK: u32 = 0b111;
const ONE_EPOCH: u32 = MODE_MASK + 1;
#[cfg(any(test, feature = "assertions"))]
const ONE_SCOPE: u32 = MODE_MASK + 1;

/// Whether this is a program that looks whether it is to count itself. Not one that the loader may preload the tool's library into, which is so on
/// Linux alone, nor one for processors on which the tool measures no commands.
const MAY_BE_COMMAND: bool = cfg!(all(
    feature = "command",
    any(
        all(target_os = "linux", any(target_feature = "crt-static", target_env = "musl")),
        target_os = "macos",
        windows
    ),
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    target_endian = "little",
    not(miri),
));
const AT_START: u32 = if MAY_BE_COMMAND { MODE_COMMAND } else { MODE_OFF };

static STATE: AtomicU32 = AtomicU32::new(AT_START);
/// The word while nothing is measured.
static IDLE: AtomicU32 = AtomicU32::new(AT_START);
/// The word of the last span, kept while nothing is measured so that no word comes twice in a row.
static LAST: AtomicU32 = AtomicU32::new(MODE_OFF);

/// Whether this process is a fork of the one that was to be measured.
static IS_FORK: AtomicBool = AtomicBool::new(false);
#[expect(unsafe_code, reason = "promises what the handler of forks does")]
// SAFETY: the handler stores atomics, and does nothing else.
static IN_CHILD: InChild = unsafe { InChild::new(end_in_fork) };

/// The current word. Relaxed, because a thread that must be counted is ordered after the span's begin by whatever
/// made it run (a spawn, a channel, a lock), and one that runs freely beside it has no defined side to fall on.
#[inline(always)]
pub(crate) fn current() -> u32 {
    STATE.load(Ordering::Relaxed)
}

/// Whether this process is counted as a command, or may still be.
#[inline(always)]
pub(super) fn may_count_command() -> bool {
    MAY_BE_COMMAND && IDLE.load(Ordering::Relaxed) == MODE_COMMAND
}

/// Says that nobody has asked for this process to be counted as a command.
#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos", windows)))]
pub(super) fn count_no_command() {
    IDLE.store(MODE_OFF, Ordering::SeqCst);
    // What is measured meanwhile ends as that.
    let _ = STATE.compare_exchange(MODE_COMMAND, MODE_OFF, Ordering::SeqCst, Ordering::Relaxed);
}

fn idle() -> u32 {
    if may_count_command() { MODE_COMMAND } else { MODE_OFF }
}

#[inline(always)]
pub(crate) fn mode(state: u32) -> u32 {
    state & MODE_MASK
}

/// Begins to measure, and gives the word that marks this span.
pub(crate) fn begin(mode: u32) -> u32 {
    let epoch = (LAST.load(Ordering::Relaxed) & !MODE_MASK).wrapping_add(ONE_EPOCH);
    // The epoch 0 belongs to threads that have not joined any span.
    let state = if epoch == 0 { ONE_EPOCH } else { epoch } | mode;
    LAST.store(state, Ordering::Relaxed);
    IN_CHILD.watch();
    if !IS_FORK.load(Ordering::Relaxed) {
        STATE.store(state, Ordering::SeqCst);
    }
    state
}

/// Says that one more scope is open. False, and nothing is said, while a span is.
///
/// The number of scopes and the mode are one word, so that no scope is ever open while the word says that none is.
#[cfg(any(test, feature = "assertions"))]
#[must_use]
pub(crate) fn open_scope() -> bool {
    let opened = STATE.fetch_update(Ordering::SeqCst, Ordering::Relaxed, |state| match mode(state) {
        MODE_OFF | MODE_COMMAND => Some(ONE_SCOPE | MODE_SCOPES),
        MODE_SCOPES => state.checked_add(ONE_SCOPE),
        _ => None,
    });
    opened.is_ok()
}

/// Says that a scope was closed. False when a span has begun since it was opened, and so not everything was counted.
#[cfg(any(test, feature = "assertions"))]
pub(crate) fn close_scope() -> bool {
    let closed = STATE.fetch_update(Ordering::SeqCst, Ordering::Relaxed, |state| match mode(state) {
        MODE_SCOPES if state - MODE_SCOPES == ONE_SCOPE => Some(idle()),
        MODE_SCOPES => state.checked_sub(ONE_SCOPE),
        _ => None,
    });
    closed.is_ok()
}

/// Whether this process is a fork of one in which something was measured, as far as the system tells.
pub(crate) fn is_fork() -> bool {
    IS_FORK.load(Ordering::Relaxed)
}

/// Stops measuring for good, in a process that is a fork of the one that was to be measured.
extern "C" fn end_in_fork() {
    IS_FORK.store(true, Ordering::Relaxed);
    end();
}

/// Stops measuring.
pub(crate) fn end() {
    STATE.store(idle(), Ordering::SeqCst);
}
