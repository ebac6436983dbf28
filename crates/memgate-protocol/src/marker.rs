//! The markers in a bench binary's bytes, by which the tool knows that the binary speaks this protocol, and what else is in it.

/// `memgate.bench.protocol=4;` — kept in one literal, so that it lies in the executable as one run of bytes.
pub(crate) static MARKER: &str = "memgate.bench.protocol=4;";

pub(crate) static CRITERION_MARKER: &str = "memgate.bench.harness=criterion;";
pub(crate) static DIVAN_MARKER: &str = "memgate.bench.harness=divan;";

/// Keeps the marker in the executable that says that it is criterion, outside of the gate. The facade calls this.
pub fn keep_criterion_marker() {
    std::hint::black_box(std::hint::black_box(&CRITERION_MARKER).as_bytes().first());
}

/// As [`keep_criterion_marker`], for divan.
pub fn keep_divan_marker() {
    std::hint::black_box(std::hint::black_box(&DIVAN_MARKER).as_bytes().first());
}

pub(crate) static ALLOCATOR_MARKER: &str = "memgate.bench.part=allocator;";
pub(crate) static UNREACHED_MAIN_MARKER: &str = "memgate.bench.part=unreached main;";

/// A part of memgate that is in an executable, also in one that has no suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// memgate's allocator is the global one.
    Allocator,
    /// There is a `main` of memgate's or its facade's that nothing calls, since libtest has one of its own.
    UnreachedMain,
}

impl Part {
    fn marker(self) -> &'static &'static str {
        match self {
            Self::Allocator => &ALLOCATOR_MARKER,
            Self::UnreachedMain => &UNREACHED_MAIN_MARKER,
        }
    }

    /// Keeps the marker in the executable that says that this part is in it. Allocates nothing.
    pub fn keep_marker(self) {
        std::hint::black_box(std::hint::black_box(self.marker()).as_bytes().first());
    }
}

/// Keeps the marker in the executable. The harness calls this before anything else.
pub fn keep_marker() {
    std::hint::black_box(std::hint::black_box(&MARKER).as_bytes().first());
}
