//! The two names under which a heap's profile is asked for.

/// Which profile is asked for: the samples are the same, what is shown first is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeapKind {
    /// What is live.
    Heap,
    /// What was allocated.
    Allocs,
}

impl HeapKind {
    /// The last word of its URL, and the name of the file that is saved.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Heap => "heap",
            Self::Allocs => "allocs",
        }
    }

    pub(super) const fn default_sample_type(self) -> &'static str {
        match self {
            Self::Heap => "inuse_space",
            Self::Allocs => "alloc_space",
        }
    }
}
