//! A program that works for the tool and prints for the user, as cargo does: without limits, and ended with the tool.

use std::io::Read;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::Interrupt;
use super::group;
use super::supervisor::{Announced, announce_group, announce_process, prepare};

/// A running program. Dropped before it has been waited for, it is killed with all that it started.
#[derive(Debug)]
pub(crate) struct Followed {
    child: Child,
    has_group: bool,
    /// None until it has been waited for: so long, its id is its own.
    status: Option<ExitStatus>,
    _announced: Announced,
    #[cfg(windows)]
    family: super::family::Family,
}

/// Between two looks at a program that has closed its output and has not ended.
const FIRST_PAUSE: Duration = Duration::from_micros(200);
const LONGEST_PAUSE: Duration = Duration::from_millis(10);

impl Followed {
    /// Starts a program that reads nothing, and whose standard output is read here.
    ///
    /// In a terminal it stays in the tool's group, which is the foreground's: there it may ask for a password, and Ctrl-C
    /// reaches it by itself. Elsewhere it gets a group, so that what it starts can be ended with it.
    ///
    /// # Errors
    /// When it can't be started.
    pub(crate) fn spawn(mut command: Command) -> std::io::Result<Self> {
        prepare();
        let has_group = !has_terminal();
        if has_group {
            group::isolate(&mut command);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let announced = if has_group { announce_group(child.id()) } else { announce_process(child.id()) };
        Ok(Self {
            #[cfg(windows)]
            family: super::family::Family::of(&child),
            child,
            has_group,
            status: None,
            _announced: announced,
        })
    }

    /// Its standard output, which ends with an error when the user asks the tool to end.
    pub(crate) fn stdout(&mut self) -> Option<impl Read + use<>> {
        self.child.stdout.take().map(Interruptible)
    }

    /// Its standard output and error, where both are read here.
    #[cfg(unix)]
    pub(super) fn streams(&mut self) -> Option<[std::fs::File; 2]> {
        use std::os::fd::OwnedFd;

        let (stdout, stderr) = (self.child.stdout.take()?, self.child.stderr.take()?);
        Some([OwnedFd::from(stdout).into(), OwnedFd::from(stderr).into()])
    }

    /// The same.
    #[cfg(not(unix))]
    pub(super) fn streams(&mut self) -> Option<[Box<dyn Read + Send>; 2]> {
        let (stdout, stderr) = (self.child.stdout.take()?, self.child.stderr.take()?);
        Some([Box::new(stdout), Box::new(stderr)])
    }

    /// Whether it has ended.
    ///
    /// # Errors
    /// When the system does not tell.
    #[cfg(unix)]
    pub(super) fn has_ended(&mut self) -> std::io::Result<bool> {
        if self.status.is_none() {
            self.status = self.child.try_wait()?;
        }
        Ok(self.status.is_some())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When the system does not tell, or the user asks the tool to end.
    pub(crate) fn wait(mut self) -> std::io::Result<ExitStatus> {
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(status) = self.status {
                return Ok(status);
            }
            self.status = self.child.try_wait()?;
            if self.status.is_none() {
                heed_interrupt()?;
                std::thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        if self.status.is_some() {
            #[cfg(windows)]
            self.family.release();
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
pub(super) fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

#[cfg(not(unix))]
pub(super) fn has_terminal() -> bool {
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
    use rustix::event::{PollFd, PollFlags};

    while !is_any_readable(&mut [PollFd::new(stdout, PollFlags::IN)])? {}
    Ok(())
}

#[cfg(not(unix))]
fn wait_readable(_: &ChildStdout) -> std::io::Result<()> {
    Ok(())
}

/// Waits for a moment until one of some streams can be read. Whether one can.
///
/// # Errors
/// When the system does not tell, or the user asks the tool to end.
#[cfg(unix)]
pub(super) fn is_any_readable(streams: &mut [rustix::event::PollFd<'_>]) -> std::io::Result<bool> {
    use rustix::event::{Timespec, poll};

    const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    heed_interrupt()?;
    match poll(streams, Some(&PAUSE)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => Ok(false),
        Ok(_) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// An error when the user asks the tool to end; not `Interrupted`, at which readers try again.
pub(super) fn heed_interrupt() -> std::io::Result<()> {
    if Interrupt::is_any_pressed() { Err(std::io::Error::other("the tool is to end")) } else { Ok(()) }
}
