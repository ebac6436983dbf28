//! The group of processes that a child and its own children form.

use std::process::{Child, Command};

/// Makes the child the first of a group of its own, so that what it starts can be ended with it.
#[cfg(unix)]
pub(super) fn isolate(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn isolate(_: &mut Command) {}

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

/// Whether anyone of a group is left.
#[cfg(unix)]
pub(super) fn is_group_alive(id: u32) -> bool {
    group(id).is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
}

#[cfg(not(unix))]
pub(super) fn is_group_alive(_: u32) -> bool {
    false
}

#[cfg(unix)]
fn group(id: u32) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(i32::try_from(id).ok()?)
}
