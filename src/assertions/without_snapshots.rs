//! `memgate::assert_heap!` where nothing of it is compiled: names the feature.

/// Needs the feature `snapshots`, which holds a closure's numbers in a file that is committed.
#[macro_export]
macro_rules! assert_heap {
    ($($arguments:tt)*) => {
        ::core::compile_error!(
            "`memgate::assert_heap!` needs memgate's feature `snapshots`: in Cargo.toml, `features = [\"snapshots\"]`"
        )
    };
}
