//! A service that leaks until it is killed: its last snapshot shows what leaked.

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::built::HAS_STACKS;
use crate::files::{read, reason, snapshots};
use crate::programs::{go_pprof, pprof};
use crate::service::{PROGRAM, Service};
use crate::this_process::{once, quiet};

const LIMIT: u64 = 256 << 20;

/// The kernel's files, those of this process as they are, and a control group whose limit is ours.
fn root() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name);
    for folder in ["proc/self", "sys/fs/cgroup/app"] {
        std::fs::create_dir_all(path(folder)).unwrap();
    }
    for name in ["proc/self/status", "proc/meminfo"] {
        std::os::unix::fs::symlink(Path::new("/").join(name), path(name)).unwrap();
    }
    std::fs::write(path("proc/self/cgroup"), "0::/app\n").unwrap();
    let mounts = "29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
    std::fs::write(path("proc/self/mountinfo"), mounts).unwrap();
    std::fs::write(path("sys/fs/cgroup/app/memory.max"), format!("{LIMIT}\n")).unwrap();
    // Nearly all of it is page cache, and nobody is to mind.
    std::fs::write(path("sys/fs/cgroup/app/memory.current"), format!("{LIMIT}\n")).unwrap();
    root
}

/// What the kernel has of a process that counts against a limit; none when it is gone.
fn anonymous_bytes(process_id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(line.split_ascii_whitespace().next()?.parse::<u64>().ok()? << 10)
}

/// Has a service leak until it is killed at its limit, as the kernel would, and gives the address of what leaked.
fn leak_until_killed(folder: &Path) -> u64 {
    let root = root();
    let mut service = Service::start(&[folder, Path::new("leak"), root.path()]);
    while anonymous_bytes(service.child.id()).unwrap() < LIMIT {
        std::thread::sleep(Duration::from_millis(1));
    }
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    service.leak
}

/// Whether most of what is live in the last snapshot was allocated by the function at an address; where there are no stacks, whether as much
/// is live.
fn last_shows(folder: &Path, leak: u64) -> bool {
    let (files, others) = snapshots(folder);
    assert!(others.iter().all(|path| path.to_str().unwrap().ends_with(".part")), "{others:?}");
    let Some(last) = files.last() else { return false };
    assert_eq!(reason(last), "level");
    let profile = read(last);
    let leaked: i64 = profile
        .stacks()
        .iter()
        .filter(|(addresses, _)| {
            !HAS_STACKS || addresses.iter().any(|address| (leak..leak + 256).contains(address))
        })
        .map(|(_, values)| values[3])
        .sum();
    leaked as u64 > LIMIT / 2 && leaked as f64 > 0.8 * profile.sum(3) as f64
}

#[test]
fn the_last_snapshot_shows_the_leak() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let leak = leak_until_killed(&folder);
    assert!(last_shows(&folder, leak), "{:?}", snapshots(&folder));
    let (files, _) = snapshots(&folder);
    assert_eq!(files.len(), 2, "one for each level, and none for the page cache: {files:?}");
    let Some(go) = go_pprof() else { return };
    let [first, last] = [files[0].to_str().unwrap(), files[1].to_str().unwrap()];
    let program = PROGRAM.to_str().unwrap();
    let top = pprof(&go, &["-top", "-cum", program, last]);
    let leak = if HAS_STACKS { "remember" } else { "[stacks without frame pointers]" };
    assert!(top.contains(leak) && top.contains("Type: inuse_space"), "{top}");
    let grown = pprof(&go, &["-top", "-cum", &format!("-diff_base={first}"), program, last]);
    assert!(grown.contains(leak), "{grown}");
    assert!(pprof(&go, &["-comments", last]).contains("snapshot, level: "));
}

#[test]
#[ignore = "kills 20 services one after the other; `cargo test -p memgate-live --test snapshots -- --ignored --nocapture`"]
#[expect(clippy::print_stderr, reason = "says how many")]
fn the_last_snapshot_shows_the_leak_twenty_times_of_twenty() {
    let above = tempfile::tempdir().unwrap();
    let shown = (0..20).filter(|number| {
        let folder = above.path().join(number.to_string());
        let leak = leak_until_killed(&folder);
        last_shows(&folder, leak)
    });
    let shown = shown.count();
    eprintln!("the last snapshot shows the leak: {shown} of 20");
    assert_eq!(shown, 20);
}

#[test]
fn what_a_killed_service_left_outlives_what_the_next_one_writes() {
    let _once = once();
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let leak = leak_until_killed(&folder);
    let left = snapshots(&folder).0;
    let guard = quiet().keep_newest(1).most_files(4).start(&folder).unwrap();
    for _ in 0..10 {
        guard.take().unwrap();
    }
    let (files, _) = snapshots(&folder);
    assert!(files.len() == 4 && left.iter().all(|path| files.contains(path)), "{files:?} after {left:?}");
    for path in &files[left.len()..] {
        std::fs::remove_file(path).unwrap();
    }
    assert!(last_shows(&folder, leak));
}

#[test]
fn a_signal_leads_to_a_snapshot_and_a_flood_of_them_to_no_more() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let mut service = Service::start(&[&folder, Path::new("signal")]);
    assert_eq!(service.lines.next().unwrap().unwrap(), "ready");
    let process_id = nix_pid(&service);
    for _ in 0..10_000 {
        nix::sys::signal::kill(process_id, nix::sys::signal::Signal::SIGUSR1).unwrap();
    }
    while snapshots(&folder).0.is_empty() {
        assert!(service.child.try_wait().unwrap().is_none(), "it lives");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(service.child.stdin.take());
    assert_eq!(service.rest(), ["ended"]);
    assert!(service.child.wait().unwrap().success());
    let (files, _) = snapshots(&folder);
    assert_eq!(files.iter().map(|file| reason(file)).collect::<Vec<_>>(), ["signal"]);
    read(&files[0]);
}

fn nix_pid(service: &Service) -> nix::unistd::Pid {
    nix::unistd::Pid::from_raw(service.child.id() as i32)
}
