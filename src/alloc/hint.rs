//! A word to the optimiser.

/// The condition itself. Tells the compiler to lay the code out for the other case, so that this one takes the jumps.
///
/// Rejected: `std::hint::cold_path`, which the oldest supported compiler does not have.
#[inline(always)]
pub(super) fn unlikely(condition: bool) -> bool {
    #[cold]
    fn cold() {}

    if condition {
        cold();
    }
    condition
}
