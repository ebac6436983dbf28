//! The markers in a bench binary's bytes, by which the tool knows that the binary speaks this protocol, and what else is in it.
//!
//! Each is compiled where it is kept, since these functions are inlined, and so is in an executable only with what keeps it. Linkers for
//! Windows may keep all that lies beside something that is used, such as the other markers.

/// `memgate.bench.protocol=4;` — kept in one literal, so that it lies in the executable as one run of bytes.
pub(crate) const MARKER: &str = "memgate.bench.protocol=4;";

pub(crate) const CRITERION_MARKER: &str = "memgate.bench.harness=criterion;";
pub(crate) const DIVAN_MARKER: &str = "memgate.bench.harness=divan;";

pub(crate) const ALLOCATOR_MARKER: &str = "memgate.bench.part=allocator;";
pub(crate) const UNREACHED_MAIN_MARKER: &str = "memgate.bench.part=unreached main;";

/// A part of memgate that is in an executable, also in one that has no suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// memgate's allocator is the global one.
    Allocator,
    /// There is a `main` of memgate's or its facade's that nothing calls, since libtest has one of its own.
    UnreachedMain,
}

/// Keeps the marker in the executable. The harness calls this before anything else.
#[inline]
pub fn keep_marker() {
    std::hint::black_box(std::hint::black_box(MARKER).as_bytes().first());
}

/// Keeps the marker in the executable that says that it is criterion, outside of the gate. The facade calls this.
#[inline]
pub fn keep_criterion_marker() {
    std::hint::black_box(std::hint::black_box(CRITERION_MARKER).as_bytes().first());
}

/// As [`keep_criterion_marker`], for divan.
#[inline]
pub fn keep_divan_marker() {
    std::hint::black_box(std::hint::black_box(DIVAN_MARKER).as_bytes().first());
}

/// Keeps the marker of [`Part::Allocator`] in the executable. Allocates nothing.
#[inline]
pub fn keep_allocator_marker() {
    std::hint::black_box(std::hint::black_box(ALLOCATOR_MARKER).as_bytes().first());
}

/// Keeps the marker of [`Part::UnreachedMain`] in the executable.
#[inline]
pub fn keep_unreached_main_marker() {
    std::hint::black_box(std::hint::black_box(UNREACHED_MAIN_MARKER).as_bytes().first());
}
