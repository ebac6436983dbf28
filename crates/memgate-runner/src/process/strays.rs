//! Processes that have left the group of the process that they come from, as daemons do. They are known by a variable of their
//! environment, which only they and the process itself have; where they start with an environment of their own, by being
//! orphans.
//!
//! Linux alone shows the environment of other processes, and gives orphans to the tool. Windows has a process and all that it starts in a
//! job of their own.

use super::adoption::Adoption;
use super::output::Output;

/// A variable that one child was started with, and nobody else.
#[derive(Clone, Debug)]
pub struct Mark(
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux can look for it"))] Vec<u8>,
);

impl Mark {
    /// The variable `name` with this value.
    #[must_use]
    pub fn new(name: &str, value: &std::ffi::OsStr) -> Self {
        Self([name.as_bytes(), b"=", value.as_encoded_bytes()].concat())
    }
}

/// The ended process that strays come from.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux can look for them"))]
pub(super) struct Origin<'a> {
    pub(super) mark: &'a Mark,
    pub(super) id: u32,
    pub(super) adoption: &'a Adoption,
    pub(super) output: &'a Output,
}

/// They are killed when the adoption ends.
#[cfg(windows)]
pub(super) fn end_strays(origin: &Origin<'_>, _: std::time::Duration, grace: std::time::Duration) -> bool {
    origin.adoption.family.outlives(grace)
}

#[cfg(not(any(target_os = "linux", windows)))]
pub(super) fn end_strays(_: &Origin<'_>, _: std::time::Duration, _: std::time::Duration) -> bool {
    false
}

#[cfg(target_os = "linux")]
pub(super) use linux::end_strays;

#[cfg(target_os = "linux")]
mod linux {
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, kill_process};

    use super::{Mark, Origin};
    use crate::process::adoption::forget;
    use crate::process::group::{is_running, processes};

    /// As many ids are looked at one by one; where more have been given away, all processes are listed.
    const MOST_IDS: u32 = 4_096;
    /// In a longer time ids may have begun anew, and have come back to where they were.
    const SHORT: Duration = Duration::from_secs(2);
    /// Whoever goes on starting others while they are being killed wins in the end.
    const ROUNDS: usize = 20;

    /// Gives strays a moment to end, then kills them. Whether it came to that.
    ///
    /// `ran` is how long the process that they come from did, and `grace` how long they may take. Cheap when there are none: ids
    /// are given away in turn, so only those since that process are looked at.
    pub(in crate::process) fn end_strays(origin: &Origin<'_>, ran: Duration, grace: Duration) -> bool {
        let mut found = strays(origin, ran);
        if found.is_empty() {
            return false;
        }
        let deadline = Instant::now() + grace;
        while found.iter().any(|id| is_running(*id)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
        let mut has_killed = false;
        for _ in 0..ROUNDS {
            found = strays(origin, Duration::MAX);
            if found.is_empty() {
                break;
            }
            for id in &found {
                let id = i32::try_from(*id).ok().and_then(Pid::from_raw);
                has_killed |= id.is_some_and(|id| kill_process(id, Signal::KILL).is_ok());
            }
            std::thread::sleep(Duration::from_millis(2));
            found.into_iter().for_each(forget);
        }
        has_killed
    }

    fn strays(origin: &Origin<'_>, ran: Duration) -> Vec<u32> {
        let others = candidates(origin.id, ran).into_iter().filter(|id| *id != origin.id);
        let (marked, others): (Vec<u32>, Vec<u32>) = others.partition(|id| has_mark(*id, origin.mark));
        origin.adoption.left(marked, &others, origin.output)
    }

    fn has_mark(id: u32, mark: &Mark) -> bool {
        // Unreadable are those of other users; one that has ended has none.
        let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.0)
    }

    fn candidates(first: u32, ran: Duration) -> Vec<u32> {
        match last_id() {
            Some(last) if ran < SHORT && last >= first && last - first <= MOST_IDS => {
                (first..=last).collect()
            }
            _ => processes().collect(),
        }
    }

    /// The id that was given away last: the last word of `0.20 0.18 0.12 1/80 11206`.
    fn last_id() -> Option<u32> {
        std::fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().last()?.parse().ok()
    }
}
