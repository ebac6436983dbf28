//! The benchmarks of one bench target.

use std::fmt::Display;

use super::bencher::Bencher;
use super::benchmark::Benchmark;

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

    /// The names of its benchmarks.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.benchmarks.iter().map(|benchmark| benchmark.name.as_str())
    }
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.debug_struct("Suite")
            .field("package", &self.package)
            .field("target", &self.target)
            .field("benchmarks", &names)
            .finish()
    }
}
