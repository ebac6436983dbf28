//! The arguments of a benchmark, which are made once.

use std::any::{Any, type_name};
use std::sync::OnceLock;

use divan::__private::BenchArgs;

use crate::Bencher;

/// The arguments of a benchmark, also of all instances of a generic one: those of the gate, or divan's.
#[derive(Default)]
pub struct Args {
    made: OnceLock<Made>,
    /// What divan makes.
    pub divan: BenchArgs,
}

struct Made {
    /// A `Vec` of them.
    values: Box<dyn Any + Send + Sync>,
    /// In the same order.
    names: Vec<String>,
}

/// A benchmark with its arguments, under the gate.
pub struct ArgsRunner {
    /// The names of the arguments, in the order in which they were made.
    pub(crate) names: &'static [String],
    /// Runs it with the argument at a place.
    pub(crate) bench: Box<dyn Fn(Bencher<'_, '_>, usize)>,
}

impl Args {
    /// None made yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { made: OnceLock::new(), divan: BenchArgs::new() }
    }

    /// Makes the arguments if they are not, and takes what runs a benchmark with one.
    pub fn for_gate<I, B>(
        &'static self,
        make: impl FnOnce() -> I,
        name: impl Fn(&I::Item) -> String,
        bench: B,
    ) -> ArgsRunner
    where
        I: IntoIterator,
        I::Item: Any + Send + Sync,
        B: Fn(Bencher<'_, '_>, &I::Item) + 'static,
    {
        let made = self.made.get_or_init(|| {
            let values: Vec<I::Item> = make().into_iter().collect();
            let names = values.iter().map(name).collect();
            Made { values: Box::new(values), names }
        });
        let Some(values) = made.values.downcast_ref::<Vec<I::Item>>() else {
            unreachable!(
                "one attribute's arguments are of one type, and not of `{}` too",
                type_name::<I::Item>()
            )
        };
        ArgsRunner {
            names: &made.names,
            bench: Box::new(move |bencher, index| bench(bencher, &values[index])),
        }
    }
}

impl std::fmt::Debug for Args {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Args").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ArgsRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArgsRunner").field("names", &self.names).finish_non_exhaustive()
    }
}
