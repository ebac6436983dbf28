//! The control group: both versions, and of all ancestors the one with the tightest limit.

use std::path::{Path, PathBuf};

use super::numbers::{field, number, text};
use super::pressure::{Pressure, pressure_of};

/// A limit from here on is none: version 1 writes the largest number of pages.
const NO_LIMIT: u64 = 1 << 60;
/// Nobody nests as deeply.
const MAX_DEPTH: usize = 64;

/// The memory of the control group whose limit is reached first; of the process's own where there is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CgroupMemory {
    /// All of it, with the page cache, which the kernel takes back when it needs it.
    pub current_bytes: Option<u64>,
    /// What can't be taken back: anonymous and shared memory and the kernel's own for it.
    pub unreclaimable_bytes: Option<u64>,
    /// The smallest limit of the group and its ancestors.
    pub limit_bytes: Option<u64>,
    /// How long tasks of the group have waited for memory. Version 1 does not say.
    pub pressure: Option<Pressure>,
}

/// Where a hierarchy is, and how its files are named.
struct Hierarchy {
    version: Version,
    /// The group's folder; its ancestors' are above, down to `mount`.
    folder: PathBuf,
    mount: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// Reads the control group's files, in the file system below `root`; none where there are none.
pub(super) fn cgroup_below(root: &Path) -> Option<CgroupMemory> {
    let groups = text(&root.join("proc/self/cgroup"))?;
    let mounts = text(&root.join("proc/self/mountinfo"))?;
    // In a hybrid system, memory is in one of the two, mostly in the first.
    [Version::One, Version::Two]
        .into_iter()
        .filter_map(|version| hierarchy(root, &groups, &mounts, version))
        .find_map(|hierarchy| hierarchy.read())
}

fn hierarchy(root: &Path, groups: &str, mounts: &str, version: Version) -> Option<Hierarchy> {
    let group = groups.lines().find_map(|line| {
        let (id, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        let is_it = match version {
            Version::One => controllers.split(',').any(|controller| controller == "memory"),
            Version::Two => id == "0" && controllers.is_empty(),
        };
        is_it.then_some(path)
    })?;
    let (mount_root, mount) = mounts.lines().find_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let mut fields = before.split(' ').skip(3);
        let (mount_root, mount) = (fields.next()?, fields.next()?);
        let mut kind = after.split(' ');
        let is_it = match (version, kind.next()?) {
            (Version::One, "cgroup") => kind.nth(1)?.split(',').any(|option| option == "memory"),
            (Version::Two, "cgroup2") => true,
            _ => false,
        };
        is_it.then_some((mount_root, mount))
    })?;
    let mount = root.join(mount.trim_start_matches('/'));
    Some(Hierarchy { version, folder: mount.join(within(group, mount_root)), mount })
}

/// A group's path from where its hierarchy is mounted. In a container it may be the host's, of which nothing can be seen: then what
/// is mounted is the container's own.
fn within<'a>(group: &'a str, mount_root: &str) -> &'a Path {
    let rest = Path::new(group).strip_prefix(mount_root).unwrap_or(Path::new(""));
    if rest.components().any(|part| part == std::path::Component::ParentDir) { Path::new("") } else { rest }
}

impl Hierarchy {
    fn read(&self) -> Option<CgroupMemory> {
        let folders: Vec<&Path> = self
            .folder
            .ancestors()
            .take(MAX_DEPTH)
            .take_while(|folder| folder.starts_with(&self.mount))
            .filter(|folder| folder.join(self.current()).is_file() || folder.join("memory.stat").is_file())
            .collect();
        // Of two that are the same, the outer one: it has at least as much in it.
        let tightest = folders
            .iter()
            .rev()
            .filter_map(|folder| Some((self.limit(folder)?, *folder)))
            .min_by_key(|(bytes, _)| *bytes);
        let folder = tightest.map_or(*folders.first()?, |(_, folder)| folder);
        Some(CgroupMemory {
            current_bytes: number(&folder.join(self.current())),
            unreclaimable_bytes: self.unreclaimable(folder),
            limit_bytes: tightest.map(|(bytes, _)| bytes),
            pressure: pressure_of(&folder.join("memory.pressure")),
        })
    }

    const fn current(&self) -> &'static str {
        match self.version {
            Version::One => "memory.usage_in_bytes",
            Version::Two => "memory.current",
        }
    }

    /// None for `max`, for version 1's largest number, for garbage, and where there is no file.
    fn limit(&self, folder: &Path) -> Option<u64> {
        let file = match self.version {
            Version::One => "memory.limit_in_bytes",
            Version::Two => "memory.max",
        };
        number(&folder.join(file)).filter(|bytes| *bytes < NO_LIMIT)
    }

    fn unreclaimable(&self, folder: &Path) -> Option<u64> {
        let stat = text(&folder.join("memory.stat"))?;
        let of = |name| field(&stat, name);
        match self.version {
            Version::One => Some(of("total_rss")?.saturating_add(of("total_shmem").unwrap_or(0))),
            Version::Two => {
                let kernel = of("kernel").unwrap_or(0).saturating_sub(of("slab_reclaimable").unwrap_or(0));
                Some(of("anon")?.saturating_add(of("shmem").unwrap_or(0)).saturating_add(kernel))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::figures::trees::tree;

    const TWO: &str = "29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
    const ONE: &str = "36 32 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

    #[test]
    fn the_tightest_ancestor_decides() {
        let root = tree(&[
            ("proc/self/cgroup", "0::/pod/app\n"),
            ("proc/self/mountinfo", TWO),
            ("sys/fs/cgroup/pod/app/memory.current", "100\n"),
            ("sys/fs/cgroup/pod/app/memory.max", "max\n"),
            ("sys/fs/cgroup/pod/app/memory.stat", "anon 50\n"),
            ("sys/fs/cgroup/pod/memory.current", "300\n"),
            ("sys/fs/cgroup/pod/memory.max", "1000\n"),
            ("sys/fs/cgroup/pod/memory.pressure", "some avg10=0.00 total=3000000\n"),
            ("sys/fs/cgroup/pod/memory.stat", "anon 150\nfile 90\nkernel 20\nshmem 7\nslab_reclaimable 5\n"),
            ("sys/fs/cgroup/memory.max", "2000\n"),
            ("sys/fs/cgroup/memory.stat", "anon 900\n"),
        ]);
        let expected = CgroupMemory {
            current_bytes: Some(300),
            unreclaimable_bytes: Some(172),
            limit_bytes: Some(1_000),
            pressure: Some(Pressure { some: std::time::Duration::from_secs(3), ..Pressure::default() }),
        };
        assert_eq!(cgroup_below(root.path()), Some(expected));
    }

    #[test]
    fn no_limit_and_garbage_are_none() {
        for limit in ["max", "garbage", "-1", "", "9223372036854771712", "99999999999999999999999"] {
            let root = tree(&[
                ("proc/self/cgroup", "0::/\n"),
                ("proc/self/mountinfo", TWO),
                ("sys/fs/cgroup/memory.current", "100\n"),
                ("sys/fs/cgroup/memory.max", limit),
            ]);
            let found = cgroup_below(root.path()).unwrap();
            assert_eq!(
                found,
                CgroupMemory { current_bytes: Some(100), ..CgroupMemory::default() },
                "{limit}"
            );
        }
    }

    #[test]
    fn version_one_of_a_container_has_the_path_of_the_host() {
        let root = tree(&[
            ("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/init\n"),
            ("proc/self/mountinfo", &format!("{}{TWO}", ONE.replace(" / /sys", " /docker/abc /sys"))),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "5000"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "70"),
            ("sys/fs/cgroup/memory/memory.stat", "rss 1\ntotal_rss 40\ntotal_shmem 2\n"),
        ]);
        let expected = CgroupMemory {
            current_bytes: Some(70),
            unreclaimable_bytes: Some(42),
            limit_bytes: Some(5_000),
            pressure: None,
        };
        assert_eq!(cgroup_below(root.path()), Some(expected));
        // And one that is mounted whole, while the group can't be seen.
        let whole = root.path().join("proc/self/mountinfo");
        std::fs::write(whole, ONE).unwrap();
        assert_eq!(cgroup_below(root.path()), Some(expected));
    }

    #[test]
    fn nothing_is_found_where_there_is_nothing() {
        assert_eq!(cgroup_below(tree(&[]).path()), None);
        let root = tree(&[("proc/self/cgroup", "0::/../../other\n"), ("proc/self/mountinfo", TWO)]);
        assert_eq!(cgroup_below(root.path()), None);
        let garbage = tree(&[("proc/self/cgroup", "::::\n\n0"), ("proc/self/mountinfo", "- - -\n - \n")]);
        assert_eq!(cgroup_below(garbage.path()), None);
    }
}
