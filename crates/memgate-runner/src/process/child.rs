//! Runs one child within limits.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::Interrupt;
use super::adoption::Adoption;
use super::group::{self, Ended};
use super::output::Output;
use super::strays::{Mark, Origin, end_strays};
use super::supervisor::announce_group;

/// How far a child may go.
#[derive(Clone, Copy, Debug)]
pub struct ChildLimits {
    /// How long it may run.
    pub time: Duration,
    /// How much it may print, in bytes.
    pub output_bytes: u64,
}

/// How a child ended, and the last of what it said.
#[derive(Debug)]
pub struct ChildOutcome {
    /// How it ended.
    pub end: ChildEnd,
    /// The end of its standard error.
    pub stderr: String,
}

/// How a child ended.
#[derive(Debug)]
pub enum ChildEnd {
    /// By itself.
    Exited {
        /// Its status.
        status: ExitStatus,
        /// Whether processes that it had started were still running, and had to be killed.
        left_processes: bool,
        /// Whether it had started other processes. Always false where the system does not tell.
        started_others: bool,
    },
    /// It was killed because it ran too long.
    TimedOut,
    /// It was killed because it printed too much.
    Flooded,
    /// It was killed because the user pressed Ctrl-C.
    Interrupted,
    /// It could not be started.
    NotStarted(std::io::Error),
}

/// Between two looks at a child: at first often, since most are done in a few milliseconds, then less.
const FIRST_PAUSE: Duration = Duration::from_micros(200);
const LONGEST_PAUSE: Duration = Duration::from_millis(10);
/// How long the children of an ended child may take to end too.
const GRACE: Duration = Duration::from_millis(500);

/// Runs a child to its end, or to that of its limits. Its standard input is empty; what it prints is kept only as far
/// as [`ChildOutcome`] has it. What it has started ends with it: its group, and whoever has its `mark`, which must be in its
/// environment and in nobody else's. `folder` takes what it prints.
///
/// Waiting is by looking again and again rather than by a blocking wait, which would need a thread more for each of
/// the limits and could not be left for Ctrl-C.
#[must_use]
pub fn run_child(
    mut command: Command,
    mark: &Mark,
    limits: ChildLimits,
    folder: &Path,
    interrupt: &Interrupt,
) -> ChildOutcome {
    let not_started = |problem| ChildOutcome { end: ChildEnd::NotStarted(problem), stderr: String::new() };
    let mut output = match Output::new(folder) {
        Ok(output) => output,
        Err(problem) => return not_started(problem),
    };
    let (stdout, stderr) = match output.streams() {
        Ok(streams) => streams,
        Err(problem) => return not_started(problem),
    };
    command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    group::isolate(&mut command);
    let started = Instant::now();
    let (mut child, adoption) = match Adoption::spawn(&mut command) {
        Ok(started) => started,
        Err(problem) => return not_started(problem),
    };
    let announced = announce_group(child.id());
    // The command holds the streams open as well.
    drop(command);
    let strays = Origin { mark, id: child.id(), adoption: &adoption, output: &output };
    let mut pause = FIRST_PAUSE;
    let end = loop {
        match group::try_wait(&mut child) {
            Ok(Some(Ended { status, waited_for_others })) => {
                let ran = started.elapsed();
                let group = end_group(child.id());
                let elsewhere = end_strays(&strays, ran, GRACE);
                break ChildEnd::Exited {
                    status,
                    left_processes: group.was_killed || elsewhere,
                    started_others: waited_for_others || group.had_orphans || elsewhere,
                };
            }
            Ok(None) => {}
            Err(problem) => break ChildEnd::NotStarted(problem),
        }
        let too_far = if interrupt.is_pressed() {
            Some(ChildEnd::Interrupted)
        } else if started.elapsed() > limits.time {
            Some(ChildEnd::TimedOut)
        } else if output.bytes() > limits.output_bytes {
            Some(ChildEnd::Flooded)
        } else {
            None
        };
        if let Some(end) = too_far {
            group::kill(&mut child);
            // It was killed, so this does not take long; an error means that somebody else has waited for it.
            let _ = child.wait();
            let _ = end_group(child.id());
            let _ = end_strays(&strays, started.elapsed(), Duration::ZERO);
            break end;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    };
    drop((announced, adoption));
    let end = match end {
        ChildEnd::Exited { .. } if output.bytes() > limits.output_bytes => ChildEnd::Flooded,
        end => end,
    };
    ChildOutcome { end, stderr: output.stderr_tail() }
}

/// What was left of an ended child's group.
struct GroupEnd {
    /// Whether somebody in it ended, or had ended, whose status nobody had taken.
    had_orphans: bool,
    /// Whether somebody in it went on running, and had to be killed.
    was_killed: bool,
}

/// Gives what is left of an ended child's group a moment to end, then kills it.
fn end_group(id: u32) -> GroupEnd {
    let deadline = Instant::now() + GRACE;
    let mut had_orphans = false;
    loop {
        had_orphans |= group::forget_ended(id);
        if !group::is_group_alive(id) {
            return GroupEnd { had_orphans, was_killed: false };
        }
        if Instant::now() > deadline {
            let was_killed = group::is_anyone_running(id);
            if was_killed {
                group::kill_group(id);
            }
            return GroupEnd { had_orphans: true, was_killed };
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn run(script: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder.path()).env("MARK", folder.path());
        let mark = Mark::new("MARK", folder.path().as_os_str());
        let limits = ChildLimits { time: Duration::from_secs(60), output_bytes: 1 << 20 };
        let outcome = run_child(command, &mark, limits, folder.path(), &Interrupt::default());
        let ChildEnd::Exited { status, left_processes, .. } = outcome.end else { panic!("{outcome:?}") };
        assert!(status.success(), "{}", outcome.stderr);
        if let Ok(id) = std::fs::read_to_string(folder.path().join("id")) {
            let id = id.trim().parse().unwrap();
            assert!(!group::is_running(id), "{script}");
        }
        left_processes
    }

    #[test]
    fn a_daemon_with_an_environment_of_its_own_is_ended_with_those_that_it_started() {
        // Whoever waits for the file knows that the daemon has begun.
        let wait = "while [ ! -s id ]; do sleep 0.01; done";
        let daemon = "setsid -f env -i /bin/sh -c 'sleep 300 & echo $! > part; mv part id; wait'";
        for output in ["", "> /dev/null 2>&1"] {
            assert!(run(&format!("{daemon} {output} < /dev/null; {wait}")), "{output}");
        }
        assert!(!run("true"));
        // One that ends by itself within moments was not left.
        assert!(!run("setsid -f env -i /bin/sleep 0.1"));
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let all = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let session = group::Stat::of(std::process::id()).unwrap().session;
        let left = all
            .filter_map(group::Stat::of)
            .filter(|stat| stat.parent == std::process::id() && stat.session != session);
        assert_eq!(left.count(), 0, "nobody else in these tests begins a session");
    }

    /// As in a container or a CI job: its first process is not what began the session, which has no number there.
    #[test]
    #[expect(clippy::print_stderr, reason = "a test that does nothing says so")]
    fn so_it_is_where_the_session_began_outside() {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]);
        if !command.arg("true").output().is_ok_and(|output| output.status.success()) {
            eprintln!("SKIPPED: no namespaces of one's own here");
            return;
        }
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"])
            .arg(std::env::current_exe().unwrap());
        let test = "process::child::tests::a_daemon_with_an_environment_of_its_own_is_ended_with_those_that_it_started";
        let output = command.args(["--exact", test]).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
    }

    #[test]
    fn orphans_come_to_the_tool_as_long_as_processes_run() {
        use rustix::process::child_subreaper;

        // Others may run beside this one.
        let deadline = Instant::now() + Duration::from_secs(60);
        run("true");
        while child_subreaper().unwrap().is_some() {
            assert!(Instant::now() < deadline, "it was not as before again");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
