//! A program that works for the tool and prints for the user, as cargo does: without limits, and ended with the tool.

use std::io::Read;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::Interrupt;
use super::group;
use super::supervisor::{Announced, announce_group, announce_process};

/// A running program. Dropped before it has been waited for, it is killed with all that it started.
#[derive(Debug)]
pub(crate) struct Followed {
    child: Child,
    has_group: bool,
    has_ended: bool,
    _announced: Announced,
}

impl Followed {
    /// Starts a program that reads nothing, and whose standard output is read here.
    ///
    /// In a terminal it stays in the tool's group, which is the foreground's: there it may ask for a password, and Ctrl-C
    /// reaches it by itself. Elsewhere it gets a group, so that what it starts can be ended with it.
    ///
    /// # Errors
    /// When it can't be started.
    pub(crate) fn spawn(mut command: Command) -> std::io::Result<Self> {
        let has_group = !has_terminal();
        if has_group {
            group::isolate(&mut command);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let announced = if has_group { announce_group(child.id()) } else { announce_process(child.id()) };
        Ok(Self { child, has_group, has_ended: false, _announced: announced })
    }

    /// Its standard output, which ends with an error when the user asks the tool to end.
    pub(crate) fn stdout(&mut self) -> Option<impl Read + use<>> {
        self.child.stdout.take().map(Interruptible)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(crate) fn wait(mut self) -> std::io::Result<ExitStatus> {
        let status = self.child.wait();
        self.has_ended = true;
        status
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        if self.has_group {
            group::kill(&mut self.child);
        } else {
            group::kill_descendants(self.child.id());
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

#[cfg(not(unix))]
fn has_terminal() -> bool {
    true
}

/// Output that is waited for as long as nobody asks the tool to end: a blocking read goes on after a signal.
struct Interruptible(ChildStdout);

impl Read for Interruptible {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        wait_readable(&self.0)?;
        self.0.read(buffer)
    }
}

#[cfg(unix)]
fn wait_readable(stdout: &ChildStdout) -> std::io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    loop {
        if Interrupt::is_any_pressed() {
            // Not `Interrupted`, at which readers try again.
            return Err(std::io::Error::other("the tool is to end"));
        }
        match poll(&mut [PollFd::new(stdout, PollFlags::IN)], Some(&PAUSE)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(not(unix))]
fn wait_readable(_: &ChildStdout) -> std::io::Result<()> {
    Ok(())
}
