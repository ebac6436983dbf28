//! `memgate::main!`.

/// Makes a bench target of a list of benchmarks: defines `main` and installs the counting allocator.
///
/// - `name` — a function `fn(Bencher)`; its path is its name.
/// - `name: [1, 2, 3]` — a function `fn(Bencher, T)`, once for each argument (anything that can be iterated over and
///   whose items are `Clone + Display`); the names are `name/1`, `name/2`, `name/3`.
/// - `"any text" => function` and `"any text" => function: [1, 2, 3]` — with a name of your own.
///
/// The first line may choose the allocator:
///
/// - `allocator = path::To::Allocator;` — a unit type that implements `GlobalAlloc`, such as `mimalloc::MiMalloc`,
///   wrapped in [`Alloc`](crate::Alloc).
/// - `allocator = none;` — nothing is installed. For when another crate already has a `#[global_allocator]`; that one
///   must then be a [`memgate::Alloc`](crate::Alloc) around the real one.
/// - Without such a line, [`Alloc::system()`](crate::Alloc::system) is installed.
///
/// # Example
/// ```no_run
/// use memgate::Bencher;
/// fn clone(bencher: Bencher) { bencher.bench(|| "text".to_owned()) }
/// fn fill(bencher: Bencher, length: usize) { bencher.bench(move || vec![1_u8; length]) }
///
/// memgate::main! {
///     clone,
///     fill: [16, 1_024],
///     "fill a page" => |bencher| fill(bencher, 4_096),
/// }
/// ```
#[macro_export]
macro_rules! main {
    (allocator = none; $($benchmarks:tt)*) => {
        fn main() -> ::std::process::ExitCode {
            $crate::__benchmarks!(
                $crate::Suite::new(::core::env!("CARGO_PKG_NAME"), ::core::env!("CARGO_CRATE_NAME"));
                $($benchmarks)*
            )
            .main()
        }
        $crate::__needs_harness_false!();
    };
    (allocator = $inner:path; $($benchmarks:tt)*) => {
        const _: () = {
            #[global_allocator]
            static ALLOCATOR: $crate::Alloc<$inner> = $crate::Alloc::new($inner);
        };
        $crate::main! { allocator = none; $($benchmarks)* }
    };
    ($($benchmarks:tt)*) => {
        const _: () = {
            #[global_allocator]
            static ALLOCATOR: $crate::Alloc = $crate::Alloc::system();
        };
        $crate::main! { allocator = none; $($benchmarks)* }
    };
}

/// A suite with all benchmarks.
///
/// Benchmarks are matched by a repetition, not one after the other by recursion, so that there may be any number of them. A
/// repetition has to know by the next token what comes, and what the compiler once takes for a path is never anything else. So
/// the list is read as the first of these that all of it is: functions with any arguments; functions with arguments in
/// brackets, and closures; functions, and then named expressions. A list that is none of them is read by recursion, and the compiler's recursion
/// limit bounds its length.
#[doc(hidden)]
#[macro_export]
macro_rules! __benchmarks {
    ($suite:expr; $($($name:literal =>)? $($segment:ident)::+ $(: $arguments:expr)?),* $(,)?) => {
        $crate::__suite!($suite; $([$($name =>)? $($segment)::+ $(: $arguments)?])*)
    };
    // The `move` of a closure is a segment.
    ($suite:expr; $(
        $($name:literal =>)?
        $($($segment:ident)::+ $(: $arguments:tt)?)?
        $(| $bencher:ident $(: $type:ty)? | $body:expr_2021)?
    ),*) => {
        $crate::__suite!($suite; $([
            $($name =>)? $($($segment)::+ $(: $arguments)?)? $(|$bencher $(: $type)?| $body)?
        ])*)
    };
    ($suite:expr; $($($segment:ident)::+ $(: $arguments:expr)? ,)* $($name:literal => $routine:expr_2021),+ $(,)?) => {
        $crate::__suite!($suite; $([$($segment)::+ $(: $arguments)?])* $([$name => $routine])+)
    };
    ($suite:expr; $($benchmarks:tt)*) => { $crate::__recursively!([$suite] [] $($benchmarks)*) };
}

/// Brings one benchmark after the other into brackets.
#[doc(hidden)]
#[macro_export]
macro_rules! __recursively {
    ([$suite:expr] [$($done:tt)*]) => { $crate::__suite!($suite; $($done)*) };
    ($suite:tt [$($done:tt)*] $name:literal => $routine:expr_2021 $(, $($rest:tt)*)?) => {
        $crate::__recursively!($suite [$($done)* [$name => $routine]] $($($rest)*)?)
    };
    ($suite:tt [$($done:tt)*] $name:literal => $routine:path : $arguments:expr $(, $($rest:tt)*)?) => {
        $crate::__recursively!($suite [$($done)* [$name => $routine: $arguments]] $($($rest)*)?)
    };
    ($suite:tt [$($done:tt)*] $routine:path $(: $arguments:expr)? $(, $($rest:tt)*)?) => {
        $crate::__recursively!($suite [$($done)* [$routine $(: $arguments)?]] $($($rest)*)?)
    };
}

/// A suite with the benchmarks in brackets. Statement by statement, since one expression of a thousand calls is as deep as it is long.
#[doc(hidden)]
#[macro_export]
macro_rules! __suite {
    ($suite:expr; $([$($benchmark:tt)*])*) => {{
        let suite = $suite;
        $(let suite = $crate::__add_benchmark!(suite; $($benchmark)*);)*
        suite
    }};
}

/// Adds one benchmark to a suite.
#[doc(hidden)]
#[macro_export]
macro_rules! __add_benchmark {
    // What is behind the last comma.
    ($suite:ident;) => {
        $suite
    };
    // Expressions first: one that was matched as such is nothing else any more.
    ($suite:ident; $name:literal => $routine:expr_2021) => {
        $suite.bench($name, $routine)
    };
    ($suite:ident; $routine:expr_2021) => {{
        const _: () = ::core::assert!(
            $crate::__private::is_path(::core::stringify!($routine)),
            "a benchmark without a name is the path of a function; give others one: \"name\" => …"
        );
        $suite.bench($crate::__private::name_of(::core::stringify!($routine)), $routine)
    }};
    ($suite:ident; $name:literal =>) => {
        ::core::compile_error!(::core::concat!("the benchmark \"", $name, "\" has no function"))
    };
    ($suite:ident; $name:literal => $routine:path : $arguments:expr) => {
        $suite.bench_with($name, $routine, $arguments)
    };
    ($suite:ident; $routine:path : $arguments:expr) => {
        $suite.bench_with($crate::__private::name_of(::core::stringify!($routine)), $routine, $arguments)
    };
}

/// Whether the text of an expression is a path, without which it needs a name.
#[must_use]
pub const fn is_path(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        if matches!(byte, b'(' | b'{' | b'[' | b'|' | b'"' | b'!' | b'.') {
            return false;
        }
        rest = after;
    }
    true
}

/// The name of a function by the text of its path: `r#` in front of a keyword is no part of a name. What has none stays as it is, since
/// numbers are committed under it.
#[must_use]
pub fn name_of(path: &str) -> String {
    if path.contains("r#") { path.replace("r#", "").replace(" :: ", "::") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::{Bencher, Suite};

    fn r#fn(_: Bencher) {}

    mod r#mod {
        pub(super) fn r#loop(_: crate::Bencher, _: usize) {}
    }

    fn plain(_: Bencher) {}

    fn sized(_: Bencher, _: usize) {}

    fn made(_: usize) -> impl Fn(Bencher) {
        plain
    }

    /// The names of a suite of 64 times these items, which is more than the compiler lets a macro call itself.
    macro_rules! names_of_many {
        (0 $($items:tt)*) => { names(&crate::__benchmarks!(Suite::new("p", "t"); $($items)*)) };
        (1 $($items:tt)*) => { names_of_many!(0 $($items)* $($items)* $($items)* $($items)*) };
        (2 $($items:tt)*) => { names_of_many!(1 $($items)* $($items)* $($items)* $($items)*) };
        ($($items:tt)*) => { names_of_many!(2 $($items)* $($items)* $($items)* $($items)*) };
    }

    fn names(suite: &Suite) -> Vec<String> {
        suite.benchmarks.iter().map(|benchmark| benchmark.name.clone()).collect()
    }

    #[test]
    fn a_raw_identifier_is_named_without_its_mark() {
        let suite = crate::__benchmarks!(Suite::new("p", "t"); r#fn, r#mod::r#loop: [1], plain);
        let path = "mod::loop/1";
        assert_eq!(names(&suite)[..2], ["fn", path]);
    }

    #[test]
    fn there_may_be_any_number_of_benchmarks() {
        let names = names_of_many!(plain, sized: (1..=2).map(|size| size * 2), "a b" => plain, "c" => self::sized: [3],);
        assert_eq!(names.len(), 64 * 5);
        assert_eq!(names[names.len() - 5..], ["plain", "sized/2", "sized/4", "a b", "c/3"]);
        let names = names_of_many!(plain, sized: [1], "a" => |b| plain(b), "b" => move |b: Bencher| plain(b), "c" => sized: [3],);
        assert_eq!(names.len(), 64 * 5);
        assert_eq!(names[..5], ["plain", "sized/1", "a", "b", "c/3"]);
        assert_eq!(names_of_many!("a" => made(1), "b" => { plain },).len(), 64 * 2);
    }

    #[test]
    fn every_form_may_stand_beside_every_other() {
        let suite = crate::__benchmarks!(Suite::new("p", "t");
            plain, "a" => made(1), "b" => sized: (1..2), Vec::<Bencher>::push_all, "c" => |_| (), "d" => sized: [1]);
        assert_eq!(names(&suite), ["plain", "a", "b/1", "Vec::<Bencher>::push_all", "c", "d/1"]);
        assert_eq!(names(&crate::__benchmarks!(Suite::new("p", "t");)), [""; 0]);
    }

    trait PushAll {
        fn push_all(_: Bencher) {}
    }

    impl PushAll for Vec<Bencher> {}
}
