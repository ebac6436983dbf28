//! What a benchmark function is given.

use super::measure::{Consuming, Driven, Edges, Mutating};
use super::session::Session;

/// What a benchmark function is given: it takes a routine and runs it in windows.
///
/// A function calls one of the `bench` methods once. What it does before is set-up, and is not measured; returning
/// without calling one is an error.
#[derive(Debug)]
#[must_use = "a benchmark that runs no routine is an error"]
pub struct Bencher {
    session: Session,
}

impl Bencher {
    pub(super) fn new(session: Session) -> Self {
        Self { session }
    }

    /// Runs a routine that needs no input. Its output is dropped outside the window.
    ///
    /// # Example
    /// ```no_run
    /// fn squares(bencher: memgate::Bencher) {
    ///     bencher.bench(|| (0..100_u64).map(|n| n * n).collect::<Vec<_>>());
    /// }
    /// # memgate::main! { squares }
    /// ```
    pub fn bench<O>(self, mut routine: impl FnMut() -> O) {
        self.with_inputs(|| ()).bench_values(move |()| routine());
    }

    /// Runs whole iterations that call the edges of their window themselves, each once and in this order. For facades of
    /// other harnesses, whose windows open inside of an executor.
    #[doc(hidden)]
    pub fn bench_between_edges(self, iteration: impl FnMut(&mut dyn Edges)) {
        self.session.run(&mut Driven(iteration));
    }

    /// Makes an input for each window with `make_input`, outside the window.
    pub fn with_inputs<I, S: FnMut() -> I>(self, make_input: S) -> BencherWithInputs<S> {
        BencherWithInputs { session: self.session, make_input }
    }
}

/// A [`Bencher`] that makes an input for each window.
#[must_use = "a benchmark that runs no routine is an error"]
pub struct BencherWithInputs<S> {
    session: Session,
    make_input: S,
}

impl<S> BencherWithInputs<S> {
    /// Runs a routine that takes the input by value. What the routine drops of it, it drops inside the window.
    ///
    /// # Example
    /// ```no_run
    /// fn sort(bencher: memgate::Bencher) {
    ///     bencher.with_inputs(|| vec![3, 1, 2]).bench_values(|mut numbers| {
    ///         numbers.sort();
    ///         numbers
    ///     });
    /// }
    /// # memgate::main! { sort }
    /// ```
    pub fn bench_values<I, O>(self, routine: impl FnMut(I) -> O)
    where
        S: FnMut() -> I,
    {
        self.session.run(&mut Consuming { make_input: self.make_input, routine });
    }

    /// Runs a routine that borrows the input, which is dropped outside the window.
    ///
    /// # Example
    /// ```no_run
    /// fn push(bencher: memgate::Bencher) {
    ///     bencher.with_inputs(|| vec![0; 1_000]).bench_refs(|numbers| numbers.push(1));
    /// }
    /// # memgate::main! { push }
    /// ```
    pub fn bench_refs<I, O>(self, routine: impl FnMut(&mut I) -> O)
    where
        S: FnMut() -> I,
    {
        self.session.run(&mut Mutating { make_input: self.make_input, routine });
    }
}

impl<S> std::fmt::Debug for BencherWithInputs<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BencherWithInputs").field("session", &self.session).finish_non_exhaustive()
    }
}
