//! A control group of a command's own, of which the kernel notes the peak.
//!
//! It is made where the tool's own group lies, in which that of version 2 of the kernel's interface mostly forbids it, since a group with
//! processes may have none below it whose memory is counted; then beside that. Without rights to either there is none, and that is no error.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{fs, io};

/// What begins the names of groups, before the number of the tool's process.
const PREFIX: &str = "memgate-";
/// The file that names a group's processes, and takes new ones.
const PROCESSES: &str = "cgroup.procs";

/// A group that is gone with this, once nobody is in it.
#[derive(Debug)]
pub(super) struct Cgroup {
    folder: PathBuf,
    peak_file: &'static str,
    /// The group that the tool is in.
    home: PathBuf,
}

/// The tool's own group, as the kernel shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Home {
    folder: PathBuf,
    peak_file: &'static str,
    /// Whether a group that counts memory may lie beside it, where none may lie below.
    has_siblings: bool,
}

impl Cgroup {
    /// Makes one.
    ///
    /// # Errors
    /// When none can be made, with the reason in words.
    pub(super) fn make() -> Result<Self, String> {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        match home(&read("/proc/self/cgroup"), &read("/proc/self/mountinfo")) {
            Some(home) => make_near(&home),
            None => Err("no group that counts memory is mounted here".to_owned()),
        }
    }

    /// Runs `start` as a member of it, so that whom that starts is one; the tool goes home afterwards.
    pub(super) fn around<R>(&self, start: impl FnOnce() -> R) -> R {
        // Where the tool may not come in, it stays empty, and has no peak.
        let is_in = join(&self.folder).is_ok();
        let result = start();
        if is_in {
            // From where it came it was allowed to leave, so it may come back.
            let _ = join(&self.home);
        }
        result
    }

    /// The highest that was charged to it; none where nothing was.
    pub(super) fn peak_bytes(&self) -> Option<u64> {
        let text = fs::read_to_string(self.folder.join(self.peak_file)).ok()?;
        text.trim().parse().ok().filter(|bytes| *bytes > 0)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Who has just ended may be in it for a moment.
        for _ in 0..50 {
            match fs::remove_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                _ => break,
            }
        }
    }
}

fn join(folder: &Path) -> io::Result<()> {
    fs::write(folder.join(PROCESSES), std::process::id().to_string())
}

fn make_near(home: &Home) -> Result<Cgroup, String> {
    let beside = home.folder.parent().filter(|_| home.has_siblings);
    let mut problem = String::new();
    for parent in std::iter::once(home.folder.as_path()).chain(beside) {
        match make_in(parent, home) {
            Ok(group) => return Ok(group),
            Err(error) => problem = format!("none can be made in {}: {error}", parent.display()),
        }
    }
    Err(problem)
}

fn make_in(parent: &Path, home: &Home) -> io::Result<Cgroup> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    sweep(parent);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
    fs::create_dir(&folder)?;
    // From here on it goes when this does.
    let group = Cgroup { folder, peak_file: home.peak_file, home: home.folder.clone() };
    fs::metadata(group.folder.join(group.peak_file))
        .map_err(|_| io::Error::other(format!("it would not have {}", group.peak_file)))?;
    Ok(group)
}

/// Removes what tools have left that were killed. What somebody is in stays.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner).exists()) {
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// The tool's own group that counts memory, by what the kernel says of its groups and of what is mounted.
fn home(groups: &str, mounts: &str) -> Option<Home> {
    let groups: Vec<(&str, &str)> = groups
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once(':')?;
            rest.split_once(':')
        })
        .collect();
    let of = |is_it: fn(&str) -> bool| groups.iter().find(|(names, _)| is_it(names)).map(|(_, path)| *path);
    let has_memory = |names: &str| names.split(',').any(|name| name == "memory");
    if let Some(path) = of(|names| names.split(',').any(|name| name == "memory")) {
        let mount = mounted(mounts, |kind, options| kind == "cgroup" && has_memory(options))?;
        let folder = below(mount, path)?;
        return Some(Home { folder, peak_file: "memory.max_usage_in_bytes", has_siblings: false });
    }
    let folder = below(mounted(mounts, |kind, _| kind == "cgroup2")?, of(str::is_empty)?)?;
    Some(Home { folder, peak_file: "memory.peak", has_siblings: true })
}

/// What is mounted, as its root and its place, of the kind and with the options that are wanted.
fn mounted(mounts: &str, is_it: impl Fn(&str, &str) -> bool) -> Option<(&str, &str)> {
    mounts.lines().find_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        let mut kind = kind.split(' ');
        let (kind, options) = (kind.next()?, kind.nth(1).unwrap_or_default());
        let mut place = place.split(' ').skip(3);
        let found = (place.next()?, place.next()?);
        is_it(kind, options).then_some(found)
    })
}

/// The folder of a group, where its hierarchy is mounted from a root on.
fn below((root, place): (&str, &str), path: &str) -> Option<PathBuf> {
    let inner = Path::new(path).strip_prefix(root).ok()?;
    // A group outside of what is mounted begins so.
    let is_inside = !inner.starts_with("..");
    is_inside.then(|| Path::new(place).join(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "29 23 0:25 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                       30 23 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
    const NEW: &str = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn the_tools_own_group_is_found_in_either_version() {
        let old = home("9:name=systemd:/\n4:cpu,memory:/a/b\n0::/\n", OLD).unwrap();
        assert_eq!(
            (old.folder.to_str(), old.peak_file, old.has_siblings),
            (Some("/sys/fs/cgroup/memory/a/b"), "memory.max_usage_in_bytes", false)
        );
        let new = home("0::/user.slice/a.scope\n", NEW).unwrap();
        assert_eq!(
            (new.folder.to_str(), new.peak_file, new.has_siblings),
            (Some("/sys/fs/cgroup/user.slice/a.scope"), "memory.peak", true)
        );
        // A container sees a part of the hierarchy, from a root on.
        let part = NEW.replace(" / /sys", " /docker/7 /sys");
        assert_eq!(home("0::/docker/7/b\n", &part).unwrap().folder, Path::new("/sys/fs/cgroup/b"));
        for groups in ["", "0::/elsewhere\n", "nonsense"] {
            assert_eq!(home(groups, &part), None, "{groups}");
        }
        assert_eq!(home("0::/../a\n", NEW), None);
        assert_eq!(home("0::/\n", "nonsense\n - \n"), None);
    }

    #[test]
    fn where_none_can_be_made_nothing_stays_and_the_reason_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let home = Home { folder: inner.clone(), peak_file: "memory.peak", has_siblings: true };
        let problem = make_near(&home).unwrap_err();
        let expected =
            format!("none can be made in {}: it would not have memory.peak", folder.path().display());
        assert_eq!(problem, expected);
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn whom_it_starts_is_in_it_and_the_tool_is_not_any_more() {
        // Where it may make none, there is nothing to see.
        let Ok(group) = Cgroup::make() else { return };
        let members = || fs::read_to_string(group.folder.join(PROCESSES)).unwrap();
        let mut child = group.around(|| {
            assert!(members().contains(&std::process::id().to_string()));
            std::process::Command::new("sleep").arg("60").spawn().unwrap()
        });
        assert_eq!(members().trim(), child.id().to_string());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(group.peak_bytes().is_some());
        let folder = group.folder.clone();
        drop(group);
        assert!(!folder.exists());
    }

    #[test]
    fn what_a_killed_tool_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let own = format!("{PREFIX}{}-7", std::process::id());
        for name in ["memgate-4000000000-0", &own, "other"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        sweep(folder.path());
        assert!(!folder.path().join("memgate-4000000000-0").exists());
        assert!(folder.path().join(own).exists() && folder.path().join("other").exists());
    }
}
