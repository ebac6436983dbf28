//! The benchmarks of one bench target.

use std::fmt::Display;
use std::process::ExitCode;

use super::Bencher;
use super::entry;

/// The benchmarks of one bench target. [`main!`](crate::main!) makes one; write it out for a `main` of your own, or
/// when names or arguments are known only at run time.
///
/// # Example
/// ```no_run
/// #[global_allocator]
/// static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();
///
/// fn main() -> std::process::ExitCode {
///     let mut suite = memgate::Suite::new(env!("CARGO_PKG_NAME"), env!("CARGO_CRATE_NAME"));
///     for letter in ['a', 'b'] {
///         suite = suite.bench(format!("repeat {letter}"), move |bencher| {
///             bencher.bench(|| letter.to_string().repeat(100));
///         });
///     }
///     suite.main()
/// }
/// ```
#[must_use = "a suite does nothing until its `main` is called"]
pub struct Suite {
    pub(super) package: String,
    pub(super) target: String,
    pub(super) benchmarks: Vec<Benchmark>,
}

/// One benchmark: a name, and the function that is given a [`Bencher`].
pub(super) struct Benchmark {
    pub(super) name: String,
    pub(super) function: Box<dyn Fn(Bencher)>,
}

/// How many, in words: `1 benchmark`, `2 benchmarks`.
pub(super) fn number_of_benchmarks(count: usize) -> String {
    format!("{count} benchmark{}", if count == 1 { "" } else { "s" })
}

impl Suite {
    /// An empty suite. The two names are shown when the target runs by itself; the gate knows them from cargo.
    pub fn new(package: impl Into<String>, target: impl Into<String>) -> Self {
        Self { package: package.into(), target: target.into(), benchmarks: Vec::new() }
    }

    /// Adds a benchmark.
    pub fn bench(mut self, name: impl Into<String>, function: impl Fn(Bencher) + 'static) -> Self {
        self.benchmarks.push(Benchmark { name: name.into(), function: Box::new(function) });
        self
    }

    /// Adds a benchmark for each argument, named `name/argument`.
    pub fn bench_with<T: Clone + Display + 'static>(
        mut self,
        name: impl Display,
        function: impl Fn(Bencher, T) + Clone + 'static,
        arguments: impl IntoIterator<Item = T>,
    ) -> Self {
        for argument in arguments {
            let function = function.clone();
            let name = format!("{name}/{argument}");
            self = self.bench(name, move |bencher| function(bencher, argument.clone()));
        }
        self
    }

    /// Does what the command line or the gate's request says; to be returned from `main`.
    ///
    /// `cargo bench` measures and prints a table, `cargo test --benches` runs each benchmark once, `--list` and the
    /// filters work as those of libtest, and `--help` explains them.
    #[must_use]
    pub fn main(self) -> ExitCode {
        entry::run(&self)
    }
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.benchmarks.iter().map(|benchmark| benchmark.name.as_str()).collect();
        f.debug_struct("Suite")
            .field("package", &self.package)
            .field("target", &self.target)
            .field("benchmarks", &names)
            .finish()
    }
}
