//! What is around a command of the user's: its processors, its control group, and whom it leaves.
//!
//! All that it started and left comes to the tool (see `adoption`), so that whatever is a child of the tool and was none before is the
//! command's, in whatever group, session and environment.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use rustix::process::{Pid, Signal, kill_process};

use super::adoption::forget;
use super::cgroup::Cgroup;
use super::cores::Limited;
use super::group::{self, Stat};

/// Whoever goes on starting others while they are being killed wins in the end.
const ROUNDS: usize = 50;

/// What is around a command.
#[derive(Debug)]
pub(super) struct Around {
    cores: Option<NonZeroUsize>,
    cgroup: Result<Cgroup, String>,
    /// The tool's children that are none of it.
    known: BTreeSet<u32>,
    /// What the kernel has seen of those that the tool had waited for.
    resident_before: Option<u64>,
}

impl Around {
    /// What is around the next that is started.
    pub(super) fn before(cores: Option<NonZeroUsize>) -> Self {
        Self {
            cores,
            cgroup: Cgroup::make(),
            known: children().collect(),
            resident_before: peak_bytes(UsageWho::RUSAGE_CHILDREN),
        }
    }

    /// Starts it with its processors, in its group.
    pub(super) fn start<R>(&self, start: impl FnOnce() -> R) -> R {
        let _limited = self.cores.map(Limited::to);
        match &self.cgroup {
            Ok(cgroup) => cgroup.around(start),
            Err(_) => start(),
        }
    }

    /// What the kernel has seen of those that have been waited for. It counts from the start of a process on, which is a copy of the tool's,
    /// so that less than the tool has is not told; nor is less than those had that the tool has waited for before, such as compilers.
    pub(super) fn resident_peak_bytes(&self) -> Option<u64> {
        let (own, theirs) = (peak_bytes(UsageWho::RUSAGE_SELF)?, peak_bytes(UsageWho::RUSAGE_CHILDREN)?);
        (theirs > own && theirs > self.resident_before?).then_some(theirs)
    }

    /// The highest that was charged to its group; where there is none, why, in words.
    pub(super) fn cgroup_peak_bytes(&self) -> Result<u64, String> {
        let cgroup = self.cgroup.as_ref().map_err(Clone::clone)?;
        cgroup.peak_bytes().ok_or_else(|| "nothing was charged to it".to_owned())
    }

    /// Gives what it has left a moment to end, then kills it. Who was killed.
    pub(super) fn end_left(&self, grace: Duration) -> Vec<String> {
        end_left(&self.known, grace)
    }
}

fn peak_bytes(who: UsageWho) -> Option<u64> {
    let kibibytes = u64::try_from(getrusage(who).ok()?.max_rss()).ok()?;
    Some(kibibytes.saturating_mul(1024))
}

/// The processes that the tool is the parent of, whether they have ended or not.
fn children() -> impl Iterator<Item = u32> {
    let own = std::process::id();
    group::processes().filter(move |id| Stat::of(*id).is_some_and(|stat| stat.parent == own))
}

/// Gives what a command has left a moment to end, then kills it. Who was killed.
fn end_left(known: &BTreeSet<u32>, grace: Duration) -> Vec<String> {
    let deadline = Instant::now() + grace;
    let mut killed: Vec<String> = Vec::new();
    for _ in 0..ROUNDS {
        let left = loop {
            let left: Vec<u32> = children().filter(|id| !known.contains(id)).collect();
            left.iter().copied().for_each(forget);
            let running: Vec<u32> = left.iter().copied().filter(|id| group::is_running(*id)).collect();
            if running.is_empty() && left.is_empty() || Instant::now() >= deadline {
                break running;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        if left.is_empty() {
            break;
        }
        for id in left {
            let name = name(id);
            group::kill_descendants(id);
            let process = i32::try_from(id).ok().and_then(Pid::from_raw);
            if process.is_some_and(|process| kill_process(process, Signal::KILL).is_ok()) {
                let said = format!("{name} (process {id})");
                if !killed.contains(&said) {
                    killed.push(said);
                }
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    killed
}

/// What a process is called.
fn name(id: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}
