//! Finds out whether [`Alloc`](super::Alloc) is the global allocator, and what it wraps, by making one allocation.

use std::sync::atomic::{AtomicPtr, Ordering};

use super::state;
use memgate_protocol::keep_allocator_marker;

/// Gives the name of what the allocator wraps.
///
/// The name itself is two words, which can't be put down at once: a reader between the two would have one's start and
/// another's length. The function that gives it is one.
type Name = fn() -> &'static str;

/// A [`Name`], or null as long as none was reported.
static NAME: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

/// Called by the allocator in probe mode: says what it wraps.
#[cold]
pub(super) fn report<A>() {
    keep_allocator_marker();
    let name: Name = std::any::type_name::<A>;
    NAME.store(name as *mut (), Ordering::Relaxed);
}

/// What was reported last.
fn reported() -> Option<Name> {
    let name = NAME.load(Ordering::Relaxed);
    // SAFETY: null, or a `Name` that `report` made a pointer of. `Option<Name>` has the size of a pointer, and its null is
    // none; the function is part of this program, and so lives as long as it.
    unsafe { std::mem::transmute::<*mut (), Option<Name>>(name) }
}

/// What is wrong where [`sees_standard_library`] says no, and what to do.
pub(crate) const SHARED_STANDARD_LIBRARY: &str = "the standard library is a shared library here (`-C prefer-dynamic`, or a crate of \
     the kind `dylib` among the dependencies), and what its code allocates can't be counted; link it statically";

/// Whether the standard library's own code allocates through [`Alloc`](super::Alloc) too.
///
/// It does not where the standard library is a shared library (`-C prefer-dynamic`, or a crate of the kind `dylib` among
/// the dependencies): its compiled code then has an allocator of its own, and whatever it allocates would not be counted.
pub(crate) fn sees_standard_library() -> bool {
    NAME.store(std::ptr::null_mut(), Ordering::Relaxed);
    state::begin(state::MODE_PROBE);
    // Compiled into the standard library, and needs a buffer whether it succeeds or not.
    let _ = std::hint::black_box(std::env::current_dir());
    state::end();
    reported().is_some()
}

/// The type name of the allocator inside `Alloc`, or none when `Alloc` is not the global allocator.
pub(crate) fn installed_allocator() -> Option<&'static str> {
    if reported().is_none() {
        state::begin(state::MODE_PROBE);
        drop(std::hint::black_box(Box::new(std::hint::black_box(0_u8))));
        state::end();
    }
    reported().map(|name| name())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn what_is_read_while_another_is_reported_is_one_of_the_two_names() {
        /// Of another length than the other's name.
        struct WithALongerName;

        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..if cfg!(miri) { 50 } else { 50_000 } {
                    report::<u8>();
                    report::<WithALongerName>();
                }
                is_done.store(true, Ordering::Relaxed);
            });
            while !is_done.load(Ordering::Relaxed) {
                if let Some(name) = reported() {
                    assert!(["u8", std::any::type_name::<WithALongerName>()].contains(&name()), "{}", name());
                }
            }
        });
    }
}
