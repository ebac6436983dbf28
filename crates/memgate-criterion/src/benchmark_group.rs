//! A group of benchmarks with a common name and configuration.

use std::collections::BTreeSet;
use std::time::Duration;

use criterion::measurement::Measurement;
use criterion::{PlotConfiguration, SamplingMode, Throughput};

use crate::Bencher;
use crate::bencher::Side;
use crate::benchmark_id::{BenchmarkId, IntoBenchmarkId};
use crate::facade::{Criterion, CriterionSide};
use crate::gated::Gated;
use crate::times;

/// A group of benchmarks with a common name and configuration. Criterion's methods, with the same meaning.
///
/// Under the gate only the name counts: settings that are about time and statistics do nothing.
pub struct BenchmarkGroup<'a, M: Measurement> {
    side: GroupSide<'a, M>,
}

enum GroupSide<'a, M: Measurement> {
    Criterion(criterion::BenchmarkGroup<'a, M>),
    Gate { gated: &'a Gated<M>, name: String, known: BTreeSet<String> },
}

impl<M: Measurement> Criterion<M> {
    /// Begins a group.
    ///
    /// # Panics
    /// When the name is empty.
    pub fn benchmark_group<S: Into<String>>(&mut self, group_name: S) -> BenchmarkGroup<'_, M> {
        let side = match &mut self.side {
            CriterionSide::Criterion(criterion) => {
                GroupSide::Criterion(criterion.benchmark_group(group_name))
            }
            CriterionSide::Gate(gated) => {
                let name = group_name.into();
                assert!(!name.is_empty(), "Group name must not be empty.");
                GroupSide::Gate { gated, name, known: BTreeSet::new() }
            }
        };
        BenchmarkGroup { side }
    }
}

impl<M: Measurement + 'static> Criterion<M> {
    /// Adds a benchmark without a group whose function is given an input.
    ///
    /// # Panics
    /// When the id has no function name.
    pub fn bench_with_input<F, I>(&mut self, id: BenchmarkId, input: &I, f: F) -> &mut Criterion<M>
    where
        F: FnMut(&mut Bencher<'_, M>, &I),
    {
        let BenchmarkId { function_name, parameter } = id;
        let group_name = function_name.expect(
            "Cannot use BenchmarkId::from_parameter with Criterion::bench_with_input. Consider using a BenchmarkGroup or \
             BenchmarkId::new instead.",
        );
        // A group of one benchmark, as in criterion.
        self.benchmark_group(group_name).bench_with_input(
            BenchmarkId { function_name: None, parameter },
            input,
            f,
        );
        self
    }
}

impl<'a, M: Measurement> BenchmarkGroup<'a, M> {
    fn configure(
        &mut self,
        configure: impl for<'g> FnOnce(
            &'g mut criterion::BenchmarkGroup<'a, M>,
        ) -> &'g mut criterion::BenchmarkGroup<'a, M>,
    ) -> &mut Self {
        if let GroupSide::Criterion(group) = &mut self.side {
            configure(group);
        }
        self
    }

    /// Sets the number of samples, at least 10.
    pub fn sample_size(&mut self, n: usize) -> &mut Self {
        self.configure(|group| group.sample_size(times::samples(n)))
    }

    /// Sets how long the routine is run before it is timed.
    pub fn warm_up_time(&mut self, dur: Duration) -> &mut Self {
        self.configure(|group| group.warm_up_time(times::warm_up(dur)))
    }

    /// Sets how long the routine is timed, about.
    pub fn measurement_time(&mut self, dur: Duration) -> &mut Self {
        self.configure(|group| group.measurement_time(times::measurement(dur)))
    }

    /// Sets the number of resamples of the bootstrap.
    pub fn nresamples(&mut self, n: usize) -> &mut Self {
        self.configure(|group| group.nresamples(n))
    }

    /// Sets the change below which a difference is noise, as a fraction.
    pub fn noise_threshold(&mut self, threshold: f64) -> &mut Self {
        self.configure(|group| group.noise_threshold(threshold))
    }

    /// Sets the confidence level of intervals, between 0 and 1.
    pub fn confidence_level(&mut self, cl: f64) -> &mut Self {
        self.configure(|group| group.confidence_level(cl))
    }

    /// Sets the significance level of comparisons, between 0 and 1.
    pub fn significance_level(&mut self, sl: f64) -> &mut Self {
        self.configure(|group| group.significance_level(sl))
    }

    /// Sets how plots are drawn.
    pub fn plot_config(&mut self, new_config: PlotConfiguration) -> &mut Self {
        self.configure(|group| group.plot_config(new_config))
    }

    /// Sets how much one iteration processes, from which throughput is reported.
    pub fn throughput(&mut self, throughput: Throughput) -> &mut Self {
        self.configure(|group| group.throughput(throughput))
    }

    /// Sets how the number of iterations of each sample is chosen.
    pub fn sampling_mode(&mut self, new_mode: SamplingMode) -> &mut Self {
        self.configure(|group| group.sampling_mode(new_mode))
    }

    /// Adds a benchmark.
    pub fn bench_function<ID: IntoBenchmarkId, F>(&mut self, id: ID, mut f: F) -> &mut Self
    where
        F: FnMut(&mut Bencher<'_, M>),
    {
        self.run(id.into_benchmark_id(), &(), |bencher, ()| f(bencher));
        self
    }

    /// Adds a benchmark whose function is given an input.
    pub fn bench_with_input<ID: IntoBenchmarkId, F, I>(&mut self, id: ID, input: &I, f: F) -> &mut Self
    where
        F: FnMut(&mut Bencher<'_, M>, &I),
        I: ?Sized,
    {
        self.run(id.into_benchmark_id(), input, f);
        self
    }

    fn run<F, I>(&mut self, id: BenchmarkId, input: &I, mut f: F)
    where
        F: FnMut(&mut Bencher<'_, M>, &I),
        I: ?Sized,
    {
        match &mut self.side {
            GroupSide::Criterion(_) if times::is_left_out::<M>() => {}
            GroupSide::Criterion(group) => {
                let f = |bencher: &mut criterion::Bencher<'_, M>, input: &I| {
                    f(&mut Bencher { side: Side::Criterion(&mut |lent| lent(bencher)) }, input);
                };
                match id.into_criterion() {
                    Ok(id) => group.bench_with_input(id, input, f),
                    Err(function_name) => group.bench_with_input(function_name, input, f),
                };
            }
            GroupSide::Gate { gated, name, known } => {
                let id = id.within(name);
                // Criterion panics at this; the gate says so in its answer.
                if !known.insert(id.clone()) {
                    gated.gate.refuse_duplicate(&id);
                }
                gated.bench(&id, |bencher| f(bencher, input));
            }
        }
    }

    /// Ends the group, as dropping it does.
    pub fn finish(self) {
        drop(self);
    }
}

impl<M: Measurement> std::fmt::Debug for BenchmarkGroup<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BenchmarkGroup").finish_non_exhaustive()
    }
}
