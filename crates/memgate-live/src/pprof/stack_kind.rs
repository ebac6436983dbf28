//! The profiles of what threads do, and what their values are: as Go has them, so that tools know what to call them.

/// Which profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StackKind {
    /// Where processor time goes.
    Cpu,
    /// Who lets others wait for locks.
    Mutex,
    /// Who waits for locks.
    Block,
    /// Where each thread is.
    Threads,
    /// The same, under the name that scrapers know.
    Goroutine,
}

impl StackKind {
    /// The last word of its URL, and the name of the file that is saved.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "profile",
            Self::Mutex => "mutex",
            Self::Block => "block",
            Self::Threads => "threads",
            Self::Goroutine => "goroutine",
        }
    }

    /// The kinds and units of its values.
    pub(super) const fn sample_types(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Cpu => &[("samples", "count"), ("cpu", "nanoseconds")],
            Self::Mutex | Self::Block => &[("contentions", "count"), ("delay", "nanoseconds")],
            Self::Threads => &[("threads", "count"), ("cpu", "nanoseconds")],
            Self::Goroutine => &[("goroutine", "count")],
        }
    }

    /// What is shown first.
    pub(super) const fn default_sample_type(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Mutex | Self::Block => "delay",
            Self::Threads => "threads",
            Self::Goroutine => "goroutine",
        }
    }

    /// Of what there is a sample in each period, and the period.
    pub(super) const fn period(self) -> ((&'static str, &'static str), u64) {
        match self {
            Self::Cpu => (("cpu", "nanoseconds"), 10_000_000),
            Self::Mutex | Self::Block => (("contentions", "count"), 1),
            Self::Threads => (("threads", "count"), 1),
            Self::Goroutine => (("goroutine", "count"), 1),
        }
    }

    /// What it says of itself.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Cpu => "samples of processor time; each is worth the period",
            Self::Mutex => {
                "stacks that released a lock of memgate_live::sync which others waited for, and how long all of them had waited by then"
            }
            Self::Block => "stacks that waited for a lock or a condition variable of memgate_live::sync",
            Self::Threads | Self::Goroutine => "threads of the process at one moment",
        }
    }
}
