//! All figures of memory at one moment.

use std::path::Path;

use super::cgroup::{CgroupMemory, cgroup_below};
use super::numbers::{kibibytes, text};
use super::pressure::{Pressure, pressure_below};

/// What the kernel says of the process's memory. What it doesn't say is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryFigures {
    /// All pages of the process that are in memory.
    pub resident_bytes: Option<u64>,
    /// Of these, what is of no file: heap and stacks.
    pub anonymous_bytes: Option<u64>,
    /// Of these, what is shared memory.
    pub shared_bytes: Option<u64>,
    /// What has been swapped out.
    pub swapped_bytes: Option<u64>,
    /// The control group, where there is one.
    pub cgroup: Option<CgroupMemory>,
    /// The machine's memory.
    pub host_bytes: Option<u64>,
    /// How long the machine's tasks have waited for memory.
    pub pressure: Option<Pressure>,
}

/// The limit that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How much memory there may be.
    pub bytes: u64,
    /// Whose limit it is.
    pub source: LimitSource,
}

/// Whose limit applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitSource {
    /// That of the control group or of one of its ancestors.
    Cgroup,
    /// The machine has no more.
    Host,
}

impl MemoryFigures {
    /// The limit that applies: the control group's, or what the machine has.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        let cgroup = self.cgroup.and_then(|cgroup| cgroup.limit_bytes);
        let host = self.host_bytes.map(|bytes| Limit { bytes, source: LimitSource::Host });
        match cgroup {
            // A limit above what there is is none.
            Some(bytes) if host.is_none_or(|host| bytes <= host.bytes) => {
                Some(Limit { bytes, source: LimitSource::Cgroup })
            }
            _ => host,
        }
    }

    /// What counts against the limit and can't be taken back: of the control group where its limit applies, of the process
    /// otherwise. Page cache is not in it, so that a service that reads files is not taken for one that leaks.
    #[must_use]
    pub fn used_bytes(&self) -> Option<u64> {
        let process = self.anonymous_bytes.map(|bytes| bytes.saturating_add(self.shared_bytes.unwrap_or(0)));
        match self.limit() {
            Some(Limit { source: LimitSource::Cgroup, .. }) => {
                self.cgroup.and_then(|cgroup| cgroup.unreclaimable_bytes).or(process)
            }
            _ => process,
        }
    }
}

/// Asks the kernel.
pub(crate) fn figures() -> MemoryFigures {
    figures_below(Path::new("/"))
}

/// Asks the files below a folder, as if it were the root.
pub(crate) fn figures_below(root: &Path) -> MemoryFigures {
    let status = text(&root.join("proc/self/status")).unwrap_or_default();
    let host = text(&root.join("proc/meminfo")).unwrap_or_default();
    MemoryFigures {
        resident_bytes: kibibytes(&status, "VmRSS:"),
        anonymous_bytes: kibibytes(&status, "RssAnon:"),
        shared_bytes: kibibytes(&status, "RssShmem:"),
        swapped_bytes: kibibytes(&status, "VmSwap:"),
        cgroup: cgroup_below(root),
        host_bytes: kibibytes(&host, "MemTotal:"),
        pressure: pressure_below(root),
    }
}

#[cfg(test)]
pub(crate) mod trees {
    /// A folder with files of the kernel's.
    pub(crate) fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_file_nothing_is_known() {
        assert_eq!(figures_below(trees::tree(&[]).path()), MemoryFigures::default());
        assert_eq!(MemoryFigures::default().used_bytes(), None);
    }

    #[test]
    fn this_process_has_memory_and_a_limit() {
        let figures = figures();
        assert!(figures.resident_bytes >= figures.anonymous_bytes);
        assert!(figures.used_bytes() > Some(0));
        assert!(figures.limit().unwrap().bytes <= figures.host_bytes.unwrap());
    }

    #[test]
    fn a_limit_above_what_there_is_is_none() {
        let figures = |limit| MemoryFigures {
            anonymous_bytes: Some(5),
            shared_bytes: Some(1),
            host_bytes: Some(100),
            cgroup: Some(CgroupMemory {
                unreclaimable_bytes: Some(50),
                limit_bytes: Some(limit),
                current_bytes: Some(99),
                pressure: None,
            }),
            ..MemoryFigures::default()
        };
        assert_eq!(figures(80).limit(), Some(Limit { bytes: 80, source: LimitSource::Cgroup }));
        assert_eq!(figures(80).used_bytes(), Some(50));
        assert_eq!(figures(101).limit(), Some(Limit { bytes: 100, source: LimitSource::Host }));
        assert_eq!(figures(101).used_bytes(), Some(6));
    }
}
