//! Benchmarks that fail in every way: each is reported with its reason, the others are measured all the same, and no
//! baseline is touched.

use std::time::{Duration, Instant};

use crate::finished::Finished;
use crate::support::{Package, Project, has_ended};

/// Every benchmark of a target but `steady` misbehaves.
const CRASHES: &str = r#"
use std::process::{Command, exit, id};

use memgate::Bencher;

fn steady(bencher: Bencher) {
    bencher.bench(|| vec![1, 2, 3]);
}

fn panics(bencher: Bencher) {
    bencher.bench(|| panic!("out of luck"));
}

fn panics_in_set_up(_: Bencher) {
    panic!("out of luck before the window");
}

fn aborts(bencher: Bencher) {
    bencher.bench(|| {
        eprintln!("last words");
        std::process::abort()
    });
}

fn aborts_beside_a_child(bencher: Bencher) {
    bencher.bench(|| {
        let child = Command::new("sleep").arg("600").spawn().unwrap();
        std::fs::write("child.pid", child.id().to_string()).unwrap();
        std::process::abort()
    });
}

fn exits(bencher: Bencher) {
    bencher.bench(|| exit(0));
}

fn exits_badly(bencher: Bencher) {
    bencher.bench(|| exit(7));
}

fn is_killed(bencher: Bencher) {
    bencher.bench(|| Command::new("/bin/sh").arg("-c").arg(format!("kill -9 {}", id())).status());
}

fn overflows_the_stack(bencher: Bencher) {
    fn deeper(depth: u64) -> u64 {
        let frame = std::hint::black_box([depth; 64]);
        deeper(depth + 1) + frame[0]
    }
    bencher.bench(|| deeper(0));
}

memgate::main! {
    steady, panics, panics_in_set_up, aborts, aborts_beside_a_child, exits, exits_badly, is_killed, overflows_the_stack,
}
"#;

const LIMITS: &str = r#"
use std::fs::File;
use std::io::Write;
use std::os::fd::FromRawFd;
use std::process::{Command, Stdio, id};
use std::sync::Once;
use std::time::Duration;

use memgate::Bencher;

static ONCE: Once = Once::new();

fn steady(bencher: Bencher) {
    bencher.bench(|| vec![1, 2, 3]);
}

fn leaves_a_daemon(bencher: Bencher) {
    bencher.bench(|| {
        ONCE.call_once(|| {
            let mut command = Command::new("sleep");
            command.arg("600").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            // SAFETY: It is called between fork and exec, where that is allowed.
            unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, || { libc::setsid(); Ok(()) }) };
            std::fs::write("daemon.pid", command.spawn().unwrap().id().to_string()).unwrap();
        });
    });
}

/// As a service manager starts one.
fn leaves_a_daemon_of_no_environment(bencher: Bencher) {
    bencher.bench(|| {
        ONCE.call_once(|| {
            let mut command = Command::new("/bin/sleep");
            command.arg("600").env_clear().stdin(Stdio::null());
            // SAFETY: It is called between fork and exec, where that is allowed.
            unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, || { libc::setsid(); Ok(()) }) };
            std::fs::write("stranger.pid", command.spawn().unwrap().id().to_string()).unwrap();
        });
    });
}

fn hangs(bencher: Bencher) {
    bencher.bench(|| {
        eprintln!("going to sleep");
        std::fs::write("hangs.pid", id().to_string()).unwrap();
        loop {
            std::thread::sleep(Duration::from_secs(60));
        }
    });
}

fn floods(bencher: Bencher) {
    let line = vec![b'x'; 1 << 20];
    bencher.bench(move || (0..100).for_each(|_| std::io::stdout().write_all(&line).unwrap()));
}

fn prints_a_little(bencher: Bencher) {
    bencher.bench(|| println!("hello"));
}

fn closes_its_output(bencher: Bencher) {
    // SAFETY: It is not safe; that is what is tested.
    bencher.bench(|| ONCE.call_once(|| drop(unsafe { File::from_raw_fd(1) })));
}

fn forks(bencher: Bencher) {
    // SAFETY: There is one thread, so the child can go on.
    bencher.bench(|| ONCE.call_once(|| drop(unsafe { libc::fork() })));
}

fn forks_a_sleeper(bencher: Bencher) {
    bencher.bench(|| {
        ONCE.call_once(|| {
            // SAFETY: There is one thread, so the child can go on.
            if unsafe { libc::fork() } == 0 {
                std::fs::write("sleeper.pid", id().to_string()).unwrap();
                loop {
                    std::thread::sleep(Duration::from_secs(60));
                }
            }
        });
    });
}

fn leaves_a_child(bencher: Bencher) {
    bencher.bench(|| {
        ONCE.call_once(|| {
            let child = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
            std::fs::write("child.pid", child.id().to_string()).unwrap();
        });
    });
}

memgate::main! {
    steady, hangs, floods, prints_a_little, closes_its_output, forks, forks_a_sleeper, leaves_a_child,
    leaves_a_daemon, leaves_a_daemon_of_no_environment,
}
"#;

/// A project with baselines of what works.
fn project(name: &str, source: &str, working: &str) -> Project {
    let package = Package::new(name).manifest("libc = \"0.2\"\n").bench("memory", source);
    let project = Project::new(name, [package]);
    project.memgate(&format!("update --exact {working}")).exits(0);
    project
}

fn has_failures(
    project: &Project,
    name: &str,
    line: &str,
    working: &[&str],
    expected: &[(&str, &str, &str, &str)],
) {
    let before = project.baselines();
    let report = project.memgate(&format!("check --format json {line}")).exits(101).report();
    assert_eq!(report.outcome(), "failed");
    for benchmark in working {
        assert_eq!(report.verdicts()[format!("{name}/memory/{benchmark}").as_str()], "ok");
    }
    for (benchmark, kind, message, stderr) in expected {
        let id = format!("{name}/memory/{benchmark}");
        assert_eq!(report.verdicts()[id.as_str()], "failed", "{id}");
        let (found_kind, found_message, found_stderr) = report.failure(&id);
        assert_eq!((found_kind, found_message), (*kind, *message), "{id}");
        assert!(found_stderr.contains(stderr), "{id}: {found_stderr}");
    }
    assert_eq!(report.verdicts().len(), working.len() + expected.len());

    // The same is said to people, all of it where a screen may not be enough, and an update keeps its hands off.
    let said = project.memgate(&format!("check --verbose {line}")).exits(101);
    for (benchmark, _, message, stderr) in expected {
        let said = said
            .stdout
            .split("failed  ")
            .find(|text| text.starts_with(&format!("{name}/memory/{benchmark}: ")));
        let said = said.unwrap_or_else(|| panic!("{benchmark} is not in the report"));
        assert!(said.contains(message) && said.contains(stderr), "{said}");
    }
    project
        .memgate(&format!("update {line}"))
        .exits(101)
        .complains("so no baseline is touched; fix it, or leave it out with --skip");
    assert_eq!(project.baselines(), before);
}

#[test]
fn crashes_are_told_apart() {
    let project = project("crashing", CRASHES, "steady");
    let expected = [
        ("panics", "crashed", "it panicked (exit code 101) before it was measured", "out of luck"),
        (
            "panics_in_set_up",
            "crashed",
            "it panicked (exit code 101) before it was measured",
            "out of luck before the window",
        ),
        ("aborts", "crashed", "it was ended by signal 6 (SIGABRT) before it was measured", "last words"),
        ("aborts_beside_a_child", "crashed", "it was ended by signal 6 (SIGABRT) before it was measured", ""),
        ("exits", "crashed", "it exited with code 0 before it was measured", ""),
        ("exits_badly", "crashed", "it exited with code 7 before it was measured", ""),
        ("is_killed", "crashed", "it was ended by signal 9 (SIGKILL) before it was measured", ""),
        (
            "overflows_the_stack",
            "crashed",
            "it was ended by signal 6 (SIGABRT) before it was measured",
            "has overflowed its stack",
        ),
    ];
    has_failures(&project, "crashing", "", &["steady"], &expected);
    assert!(has_ended(&project.read("crashing/child.pid")));
    let run = project.memgate("run").exits(101).json();
    assert_eq!(run["run"]["bench_targets"][0]["results"]["aborts"]["failed"]["kind"], "crashed");
    assert!(run["run"]["bench_targets"][0]["results"]["steady"]["measured"].is_object());
    project.memgate("check --exact steady").exits(0).says("1 ok");

    // A backtrace is heap memory, and none is captured whatever the surroundings say.
    let mut command = project.tool();
    command.args(["check", "--exact", "panics", "--format", "json"]).env("RUST_BACKTRACE", "1");
    let report = Finished::of(&mut command).exits(101).report();
    let (_, _, stderr) = report.failure("crashing/memory/panics");
    assert!(
        stderr.contains("panicked at crashing/benches/memory.rs:") && stderr.contains("out of luck"),
        "{stderr}"
    );
    assert!(!stderr.contains("stack backtrace"), "{stderr}");
}

#[test]
fn limits_are_kept_and_nothing_is_left_running() {
    let project = project("limits", LIMITS, "steady prints_a_little");
    let left = "it left processes running, which were stopped; wait for what the routine starts";
    let forked = "the routine forked, and the copy went on into the harness; start other programs instead";
    let mut expected = vec![
        (
            "hangs",
            "timed_out",
            "it ran longer than 2 s and was stopped; make what it measures smaller, or raise --time-limit",
            "going to sleep",
        ),
        (
            "floods",
            "flooded",
            "it printed more than 64.00 MiB and was stopped; what a benchmark prints, it prints each of the many times that it is run",
            "",
        ),
        (
            "closes_its_output",
            "refused",
            "the routine closed standard output, which belongs to the process; the next file that is opened would be \
             written over with what is printed",
            "",
        ),
        ("forks", "forked", forked, ""),
        ("forks_a_sleeper", "forked", left, ""),
        ("leaves_a_child", "forked", left, ""),
    ];
    let mut files = vec!["hangs.pid", "sleeper.pid", "child.pid"];
    let mut line = "--time-limit 2s --skip leaves_a_daemon";
    // Elsewhere nobody tells whose daemon it is.
    if cfg!(target_os = "linux") {
        line = "--time-limit 2s";
        expected.push(("leaves_a_daemon", "forked", left, ""));
        expected.push(("leaves_a_daemon_of_no_environment", "forked", left, ""));
        files.extend(["daemon.pid", "stranger.pid"]);
    }
    let started = Instant::now();
    has_failures(&project, "limits", line, &["steady", "prints_a_little"], &expected);
    assert!(started.elapsed() < Duration::from_secs(60), "nobody waits for what hangs");
    for file in files {
        let id = project.read(format!("limits/{file}"));
        assert!(has_ended(&id), "{file}");
    }
}

#[test]
fn a_build_that_fails_says_so() {
    let project =
        project("unbuildable", "fn a(b: memgate::Bencher) { b.bench(|| 1); } memgate::main! { a }", "a");
    let before = project.baselines();
    project.replace("unbuildable/benches/memory.rs", "fn a", "fn b");
    for line in ["check", "update", "run", "list"] {
        project
            .memgate(line)
            .exits(101)
            .complains("cannot find value `a`")
            .complains("failed to build what is measured of unbuildable");
    }
    assert_eq!(project.baselines(), before);
    project.write("unbuildable/Cargo.toml", "[package");
    project.memgate("check").exits(101).complains("failed to read the workspace");
}
