//! A command of the user's: it has the user's streams, and nothing of it stays when it has ended.
//!
//! All that it started and left comes to the tool (see `adoption`), so that whatever is a child of the tool and was none before is the
//! command's, in whatever group, session and environment. The tool starts nothing else meanwhile.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use rustix::process::{Pid, Signal, kill_process};

use super::Interrupt;
use super::adoption::{Adoption, forget};
use super::cgroup::Cgroup;
use super::cores::Limited;
use super::followed::has_terminal;
use super::group::{self, Stat};
use super::output::Output;
use super::supervisor::{announce_group, announce_process, prepare};

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Watched {
    /// The number of its process.
    pub(crate) id: u32,
    /// How it ended.
    pub(crate) end: WatchedEnd,
    /// Whom it left, by name and number; they were killed.
    pub(crate) left: Vec<String>,
    /// The highest resident memory of any of its processes, as far as the kernel tells.
    pub(crate) resident_peak_bytes: Option<u64>,
    /// The highest that was charged to a control group of its own; where there is none, why, in words.
    pub(crate) cgroup_peak_bytes: Result<u64, String>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) enum WatchedEnd {
    /// By itself.
    Exited(ExitStatus),
    /// It was killed because it ran too long.
    TimedOut,
    /// It was killed because it printed too much.
    Flooded,
    /// It was killed because the user wants the tool to end.
    Interrupted,
}

/// How a command is run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch<'a> {
    /// How long it may run.
    pub(crate) time_limit: Option<Duration>,
    /// What it prints to, and how many bytes it may; none where it has the user's streams.
    pub(crate) output: Option<(&'a Output, u64)>,
    /// How many processors it has at most; none for all.
    pub(crate) cores: Option<NonZeroUsize>,
}

/// Between two looks at a command: at first often, then less.
const FIRST_PAUSE: Duration = Duration::from_micros(200);
const LONGEST_PAUSE: Duration = Duration::from_millis(10);
/// How long whom it left may take to end.
const GRACE: Duration = Duration::from_millis(500);
/// Whoever goes on starting others while they are being killed wins in the end.
const ROUNDS: usize = 50;

/// Runs a command to its end, or to that of its time.
///
/// In a terminal whose streams it has, it stays in the tool's group, which is the foreground's: there it may read what is typed, and
/// Ctrl-C reaches it by itself. Elsewhere it gets a group, as everything that the tool starts.
///
/// # Errors
/// When it can't be started, or the system does not tell of its end.
pub(crate) fn watch(mut command: Command, how: Watch<'_>, interrupt: &Interrupt) -> std::io::Result<Watched> {
    prepare();
    let has_group = how.output.is_some() || !has_terminal();
    if has_group {
        group::isolate(&mut command);
    }
    let known: BTreeSet<u32> = children().collect();
    let started = Instant::now();
    let before = children_peak_bytes();
    let cgroup = Cgroup::make();
    let limited = how.cores.map(Limited::to);
    let spawned = match &cgroup {
        Ok(cgroup) => cgroup.around(|| Adoption::spawn(&mut command)),
        Err(_) => Adoption::spawn(&mut command),
    };
    drop(limited);
    let (mut child, adoption) = spawned?;
    let is_flood = || how.output.is_some_and(|(output, most)| output.bytes() > most);
    let id = child.id();
    let announced = if has_group { announce_group(id) } else { announce_process(id) };
    // It holds streams open as well.
    drop(command);
    let mut pause = FIRST_PAUSE;
    let end = loop {
        if let Some(status) = child.try_wait()? {
            break if is_flood() { WatchedEnd::Flooded } else { WatchedEnd::Exited(status) };
        }
        let end = if interrupt.is_pressed() {
            Some(WatchedEnd::Interrupted)
        } else if how.time_limit.is_some_and(|limit| started.elapsed() >= limit) {
            Some(WatchedEnd::TimedOut)
        } else if is_flood() {
            Some(WatchedEnd::Flooded)
        } else {
            None
        };
        if let Some(end) = end {
            kill(&mut child, has_group);
            break end;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    };
    let resident_peak_bytes = resident_peak_bytes(before);
    let has_ended = matches!(end, WatchedEnd::Exited(_));
    let left = end_left(&known, if has_ended { GRACE } else { Duration::ZERO });
    drop((announced, adoption));
    let nothing_charged = || "nothing was charged to it".to_owned();
    let cgroup_peak_bytes = cgroup.and_then(|cgroup| cgroup.peak_bytes().ok_or_else(nothing_charged));
    let left = if has_ended { left } else { Vec::new() };
    Ok(Watched { id, end, left, resident_peak_bytes, cgroup_peak_bytes })
}

/// Kills a command that has not been waited for, and all that it has started, as far as they are not orphans.
fn kill(child: &mut Child, has_group: bool) {
    if has_group {
        group::kill(child);
    }
    group::kill_descendants(child.id());
    let _ = child.kill();
    let _ = child.wait();
}

/// What the kernel has seen of those that have been waited for. It counts from the start of a process on, which is a copy of the
/// tool's, so that less than the tool has is not told; nor is less than those had that the tool has waited for `before`, such as compilers.
fn resident_peak_bytes(before: Option<u64>) -> Option<u64> {
    let (own, theirs) = (peak_bytes(UsageWho::RUSAGE_SELF)?, children_peak_bytes()?);
    (theirs > own && theirs > before?).then_some(theirs)
}

fn children_peak_bytes() -> Option<u64> {
    peak_bytes(UsageWho::RUSAGE_CHILDREN)
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
