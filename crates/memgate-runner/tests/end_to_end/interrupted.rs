//! Ctrl-C while benchmarks run, and the other ends of the tool.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::commits::History;
use crate::finished::Finished;
use crate::support::{Package, Project, has_ended};
#[cfg(target_os = "linux")]
use crate::terminal::new_terminal;

const BENCH: &str = r#"
use memgate::Bencher;

fn quick(bencher: Bencher) {
    bencher.bench(|| Box::new(1));
}

fn long(bencher: Bencher, number: u32) {
    bencher.bench(move || {
        if std::path::Path::new("hold").exists() {
            // In the place of the file in one step, so that nobody reads an empty one.
            let request = std::env::var("MEMGATE_REQUEST").unwrap();
            std::fs::write(format!("{number}.part"), format!("{}\n{request}", std::process::id())).unwrap();
            std::fs::rename(format!("{number}.part"), format!("{number}.pid")).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(600));
        }
        vec![1; 100]
    });
}

memgate::main! { quick, long: [1, 2] }
"#;

/// The id of a process that has told it in a file, and the folder of the run that it belongs to.
fn wait_for(file: &PathBuf) -> (String, PathBuf) {
    let started = Instant::now();
    while !file.exists() {
        assert!(started.elapsed() < Duration::from_secs(120), "{} does not appear", file.display());
        std::thread::sleep(Duration::from_millis(5));
    }
    let text = std::fs::read_to_string(file).unwrap();
    let (id, request) = text.split_once('\n').unwrap();
    let folder = Path::new(request).ancestors().nth(2).unwrap();
    assert!(folder.file_name().unwrap().to_str().unwrap().starts_with("run-"), "{}", folder.display());
    (id.to_owned(), folder.to_owned())
}

/// Whether a folder is gone, or goes within moments.
fn goes(folder: &Path) -> bool {
    let started = Instant::now();
    while folder.exists() && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    !folder.exists()
}

fn send(child: &Child, signal: Signal) {
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
}

#[test]
fn ctrl_c_ends_soon_and_leaves_everything_as_it_was() {
    let project = Project::new("interrupted", [Package::new("interrupted").bench("memory", BENCH)]);
    project.memgate("update").exits(0);
    let before = project.baselines();
    project.replace("interrupted/benches/memory.rs", "vec![1; 100]", "vec![1; 100_000]");
    project.write("interrupted/hold", "");

    for line in ["check", "update", "update --all", "run --output run.json", "check --output report.md"] {
        let files = ["1.pid", "2.pid"].map(|file| project.path("interrupted").join(file));
        let mut command = project.tool();
        command.args(line.split_whitespace()).args(["--jobs", "3"]).stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let benches = files.each_ref().map(wait_for);
        let pressed = Instant::now();
        send(&child, Signal::INT);
        let finished = Finished::from(child.wait_with_output().unwrap());
        assert!(pressed.elapsed() < Duration::from_secs(10), "{line}");
        let finished = finished.exits(130).complains("error: interrupted; nothing was changed");
        assert_eq!(finished.stdout, "");
        for (bench, folder) in benches {
            assert!(has_ended(&bench), "{line} has left the bench process {bench}");
            assert!(!folder.exists(), "{line} has left {}", folder.display());
        }
        assert_eq!(project.baselines(), before, "{line}");
        assert!(!project.path("run.json").exists() && !project.path("report.md").exists());
        for file in files {
            std::fs::remove_file(file).unwrap();
        }
    }

    // Several signals at once, and one of which the tool can't know.
    let all: [(&[Signal], Option<i32>); 6] = [
        (&[Signal::TERM], Some(143)),
        (&[Signal::HUP], Some(129)),
        (&[Signal::QUIT], Some(131)),
        (&[Signal::INT, Signal::INT], Some(130)),
        (&[Signal::INT, Signal::TERM], None),
        (&[Signal::KILL], None),
    ];
    for (signals, code) in all {
        let files = ["1.pid", "2.pid"].map(|file| project.path("interrupted").join(file));
        let mut command = project.tool();
        command
            .args(["check", "--jobs", "3"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let benches = files.each_ref().map(wait_for);
        for signal in signals {
            send(&child, *signal);
        }
        let status = child.wait().unwrap();
        let code = code.is_none_or(|code| status.code() == Some(code));
        assert!(code, "{signals:?}: {status}, {:?}", status.signal());
        for (bench, folder) in benches {
            assert!(has_ended(&bench), "{signals:?} leave the bench process {bench}");
            assert!(goes(&folder), "{signals:?} leave {}", folder.display());
        }
        for file in files {
            std::fs::remove_file(file).unwrap();
        }
    }

    std::fs::remove_file(project.path("interrupted/hold")).unwrap();
    project.memgate("update").exits(0).says("changed interrupted/memory/long/1");
}

/// A package whose build script stays.
fn held(name: &str) -> Package {
    let bench = "fn one(b: memgate::Bencher) { b.bench(|| Box::new(1)); } memgate::main! { one }";
    let script = "fn main() {
        std::fs::write(\"/proc/self/comm\", \"a (b) c\").ok();
        let file = std::env::var(\"HELD\").unwrap();
        std::fs::write(format!(\"{file}.part\"), std::process::id().to_string()).unwrap();
        std::fs::rename(format!(\"{file}.part\"), file).unwrap();
        std::thread::sleep(std::time::Duration::from_secs(600));
    }";
    Package::new(name).bench("memory", bench).file("build.rs", script)
}

/// What a process has written about itself.
fn id_in(file: &Path) -> String {
    let started = Instant::now();
    while !file.exists() {
        assert!(started.elapsed() < Duration::from_secs(120), "{} does not appear", file.display());
        std::thread::sleep(Duration::from_millis(5));
    }
    std::fs::read_to_string(file).unwrap()
}

fn silent(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

#[test]
fn cargo_ends_with_the_tool_whatever_it_is_asked() {
    let bench = "fn one(b: memgate::Bencher) { b.bench(|| Box::new(1)); } memgate::main! { one }";
    let project = Project::new("asking", [Package::new("asking").bench("memory", bench)]);
    project.memgate("update").exits(0);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *\" $HUNG \"*) echo $$ > part; mv part hung.pid; exec sleep 600 ;; esac\n\
         exec {cargo:?} \"$@\"\n"
    );
    project.write("cargo.sh", script);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(project.path("cargo.sh"), executable).unwrap();
    let file = project.path("hung.pid");
    for question in ["metadata", "check", "config", "--unit-graph"] {
        for signal in [Signal::TERM, Signal::KILL] {
            let mut command = project.tool();
            command.arg("check").env("CARGO", project.path("cargo.sh")).env("HUNG", question);
            let mut child = silent(&mut command).spawn().unwrap();
            let hung = id_in(&file);
            // It may have written that before the tool has come back from starting it.
            std::thread::sleep(Duration::from_millis(300));
            send(&child, signal);
            let sent = Instant::now();
            let status = child.wait().unwrap();
            assert!(sent.elapsed() < Duration::from_secs(10), "{question}, {signal:?}");
            // Before anything is measured, nobody listens, and a signal does what it does everywhere.
            let heard = status.code() == Some(143) || status.signal() == Some(signal.as_raw());
            assert!(heard, "{question}, {signal:?}: {status}");
            assert!(has_ended(hung.trim()), "{question}, {signal:?}: cargo goes on");
            std::fs::remove_file(&file).unwrap();
        }
    }
}

/// Where the user can be asked for a password, cargo is in the tool's own group, and so is all that it starts.
#[cfg(target_os = "linux")]
#[test]
fn killed_on_a_terminal_it_leaves_nobody() {
    let project = Project::new("held", [held("held")]);
    let (_user, terminal) = new_terminal();
    // The first of a session has the terminal that it opens, and is not to end before the tool does: then all are told.
    let mut session = project.command("setsid");
    let script = "exec 3<> \"$0\"; \"$@\" & echo $! > part; mv part tool.pid; wait; exec sleep 600";
    let tool = project.tool();
    session.args(["sh", "-c", script, &terminal]).arg(tool.get_program()).args(tool.get_args());
    let target = project.path("").with_file_name("held-target");
    session.arg("update").env("HELD", project.path("script.pid")).env("CARGO_TARGET_DIR", target);
    let mut session = silent(&mut session).spawn().unwrap();
    let held = id_in(&project.path("script.pid"));
    let tool = Pid::from_raw(id_in(&project.path("tool.pid")).trim().parse().unwrap()).unwrap();
    kill_process(tool, Signal::KILL).unwrap();
    let ended = has_ended(&held);
    session.kill().unwrap();
    session.wait().unwrap();
    assert!(ended, "the build script goes on");
}

#[test]
fn killed_it_leaves_no_checkout() {
    let mut history = History::of(Project::new("held-checkout", [held("held-checkout")]));
    history.commit("one");
    let target = history.project.path("").with_file_name("held-checkout-target");
    let script = history.project.path("").with_file_name("held-checkout.pid");
    let _ = std::fs::remove_file(&script);
    let mut command = history.project.tool();
    command.args(["compare", "HEAD"]).env("HELD", &script).env("CARGO_TARGET_DIR", &target);
    let mut child = silent(&mut command).spawn().unwrap();
    let held = id_in(&script);
    let checkouts = target.join("memgate/checkouts");
    assert!(checkouts.join("base").exists());
    send(&child, Signal::KILL);
    child.wait().unwrap();
    // Whoever is next takes the lock, and has a place of the same name.
    let lock = std::fs::File::open(target.join("memgate/revisions/lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    assert!(!checkouts.exists());
    assert!(has_ended(&held));
}
