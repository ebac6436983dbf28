//! Errors and death at every step of a snapshot: what is there under a snapshot's name is whole, and the service lives.

use std::path::Path;
use std::process::Command;

use crate::emulated::is_emulated;
use crate::files::{read, snapshots};
use crate::programs::program;
use crate::service::{PROGRAM, Service};

/// What writes or changes something; each is made to fail at its first call, its second, and so on. Architectures have some by one name alone,
/// and C libraries take another: what strace is told with a question mark need not be there.
const CHANGES: [&str; 6] =
    ["write", "?rename,?renameat,?renameat2", "fdatasync", "fsync", "?unlink,?unlinkat", "?mkdir,?mkdirat"];
const OPENS: &str = "?open,openat";
/// What a process does before its `main` is of no interest, and more than that it never does.
const MOST: usize = 60;

/// The program that takes two, with a fault at the `when`-th call; what it printed, and whether it got to its end.
fn with_fault(strace: &Path, folder: &Path, call: &str, fault: &str, when: usize) -> (String, bool) {
    let inject = format!("inject={call}:{fault}:when={when}");
    let output = Command::new(strace)
        .args(["-o", "/dev/null", "-e", &inject, "--"])
        .arg(&*PROGRAM)
        .args([folder, Path::new("twice")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (said, output.status.success())
}

#[test]
fn death_at_any_step_leaves_whole_files_only() {
    let Some(strace) = program(&["strace"]) else { return };
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let mut killed = 0;
    for call in CHANGES.into_iter().chain([OPENS]) {
        for when in 1..MOST {
            let (_, is_whole) = with_fault(&strace, &folder, call, "signal=KILL", when);
            killed += usize::from(!is_whole);
            if folder.exists() {
                let (files, others) = snapshots(&folder);
                files.iter().for_each(|file| drop(read(file)));
                assert!(files.len() <= 5, "{call} {when}: {files:?}");
                assert!(others.iter().all(|path| path.to_str().unwrap().ends_with(".part")), "{others:?}");
            }
            if is_whole {
                break;
            }
        }
    }
    assert!(killed > 30, "{killed}");
}

#[test]
fn an_error_at_any_step_is_said_and_the_service_lives() {
    let Some(strace) = program(&["strace"]) else { return };
    for call in CHANGES {
        for when in 1..MOST {
            let above = tempfile::tempdir().unwrap();
            let folder = above.path().join("heap");
            let (said, is_whole) = with_fault(&strace, &folder, call, "error=ENOSPC", when);
            assert!(is_whole, "{call} {when}: {said}");
            if said.contains("not started: ") {
                continue;
            }
            let taken = said.matches("\ntaken: ").count();
            // Its own output may be what fails.
            if call == "write" && taken + said.matches("not taken: ").count() < 2 {
                continue;
            }
            let (files, others) = snapshots(&folder);
            files.iter().for_each(|file| drop(read(file)));
            assert_eq!((files.len(), others.len()), (taken, 0), "{call} {when}: {said}");
            if said.contains("not taken: ") {
                assert!(said.contains("No space left on device"), "{said}");
                assert!(said.contains("failed: 1"), "{said}");
            } else {
                break;
            }
        }
    }
}

#[test]
fn a_full_disk_is_said_and_an_empty_one_used_again() {
    let above = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=512k,mode=700 none \"$1\" && exec \"$2\" \"$1\" full";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script, "sh"]).arg(above.path()).arg(&*PROGRAM);
    let may_mount =
        Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|status| status.success());
    if !may_mount {
        return;
    }
    let said = Service::start_as(&mut command).rest();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("failed to write") && said[0].contains("No space left"), "{said:?}");
    assert!(said[1].ends_with(".call.pb.gz") && said[2] == "failed: 1", "{said:?}");
}

#[test]
fn a_limit_of_the_files_size_is_an_error_and_does_not_kill() {
    // The emulator's own memory is a file.
    if is_emulated() {
        return;
    }
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    // One block: enough for the trial at the start, and not for a profile.
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -f 1 && exec \"$@\"", "sh"])
        .arg(&*PROGRAM)
        .args([&folder, Path::new("twice")]);
    let mut service = Service::start_as(&mut command);
    let said = service.rest();
    assert!(service.child.wait().unwrap().success(), "{said:?}");
    assert!(
        said.len() == 3 && said[0].contains("not taken: ") && said[0].contains("file too large"),
        "{said:?}"
    );
    assert_eq!(said[2], "failed: 2");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}
