//! Whether a signal to a thread would get to our handler.
//!
//! A thread that blocks it doesn't see it, and one that waits for signals itself (`sigwait` and its kin, with all of them in its set) would be
//! told of ours as if it were the program's. The kernel shows such a thread as blocking nothing, for as long as it waits.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use super::numbers::{SIGPROF, system_call};
use crate::process::{Bytes, read_bounded};

/// Lines of the kernel's, some thousand bytes.
const MOST_BYTES: u64 = 16 << 10;
/// The bit of SIGPROF in a set of signals, which are counted from 1.
const SIGPROF_BIT: u64 = 1 << (SIGPROF - 1);
/// As often is looked at threads that run, and after so much time again.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
const RT_SIGTIMEDWAIT: i64 = system_call(128, 137);

/// Why a signal to a thread would not get to our handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The thread blocks it.
    Blocked,
    /// The thread waits for it: it would be told of it.
    Awaited,
}

/// What keeps each of these threads of this process from getting our signal, now. None, too, where the kernel doesn't say.
///
/// What has ended to wait and does not run yet is shown as running, and still as blocking nothing: so all that are shown as that are
/// looked at again, for some milliseconds in all. On a machine with more work than cores it may be that long all the same.
pub(crate) fn obstacles(threads: &[u32]) -> Vec<Option<Obstacle>> {
    let mut looks: Vec<Look> = threads.iter().map(|thread| look(*thread)).collect();
    for _ in 1..LOOKS {
        if !looks.contains(&Look::Runs) {
            break;
        }
        std::thread::sleep(BETWEEN_LOOKS);
        for (seen, thread) in looks.iter_mut().zip(threads) {
            if *seen == Look::Runs {
                *seen = look(*thread);
            }
        }
    }
    let kept = |look| match look {
        Look::Kept(obstacle) => Some(obstacle),
        Look::Reached | Look::Runs => None,
    };
    looks.into_iter().map(kept).collect()
}

/// What is seen of a thread at once.
#[derive(PartialEq)]
enum Look {
    Reached,
    Kept(Obstacle),
    /// It runs, or is about to.
    Runs,
}

fn look(thread: u32) -> Look {
    let text = |name: &str| {
        read_bounded(&Path::new("/proc/self/task").join(thread.to_string()).join(name), MOST_BYTES)
    };
    let is_blocked = || {
        let blocked = text("status").as_deref().and_then(blocked_signals);
        blocked.is_some_and(|blocked| blocked & SIGPROF_BIT != 0)
    };
    if is_blocked() {
        return Look::Kept(Obstacle::Blocked);
    }
    let call = text("syscall").unwrap_or_default();
    let set = awaited_set(&call);
    if set.is_some_and(|address| signals_at(address).is_none_or(|signals| signals & SIGPROF_BIT != 0)) {
        return Look::Kept(Obstacle::Awaited);
    }
    // Once more: it may have ended to wait in between, when it seemed to do neither.
    if is_blocked() {
        return Look::Kept(Obstacle::Blocked);
    }
    if call.starts_with("running") { Look::Runs } else { Look::Reached }
}

/// Where the set of signals lies that a thread waits for; none when it does something else.
fn awaited_set(call: &str) -> Option<u64> {
    let mut words = call.split_ascii_whitespace();
    if words.next()?.parse() != Ok(RT_SIGTIMEDWAIT) {
        return None;
    }
    u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()
}

/// The set that lies there. Not by a pointer: the thread may go on and its stack be gone.
fn signals_at(address: u64) -> Option<u64> {
    let mut set = [0; 8];
    File::open("/proc/self/mem").ok()?.read_at(address, &mut set)?;
    Some(u64::from_ne_bytes(set))
}

fn blocked_signals(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_where_the_call_for_it_says() {
        let call = format!("{RT_SIGTIMEDWAIT} 0x7f10 0x0 0x0 0x8 0x0 0x0 0x7ffc 0x7f11\n");
        assert_eq!(awaited_set(&call), Some(0x7f10));
        for other in ["running\n", "-1 0x7ffc 0x7f11\n", "0 0x7f10 0x0\n", "", "garbage 0x1"] {
            assert_eq!(awaited_set(other), None, "{other}");
        }
        let set = u64::MAX;
        assert_eq!(signals_at((&raw const set).addr() as u64), Some(u64::MAX));
        assert_eq!(signals_at(8), None);
    }

    #[test]
    fn what_is_blocked_is_a_number_in_a_line() {
        assert_eq!(blocked_signals("Name:\ta\nSigBlk:\t0000000004000000\n"), Some(SIGPROF_BIT));
        assert_eq!(blocked_signals("SigBlk:\tgarbage\n"), None);
        assert_eq!(blocked_signals(""), None);
        assert_eq!(obstacles(&[u32::MAX, 0]), [None, None]);
    }
}
