//! The group of processes that a child and its own children form.

use std::process::{Child, Command, ExitStatus};

/// Makes the child the first of a group of its own, so that what it starts can be ended with it.
#[cfg(unix)]
pub(super) fn isolate(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn isolate(_: &mut Command) {}

/// A child that has ended.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// Whether it had started other processes and waited for them.
    pub(super) waited_for_others: bool,
}

/// Takes the status of the child, if it has ended.
///
/// # Errors
/// When somebody else has taken it.
pub(super) fn try_wait(child: &mut Child) -> std::io::Result<Option<Ended>> {
    let Some(waited_for_others) = before_wait(child.id()) else { return Ok(None) };
    Ok(child.try_wait()?.map(|status| Ended { status, waited_for_others }))
}

/// Whether a process that has ended had waited for others; none while it runs. To be asked before its status is taken, since
/// nothing is known of it afterwards.
#[cfg(target_os = "linux")]
fn before_wait(id: u32) -> Option<bool> {
    match Stat::of(id) {
        Some(stat) if stat.is_running => None,
        // No program can be started without a page fault.
        stat => Some(stat.is_some_and(|stat| stat.page_faults_of_others > 0)),
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it is not known whether it still runs")]
fn before_wait(_: u32) -> Option<bool> {
    Some(false)
}

/// Kills the child and all of its group. The child must not have been waited for, so that its id is still its own.
#[cfg(unix)]
pub(super) fn kill(child: &mut Child) {
    kill_group(child.id());
    // Alone, should it have left its group.
    let _ = child.kill();
}

#[cfg(not(unix))]
pub(super) fn kill(child: &mut Child) {
    let _ = child.kill();
}

/// Kills what is left of a group whose first process has ended.
#[cfg(unix)]
pub(super) fn kill_group(id: u32) {
    if let Some(group) = group(id) {
        // An error means that nobody is left.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
pub(super) fn kill_group(_: u32) {}

/// Takes the statuses of those of a group that have ended and are the tool's to wait for: orphans, since the group's first
/// process has been waited for. Whether there were any.
#[cfg(unix)]
pub(super) fn forget_ended(id: u32) -> bool {
    use rustix::process::{WaitOptions, waitpgid};

    let forget = |group| matches!(waitpgid(group, WaitOptions::NOHANG), Ok(Some(_)));
    let mut had_any = false;
    while group(id).is_some_and(forget) {
        had_any = true;
    }
    had_any
}

#[cfg(not(unix))]
pub(super) fn forget_ended(_: u32) -> bool {
    false
}

/// Whether anyone of a group is left.
#[cfg(unix)]
pub(super) fn is_group_alive(id: u32) -> bool {
    group(id).is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
}

#[cfg(not(unix))]
pub(super) fn is_group_alive(_: u32) -> bool {
    false
}

/// Whether a process runs: it is there, and has not ended.
#[cfg(target_os = "linux")]
pub(super) fn is_running(id: u32) -> bool {
    Stat::of(id).is_some_and(|stat| stat.is_running)
}

/// Kills all that a process has started, and what those have, as far as they have not left their parents. The process itself
/// is not killed.
#[cfg(target_os = "linux")]
pub(super) fn kill_descendants(id: u32) {
    let all: Vec<(u32, Stat)> = processes().filter_map(|id| Some((id, Stat::of(id)?))).collect();
    let mut waiting = vec![id];
    while let Some(parent) = waiting.pop() {
        for (id, _) in all.iter().filter(|(_, stat)| stat.parent == parent) {
            waiting.push(*id);
            if let Some(id) = group(*id) {
                let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
            }
        }
    }
}

/// Elsewhere, nobody tells who started whom.
#[cfg(not(target_os = "linux"))]
pub(super) fn kill_descendants(_: u32) {}

/// What the system says of a process.
#[cfg(target_os = "linux")]
pub(super) struct Stat {
    pub(super) is_running: bool,
    pub(super) parent: u32,
    group: u32,
    pub(super) session: u32,
    /// Minor page faults of the processes that it has waited for, and of those that these have.
    page_faults_of_others: u64,
}

#[cfg(target_os = "linux")]
impl Stat {
    /// None when there is no such process.
    pub(super) fn of(id: u32) -> Option<Self> {
        // `7 (any name) S 1 7 7 …`: after the name come the state, the parent, the group, the session, and as the fifth after
        // that the faults; proc_pid_stat(5).
        let stat = std::fs::read(format!("/proc/{id}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        let mut fields = stat.rsplit(')').next()?.split_whitespace();
        let is_running = !matches!(fields.next()?, "Z" | "X");
        let (parent, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let session = fields.next()?.parse().ok()?;
        let page_faults_of_others = fields.nth(4)?.parse().ok()?;
        Some(Self { is_running, parent, group, session, page_faults_of_others })
    }
}

/// The ids of all processes.
#[cfg(target_os = "linux")]
pub(super) fn processes() -> impl Iterator<Item = u32> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|process| process.file_name().to_str()?.parse().ok())
}

/// Whether anyone of a group still runs. One that has ended is a part of it until its parent asks for its status; in a
/// container, the parent of orphans may be a program that never does.
#[cfg(target_os = "linux")]
pub(super) fn is_anyone_running(id: u32) -> bool {
    if std::fs::read_dir("/proc").is_err() {
        return is_group_alive(id);
    }
    processes().filter_map(Stat::of).any(|stat| stat.group == id && stat.is_running)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_anyone_running(id: u32) -> bool {
    is_group_alive(id)
}

#[cfg(unix)]
fn group(id: u32) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(i32::try_from(id).ok()?)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn one_that_has_ended_is_in_its_group_and_does_not_run() {
        let mut command = Command::new("cat");
        isolate(command.stdin(std::process::Stdio::piped()));
        let mut child = command.spawn().unwrap();
        let id = child.id();
        assert!(is_group_alive(id) && is_anyone_running(id));
        drop(child.stdin.take());
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while is_anyone_running(id) {
            assert!(std::time::Instant::now() < deadline, "it does not end");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert!(is_group_alive(id), "nobody has asked for its status");
        child.wait().unwrap();
        assert!(!is_group_alive(id));
    }
}
