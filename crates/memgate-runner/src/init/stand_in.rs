//! The facades: what each stands for, and what it has of it.

use super::dependency::Dependency;

/// A facade.
pub(super) struct StandIn {
    pub(super) dependency: Dependency,
    /// What people call what it stands for.
    pub(super) harness: &'static str,
    /// Which release it is outside of the gate.
    pub(super) release: &'static str,
    /// The packages in whose place it is put.
    pub(super) originals: &'static [&'static str],
    /// The features that it has.
    pub(super) features: &'static [&'static str],
    /// Whether it installs an allocator by default.
    pub(super) has_default_allocator: bool,
    pub(super) document: &'static str,
}

/// All of them.
pub(super) static STAND_INS: &[StandIn] = &[
    StandIn {
        dependency: Dependency::CriterionFacade,
        harness: "criterion",
        release: "criterion 0.8",
        originals: &["criterion"],
        features: &[
            "allocator",
            "async",
            "async_futures",
            "async_smol",
            "async_tokio",
            "cargo_bench_support",
            "csv_output",
            "default",
            "html_reports",
            "plotters",
            "rayon",
            "real_blackbox",
            "stable",
        ],
        has_default_allocator: true,
        document: "docs/CRITERION.md",
    },
    StandIn {
        dependency: Dependency::DivanFacade,
        harness: "divan",
        release: "divan 0.1",
        originals: &["divan", "codspeed-divan-compat"],
        features: &["allocator", "default", "dyn_thread_local", "help", "internal_benches", "wrap_help"],
        // `AllocProfiler` is one.
        has_default_allocator: false,
        document: "docs/DIVAN.md",
    },
];

/// What a bench target says that has an allocator.
const OWN_ALLOCATOR: &str = "#[global_allocator]";

impl StandIn {
    /// Whether the feature `allocator` has to be on for these bench targets. Where some of them have an allocator and others do not, the
    /// tool turns it on for those.
    pub(super) fn needs_allocator<'a>(&self, mut sources: impl Iterator<Item = &'a str>) -> bool {
        self.has_default_allocator || !sources.any(|source| source.contains(OWN_ALLOCATOR))
    }

    /// Whether a bench target has an allocator that is in the way of memgate's.
    pub(super) fn is_in_the_way(&self, source: &str) -> bool {
        let is_own = source.contains(OWN_ALLOCATOR);
        match self.dependency {
            Dependency::DivanFacade => {
                is_own && source.contains(self.harness) && !source.contains("AllocProfiler")
            }
            _ => is_own,
        }
    }
}
