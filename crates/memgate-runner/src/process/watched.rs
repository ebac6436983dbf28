//! A command of the user's: it has the user's streams, and nothing of it stays when it has ended.
//!
//! The tool starts nothing else meanwhile.

use std::num::NonZeroUsize;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use super::Interrupt;
use super::adoption::Adoption;
use super::around::Around;
use super::followed::has_terminal;
use super::group;
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
    let around = Around::before(how.cores);
    let started = Instant::now();
    let (mut child, adoption) = around.start(|| Adoption::spawn(&mut command))?;
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
    let resident_peak_bytes = around.resident_peak_bytes();
    let has_ended = matches!(end, WatchedEnd::Exited(_));
    let left = around.end_left(if has_ended { GRACE } else { Duration::ZERO });
    drop((announced, adoption));
    let left = if has_ended { left } else { Vec::new() };
    Ok(Watched { id, end, left, resident_peak_bytes, cgroup_peak_bytes: around.cgroup_peak_bytes() })
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
