//! Which facade is tried, and what it stands for.

/// One of the facades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facade {
    Criterion,
    Divan,
}

impl Facade {
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Criterion => "memgate-criterion",
            Self::Divan => "memgate-divan",
        }
    }

    /// The packages in whose place it is put.
    pub(crate) fn originals(self) -> &'static [&'static str] {
        match self {
            Self::Criterion => &["criterion"],
            Self::Divan => &["divan", "codspeed-divan-compat"],
        }
    }

    /// The feature that installs the allocator, where it is one of the default features: without them it has to be named.
    pub(crate) fn default_allocator(self) -> Option<&'static str> {
        match self {
            Self::Criterion => Some("allocator"),
            // The tool turns it on where it is missing.
            Self::Divan => None,
        }
    }
}
