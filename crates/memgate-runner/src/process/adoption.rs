//! Orphans: Linux gives them to the tool, instead of to the system's first process, while measured processes run.
//!
//! What was started by a measured process and has left its group, its session and its environment is known by its parent
//! then. Nothing says whose orphan it was. One that writes to where a measured process writes is that one's; any other is
//! counted as left by the last of those that ran when it was started, and stays until that one has ended, since it may be
//! what another one works with. So with several side by side a neighbour may be blamed; the run is red either way.
//!
//! The tool may be a part of somebody's program. What that starts is in its own session, and is not touched.

use std::process::{Child, Command};

/// A measured process whose orphans come to the tool until this is dropped; on Windows, one that ends with all that it has started then.
#[derive(Debug)]
pub(super) struct Adoption {
    #[cfg(target_os = "linux")]
    id: u32,
    #[cfg(windows)]
    pub(super) family: super::family::Family,
}

#[cfg(windows)]
impl Adoption {
    pub(super) fn spawn(command: &mut Command) -> std::io::Result<(Child, Self)> {
        let child = command.spawn()?;
        let family = super::family::Family::of(&child);
        Ok((child, Self { family }))
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
impl Adoption {
    pub(super) fn spawn(command: &mut Command) -> std::io::Result<(Child, Self)> {
        Ok((command.spawn()?, Self {}))
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use rustix::process::{Pid, WaitOptions, child_subreaper, getpid, set_child_subreaper, waitpid};

    use super::{Adoption, Child, Command};
    use crate::process::group::Stat;
    use crate::process::output::Output;

    /// The processes whose orphans come to the tool.
    struct Adopting {
        /// How many there are, with those that have ended and are cleaned up after.
        count: usize,
        /// Those that run, or have not been cleaned up after yet.
        running: Vec<u32>,
        /// What is being ended, and the process that each is counted as left by.
        taken: Vec<(u32, u32)>,
        /// Whether orphans come to this program anyway.
        is_own_wish: bool,
    }

    static ADOPTING: Mutex<Adopting> =
        Mutex::new(Adopting { count: 0, running: Vec::new(), taken: Vec::new(), is_own_wish: false });

    fn adopting() -> MutexGuard<'static, Adopting> {
        ADOPTING.lock().unwrap_or_else(PoisonError::into_inner)
    }

    impl Adoption {
        /// Starts a process.
        ///
        /// # Errors
        /// When it can't be started.
        pub(in crate::process) fn spawn(command: &mut Command) -> std::io::Result<(Child, Self)> {
            // Held until it is known that the process runs: its orphans may be there before.
            let mut adopting = adopting();
            if adopting.count == 0 {
                adopting.is_own_wish = child_subreaper().is_ok_and(|wish| wish.is_some());
                // Where that can't be had, orphans are not found.
                let _ = set_child_subreaper(Some(getpid()));
            }
            adopting.count += 1;
            match command.spawn() {
                Ok(child) => {
                    adopting.running.push(child.id());
                    let id = child.id();
                    Ok((child, Self { id }))
                }
                Err(problem) => {
                    adopting.release();
                    Err(problem)
                }
            }
        }

        /// What this process, which has ended and prints to `output`, is counted as having left: the processes `marked`, and of
        /// the `others` the orphans that are nobody else's.
        pub(in crate::process) fn left(&self, marked: Vec<u32>, others: &[u32], output: &Output) -> Vec<u32> {
            let orphans: Vec<u32> = others.iter().copied().filter(|id| is_orphan(*id, self.id)).collect();
            // In one step: of two that end at the same time, one takes what may be either's, and none what is the other's.
            let mut adopting = adopting();
            adopting.running.retain(|running| *running != self.id);
            let own = orphans.into_iter().filter(|id| adopting.is_of(*id, self.id, output));
            let left: Vec<u32> = marked.into_iter().chain(own).collect();
            adopting.taken.retain(|(id, _)| !left.contains(id));
            adopting.taken.extend(left.iter().map(|id| (*id, self.id)));
            left
        }
    }

    impl Drop for Adoption {
        fn drop(&mut self) {
            let mut adopting = adopting();
            adopting.running.retain(|running| *running != self.id);
            adopting.taken.retain(|(_, by)| *by != self.id);
            adopting.release();
        }
    }

    impl Adopting {
        /// Whether an orphan is counted as left by a measured process that has ended.
        fn is_of(&self, orphan: u32, ended: u32, output: &Output) -> bool {
            match self.taken.iter().find(|(id, _)| *id == orphan) {
                Some((_, by)) => *by == ended,
                None => output.is_held_by(orphan) || !self.running.iter().any(|running| *running < orphan),
            }
        }

        fn release(&mut self) {
            self.count = self.count.saturating_sub(1);
            if self.count == 0 && !self.is_own_wish {
                let _ = set_child_subreaper(None);
            }
        }
    }

    /// Whether the process with this id was started by a measured one after the process `first`, has left its session, and has
    /// the tool for a parent now. Of one that has ended, the status is taken, and it is none.
    fn is_orphan(id: u32, first: u32) -> bool {
        // Where ids have begun anew, one is not found rather than taken for another.
        let Some(stat) = Stat::of(id).filter(|_| id > first) else { return false };
        let own_id = std::process::id();
        // Not from `getsid`, whose 0 is no id that rustix allows: in a container, the session may have begun outside.
        if stat.parent != own_id || Stat::of(own_id).is_none_or(|own| own.session == stat.session) {
            return false;
        }
        if !stat.is_running {
            forget(id);
        }
        stat.is_running
    }

    /// Takes the status of an orphan that has ended.
    pub(in crate::process) fn forget(id: u32) {
        if let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) {
            // An error means that somebody else is its parent.
            let _ = waitpid(Some(id), WaitOptions::NOHANG);
        }
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::forget;
