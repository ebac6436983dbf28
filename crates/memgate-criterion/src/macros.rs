//! Criterion's macros, with criterion's grammar.

/// Defines a function that runs benchmark functions with a common configuration; the same as criterion's.
///
/// # Example
/// ```
/// use memgate_criterion::{Criterion, criterion_group};
///
/// fn lines(criterion: &mut Criterion) {
///     criterion.bench_function("lines", |bencher| bencher.iter(|| "a\nb".lines().collect::<Vec<_>>()));
/// }
///
/// criterion_group!(compact, lines);
/// criterion_group! {
///     name = complete;
///     config = Criterion::default().sample_size(10);
///     targets = lines
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! criterion_group {
    (name = $name:ident; config = $config:expr; targets = $( $target:path ),+ $(,)*) => {
        #[doc="The function which runs the benchmarks."]
        pub fn $name() {
            let mut criterion: $crate::Criterion<_> = $config
                .configure_from_args();
            $(
                if !$crate::__private::is_answered() {
                    $target(&mut criterion);
                }
            )+
        }
    };
    ($name:ident, $( $target:path ),+ $(,)*) => {
        $crate::criterion_group!{
            name = $name;
            config = $crate::Criterion::default();
            targets = $( $target ),+
        }
    }
}

/// Defines the `main` function of a bench target of groups; the same as criterion's.
///
/// # Example
/// ```no_run
/// use memgate_criterion::{Criterion, criterion_group, criterion_main};
///
/// fn repeat(criterion: &mut Criterion) {
///     criterion.bench_function("repeat", |bencher| bencher.iter(|| "ab".repeat(100)));
/// }
///
/// criterion_group!(benches, repeat);
/// criterion_main!(benches);
/// ```
#[macro_export]
macro_rules! criterion_main {
    ( $( $group:path ),+ $(,)* ) => {
        fn main() {
            $(
                if !$crate::__private::is_answered() {
                    $group();
                }
            )+

            $crate::Criterion::default()
                .configure_from_args()
                .final_summary();
        }
        // Ignored, since criterion's bench targets pass with libtest: nothing in them is run.
        $crate::__needs_harness_false!(#[ignore = "nothing is benched without `harness = false` under its [[bench]]"]);
    }
}
