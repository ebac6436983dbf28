//! Whether this process can count what is asked for.

use std::fmt;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::alloc::{AllThreadsError, SHARED_STANDARD_LIBRARY, ScopeError, SpanCounts, counted};

/// Why nothing can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CannotCount {
    NotInstalled,
    /// What the standard library's compiled code allocates goes another way.
    SharedStandardLibrary,
    Scope(ScopeError),
    AllThreads(AllThreadsError),
}

impl From<AllThreadsError> for CannotCount {
    fn from(error: AllThreadsError) -> Self {
        Self::AllThreads(error)
    }
}

impl From<ScopeError> for CannotCount {
    fn from(error: ScopeError) -> Self {
        Self::Scope(error)
    }
}

impl fmt::Display for CannotCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => f.write_str(
                "memgate's allocator is not installed in this program, so nothing can be counted; add the line \
                 `memgate::install!();` once, outside of all functions, or make the present #[global_allocator] a `memgate::Alloc` \
                 around what it is now",
            ),
            Self::SharedStandardLibrary => f.write_str(SHARED_STANDARD_LIBRARY),
            Self::Scope(error) => write!(f, "{error}"),
            Self::AllThreads(error) => write!(f, "{error}"),
        }
    }
}

/// Whether it was found out that everything can be counted, which does not change.
static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

/// Fails where zeroes would come out otherwise.
#[inline]
pub(super) fn check() -> Result<(), CannotCount> {
    if IS_INSTALLED.load(Ordering::Relaxed) { Ok(()) } else { find_out() }
}

#[cold]
fn find_out() -> Result<(), CannotCount> {
    let is_counted = |counts: SpanCounts| counts.allocs > 0;
    let (_, own) = counted(None, || drop(black_box(Box::new(black_box(0_u8)))))?;
    if !is_counted(own) {
        return Err(CannotCount::NotInstalled);
    }
    // Compiled into the standard library, and needs a buffer whether it succeeds or not.
    let (_, of_library) = counted(None, std::env::current_dir)?;
    if !is_counted(of_library) {
        return Err(CannotCount::SharedStandardLibrary);
    }
    // Now, so that it allocates within none of the assertions that come.
    #[cfg(feature = "call-sites")]
    let _ = super::recording::unwinder();
    IS_INSTALLED.store(true, Ordering::Relaxed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_allocator_the_missing_line_is_named() {
        let error = check().unwrap_err();
        assert_eq!(error, CannotCount::NotInstalled);
        assert!(error.to_string().contains("`memgate::install!();`"), "{error}");
    }
}
