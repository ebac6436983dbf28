//! What a bench target without `harness = false` has in the place of its suite.

use memgate_protocol::keep_unreached_main_marker;

/// A test that only libtest has, which takes the place of the `main` of a bench target without `harness = false`: it fails, and
/// the gate finds its marker in the executable.
#[doc(hidden)]
#[macro_export]
macro_rules! __needs_harness_false {
    ($(#[$attribute:meta])?) => {
        #[::core::prelude::v1::test]
        $(#[$attribute])?
        fn memgate_needs_harness_false() {
            $crate::__private::needs_harness_false();
        }
    };
}

/// The test that libtest runs in the place of a suite.
///
/// # Panics
/// Always: nothing of the suite can run.
// Compiled where it is called, as the marker in it.
#[inline]
pub fn needs_harness_false() {
    keep_unreached_main_marker();
    panic!(
        "this target was built with libtest, whose `main` takes the place of the suite's; put `harness = false` under its \
         [[bench]] in Cargo.toml"
    );
}
