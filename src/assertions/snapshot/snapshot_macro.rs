//! `memgate::assert_heap!`.

/// Runs a closure, whose numbers must be those that are recorded under an id. Gives its output.
///
/// The id is a plain text, and one of its package's own: no other assertion has it. The numbers are those of [`measure`](crate::measure), all
/// five of them. They lie in `baselines/<target-triple>/<package>/tests.json` in the workspace, which is committed, one set for each
/// profile that tests are built with (`dev`, `release`, …).
///
/// `MEMGATE_UPDATE=1 cargo test` records what is new, and what has changed by more than a limit; `MEMGATE_UPDATE=all` every number.
/// Limits are the gate's: counts may not rise at all, bytes by 1 % or 256 B, whichever is more, and nothing from zero.
///
/// `docs/TESTS.md` in the repository has the rest.
///
/// # Panics
/// - When a number is over its limit, with the numbers, and with the feature `call-sites` the lines that did it.
/// - When a number fell by more than that: as long as it is not recorded, it could grow back unseen. Not where the numbers were recorded
///   with another compiler, whose standard library may allocate more.
/// - When nothing is recorded, or the file can't be read.
/// - And as [`measure`](crate::measure), where nothing could be counted.
///
/// # Example
/// ```no_run
/// memgate::install!();
///
/// # fn main() {
/// let words = memgate::assert_heap!("words", || {
///     "one two three".split(' ').map(String::from).collect::<Vec<_>>()
/// });
/// # drop(words);
/// # }
/// ```
///
/// What a test looks for later has to stand there as it is:
///
/// ```compile_fail
/// memgate::assert_heap!("w\u{f6}rter", || 1);
/// ```
#[macro_export]
macro_rules! assert_heap {
    ($id:literal, $routine:expr $(,)?) => {{
        const _: () = assert!(
            $crate::__private::is_plain($id, stringify!($id)),
            "the id of `assert_heap!` is a plain text without escapes, which can be searched for in sources"
        );
        $crate::__private::assert_heap(
            &$crate::__private::SnapshotSite {
                id: $id,
                package: env!("CARGO_PKG_NAME"),
                package_folder: env!("CARGO_MANIFEST_DIR"),
                file: file!(),
                line: line!(),
                column: column!(),
                has_debug_assertions: cfg!(debug_assertions),
            },
            $routine,
        )
    }};
}
