//! What a benchmark's function is given.

use std::marker::PhantomData;

use divan::counter::{BytesCount, CharsCount, Counter, CyclesCount, IntoCounter, ItemsCount};

use crate::counters::{InputCounter, count_as};
use crate::threads::OnThreads;

/// What a benchmark's function is given: it takes a routine and runs it. Divan's methods, with the same meaning.
///
/// Under the gate, each method runs windows of one iteration around the routine alone, on each thread of the benchmark. Inputs are made,
/// and what is left over is dropped, outside; counters do nothing.
#[must_use = "a benchmark function must be registered"]
pub struct Bencher<'a, 'b, C = BencherConfig> {
    side: Side<'a, 'b>,
    config: C,
}

/// Who runs the routine.
enum Side<'a, 'b> {
    Divan(divan::Bencher<'a, 'b>),
    Gate(OnThreads<'a>),
}

/// A [`Bencher`] that makes no inputs.
#[derive(Debug)]
pub struct BencherConfig;

/// A [`Bencher`] that makes inputs, and counts them.
pub struct WithInputs<GenI, Counters = ()> {
    gen_input: GenI,
    counters: Counters,
}

/// Divan's bencher as the facade's.
pub fn outside<'a, 'b>(bencher: divan::Bencher<'a, 'b>) -> Bencher<'a, 'b> {
    Bencher { side: Side::Divan(bencher), config: BencherConfig }
}

/// A bencher of the gate.
pub(crate) fn gated(gate: OnThreads<'_>) -> Bencher<'_, '_> {
    Bencher { side: Side::Gate(gate), config: BencherConfig }
}

impl<C> Bencher<'_, '_, C> {
    /// Sets a counter of what an iteration processes.
    #[doc(alias = "throughput")]
    pub fn counter<K: IntoCounter>(self, counter: K) -> Self {
        let Self { side, config } = self;
        let side = match side {
            Side::Divan(bencher) => Side::Divan(bencher.counter(counter)),
            gate @ Side::Gate(_) => gate,
        };
        Self { side, config }
    }
}

impl<'a, 'b> Bencher<'a, 'b> {
    /// Runs a routine. Its output is dropped outside the window.
    pub fn bench<O, B>(self, benched: B)
    where
        B: Fn() -> O + Sync,
    {
        match self.side {
            Side::Divan(bencher) => bencher.bench(benched),
            Side::Gate(gate) => gate.bench_values(|| (), |()| benched()),
        }
    }

    /// Runs a routine on the current thread alone.
    pub fn bench_local<O, B>(self, benched: B)
    where
        B: FnMut() -> O,
    {
        match self.side {
            Side::Divan(bencher) => bencher.bench_local(benched),
            Side::Gate(gate) => gate.bencher().bench(benched),
        }
    }

    /// Makes an input for each iteration.
    pub fn with_inputs<G>(self, gen_input: G) -> Bencher<'a, 'b, WithInputs<G>> {
        Bencher { side: self.side, config: WithInputs { gen_input, counters: () } }
    }
}

/// Hands a bencher with inputs to divan, with so many counters of them, or to the gate.
macro_rules! run {
    ($bencher:expr, ($($counter:ident)*), $method:ident($benched:ident)) => {{
        let Bencher { side, config: WithInputs { gen_input, counters: ($($counter,)*) } } = $bencher;
        match side {
            Side::Divan(bencher) => {
                bencher.with_inputs(gen_input)$(.input_counter($counter.count))*.$method($benched);
            }
            Side::Gate(gate) => gate.$method(gen_input, $benched),
        }
    }};
}

/// The methods of a bencher with inputs and so many counters of them.
macro_rules! with_inputs {
    ($($name:ident: $function:ident, $kind:ident);*) => {
        impl<I, GenI, $($function, $kind),*>
            Bencher<'_, '_, WithInputs<GenI, ($(InputCounter<$function, $kind>,)*)>>
        where
            GenI: FnMut() -> I,
            $($function: Fn(&I) -> $kind + Sync + 'static, $kind: IntoCounter,)*
        {
            /// Runs a routine that takes its input. What the routine drops of it, it drops inside the window.
            pub fn bench_values<O, B>(self, benched: B)
            where
                B: Fn(I) -> O + Sync,
                GenI: Fn() -> I + Sync,
            {
                run!(self, ($($name)*), bench_values(benched));
            }

            /// Runs a routine that takes its input, on the current thread alone.
            pub fn bench_local_values<O, B>(self, benched: B)
            where
                B: FnMut(I) -> O,
            {
                run!(self, ($($name)*), bench_local_values(benched));
            }

            /// Runs a routine that borrows its input, which is dropped outside the window.
            pub fn bench_refs<O, B>(self, benched: B)
            where
                B: Fn(&mut I) -> O + Sync,
                GenI: Fn() -> I + Sync,
            {
                run!(self, ($($name)*), bench_refs(benched));
            }

            /// Runs a routine that borrows its input, on the current thread alone.
            pub fn bench_local_refs<O, B>(self, benched: B)
            where
                B: FnMut(&mut I) -> O,
            {
                run!(self, ($($name)*), bench_local_refs(benched));
            }
        }
    };
}

/// The methods that take one more counter of inputs.
macro_rules! count_inputs {
    ($($name:ident: $counter:ident),*) => {
        impl<'a, 'b, I, GenI, $($counter),*> Bencher<'a, 'b, WithInputs<GenI, ($($counter,)*)>>
        where
            GenI: FnMut() -> I,
        {
            /// Counts what each input is.
            pub fn input_counter<C, F>(
                self,
                make_counter: F,
            ) -> Bencher<'a, 'b, WithInputs<GenI, ($($counter,)* InputCounter<F, C>,)>>
            where
                F: Fn(&I) -> C + Sync + 'static,
                C: IntoCounter,
            {
                        let Bencher { side, config: WithInputs { gen_input, counters: ($($name,)*) } } = self;
                let counter = InputCounter { count: make_counter, kind: PhantomData };
                Bencher { side, config: WithInputs { gen_input, counters: ($($name,)* counter,) } }
            }

            /// Counts each input as what it is: a number.
            pub fn count_inputs_as<C>(
                self,
            ) -> Bencher<'a, 'b, WithInputs<GenI, ($($counter,)* InputCounter<fn(&I) -> C, C>,)>>
            where
                C: Counter,
                I: 'static,
                for<'i> BytesCount: From<&'i I>,
                for<'i> CharsCount: From<&'i I>,
                for<'i> CyclesCount: From<&'i I>,
                for<'i> ItemsCount: From<&'i I>,
            {
                self.input_counter(count_as::<C, I> as fn(&I) -> C)
            }
        }
    };
}

// Divan has four kinds of counters, each of which counts once.
with_inputs!();
with_inputs!(one: F1, C1);
with_inputs!(one: F1, C1; two: F2, C2);
with_inputs!(one: F1, C1; two: F2, C2; three: F3, C3);
with_inputs!(one: F1, C1; two: F2, C2; three: F3, C3; four: F4, C4);
count_inputs!();
count_inputs!(one: K1);
count_inputs!(one: K1, two: K2);
count_inputs!(one: K1, two: K2, three: K3);

impl<C> std::fmt::Debug for Bencher<'_, '_, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bencher").finish_non_exhaustive()
    }
}

impl<GenI, Counters> std::fmt::Debug for WithInputs<GenI, Counters> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WithInputs").finish_non_exhaustive()
    }
}
