//! Ends the tool's processes when the tool is gone, however it went: also when it was killed, of which it can't know.
//!
//! A shell reads from a pipe which groups of processes the tool has started and which have ended, and which folders and files
//! are its own for a while. When the pipe is closed, the tool has ended: the shell then kills and removes what is left.
//!
//! A folder that others use after the tool has a shell of its own, which keeps the folder's lock until it is removed.
//!
//! Rejected: a signal at the parent's death, which has to be asked for in the child, between fork and exec; a thread in the
//! measured process, which would be counted; and this program itself, started again, since it may be anybody's xtask.
//!
//! On Windows there is none: what the tool has started is in job objects there (`family.rs`), and its folders stay.

use std::path::Path;

/// A process, or a group of them, that the supervisor knows of until this is dropped.
#[derive(Debug)]
pub(super) struct Announced {
    #[cfg(unix)]
    name: String,
}

#[cfg(unix)]
mod shell {
    use std::io::Write;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, ChildStdin, Command, Stdio};
    use std::sync::{Mutex, PoisonError};

    /// `kill` takes a group as a negative number. What is to be removed lies in the shell's arguments, which keep spaces.
    ///
    /// With a process all end that it has started, and that these have: in a terminal, cargo's group is the tool's own. None
    /// of them can start another one meanwhile, since each is stopped before it is asked for its children; and none dies
    /// before that, since its children would be another's then.
    ///
    /// A process that has left its parents, or that was started a moment before the end and is not announced yet, is found by
    /// what is in its environment, where the system shows it.
    const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
families() {
    if [ -e /proc/self/status ]; then
        grep -s '^PPid:' /proc/[0-9]*/status | sed -n 's|^/proc/\([0-9]*\)/status:PPid:[^0-9]*\([0-9]*\)$|\1:\2|p'
    else
        ps -A -o pid= -o ppid= | sed -n 's/^ *\([0-9][0-9]*\)  *\([0-9][0-9]*\) *$/\1:\2/p'
    fi
}
live=
while read -r word name; do
    case $word in
        begin) live="$live $name" ;;
        end)
            rest=
            for one in $live; do [ "$one" = "$name" ] || rest="$rest $one"; done
            live=$rest
            ;;
        remove) set -- "$@" "$name" ;;
    esac
done
found=' '
for one in $live; do
    kill -s STOP -- "$one"
    found="$found${one#-} "
done
more=$live
while [ -n "$more" ]; do
    more=
    for family in $(families); do
        child=${family%:*}
        case $found in *" $child "*) continue ;; esac
        case $found in
            *" ${family#*:} "*)
                kill -s STOP -- "$child"
                found="$found$child "
                more=yes
                ;;
        esac
    done
done
for one in $live $found; do kill -s KILL -- "$one"; done
for path; do
    [ -e "$path" ] || continue
    if [ -d "$path" ]; then
        for found in $(grep -l -s -F -e "MEMGATE_REQUEST=$path/" -e "LD_PRELOAD=$path/" /proc/[0-9]*/environ); do
            found=${found#/proc/}
            kill -s KILL -- "${found%/environ}"
        done
    fi
    for pause in 0 1 2; do
        sleep "$pause"
        rm -rf -- "$path" && break
    done
done
"#;

    #[derive(Debug)]
    pub(super) struct Shell {
        pipe: ChildStdin,
        /// Never waited for where it outlives the tool.
        child: Child,
    }

    impl Shell {
        pub(super) fn tell(&mut self, line: &str) -> std::io::Result<()> {
            self.pipe.write_all(line.as_bytes())
        }

        /// Has it do what it does at the end, and waits until it is done.
        pub(super) fn end(self) {
            let Self { pipe, mut child } = self;
            drop(pipe);
            let _ = child.wait();
        }
    }

    static SHELL: Mutex<Option<Shell>> = Mutex::new(None);

    /// Tells the supervisor, which is started if there is none.
    pub(super) fn tell(line: &str) {
        let mut shell = SHELL.lock().unwrap_or_else(PoisonError::into_inner);
        if shell.is_none() {
            *shell = start(Stdio::null()).ok();
        }
        // Where no shell can be started, there is no supervisor; the tool works all the same.
        let Some(running) = shell.as_mut() else { return };
        if running.tell(line).is_err() {
            // Somebody has killed it.
            *shell = None;
        }
    }

    /// Starts one. Nothing writes to its output, and it holds it until it ends.
    pub(super) fn start(output: Stdio) -> std::io::Result<Shell> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "memgate-supervisor"]).current_dir("/");
        // Its output would keep whoever reads ours to its end waiting; its group is its own, since a terminal's signals are not
        // for it.
        command.stdin(Stdio::piped()).stdout(output).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn()?;
        let pipe = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
        Ok(Shell { pipe, child })
    }
}

/// Has the supervisor there before there is something to announce: starting it takes longer than telling it.
pub(super) fn prepare() {
    #[cfg(unix)]
    shell::tell("");
}

/// Announces the group of a child that is the first of a group of its own.
pub(super) fn announce_group(id: u32) -> Announced {
    announce(format!("-{id}"))
}

/// Announces a child that is in the tool's own group.
pub(super) fn announce_process(id: u32) -> Announced {
    announce(id.to_string())
}

#[cfg(unix)]
fn announce(name: String) -> Announced {
    shell::tell(&format!("begin {name}\n"));
    Announced { name }
}

#[cfg(not(unix))]
fn announce(_: String) -> Announced {
    Announced {}
}

#[cfg(unix)]
impl Drop for Announced {
    fn drop(&mut self) {
        shell::tell(&format!("end {}\n", self.name));
    }
}

/// Has a file or a folder removed when the tool ends and has not done so itself. Its name must be nobody else's.
#[cfg(unix)]
pub(crate) fn remove_at_the_end(path: &Path) {
    if let Some(line) = removal(path) {
        shell::tell(&line);
    }
}

#[cfg(not(unix))]
pub(crate) fn remove_at_the_end(_: &Path) {}

/// A folder that is removed when this is dropped, or the tool is gone.
#[derive(Debug)]
pub(crate) struct Removal {
    #[cfg(unix)]
    shell: Option<shell::Shell>,
}

/// Has a folder removed under a lock that is held here. It stays held until the folder is gone, also when the tool is killed
/// before, so that whoever takes the lock next may make a folder of the same name.
#[cfg(unix)]
pub(crate) fn remove_under_lock(path: &Path, lock: &std::fs::File) -> Removal {
    let start = || {
        let line = removal(path)?;
        // A lock is had by all that share the open file.
        let mut shell = shell::start(lock.try_clone().ok()?.into()).ok()?;
        shell.tell(&line).ok()?;
        Some(shell)
    };
    Removal { shell: start() }
}

#[cfg(not(unix))]
pub(crate) fn remove_under_lock(_: &Path, _: &std::fs::File) -> Removal {
    Removal {}
}

#[cfg(unix)]
impl Drop for Removal {
    fn drop(&mut self) {
        if let Some(shell) = self.shell.take() {
            shell.end();
        }
    }
}

/// What the shell is told; none for a name that it can't be told, since lines are what it reads.
#[cfg(unix)]
fn removal(path: &Path) -> Option<String> {
    let path = path.to_str().filter(|path| path.starts_with('/') && !path.contains(['\n', '\\']))?;
    Some(format!("remove {path}\n"))
}
