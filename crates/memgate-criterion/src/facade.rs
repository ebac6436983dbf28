//! The benchmark manager: criterion's, or the gate's.

use std::path::Path;
use std::time::Duration;

use criterion::measurement::{Measurement, WallTime};
use criterion::profiler::Profiler;
use criterion::{BenchmarkFilter, PlottingBackend};

use crate::Bencher;
use crate::bencher::Side;
use crate::gated::{Gated, gate};
use crate::times;

/// The benchmark manager. Criterion's methods, with the same meaning.
///
/// Under the gate nothing but filters and names counts: settings that are about time and statistics do nothing, and neither
/// the measurement nor the profiler is used.
pub struct Criterion<M: Measurement = WallTime> {
    pub(crate) side: CriterionSide<M>,
}

/// Who runs the benchmarks.
pub(crate) enum CriterionSide<M: Measurement> {
    // Boxed, since it is large.
    Criterion(Box<criterion::Criterion<M>>),
    Gate(Gated<M>),
}

impl Default for Criterion {
    /// Criterion's default, or the gate's side when the gate runs this process.
    fn default() -> Criterion {
        let side = match gate() {
            None => CriterionSide::Criterion(Box::new(times::shortened(criterion::Criterion::default()))),
            Some(gate) => CriterionSide::Gate(Gated::new(gate)),
        };
        Criterion { side }
    }
}

impl<M: Measurement> Criterion<M> {
    fn configure(
        self,
        configure: impl FnOnce(criterion::Criterion<M>) -> criterion::Criterion<M>,
    ) -> Criterion<M> {
        let side = match self.side {
            CriterionSide::Criterion(criterion) => CriterionSide::Criterion(Box::new(configure(*criterion))),
            gate @ CriterionSide::Gate(_) => gate,
        };
        Criterion { side }
    }

    /// Configures what the tool decides when it asks for times.
    fn configure_unless_tool_does(
        self,
        configure: impl FnOnce(criterion::Criterion<M>) -> criterion::Criterion<M>,
    ) -> Criterion<M> {
        self.configure(|criterion| times::unless_tool_does(criterion, configure))
    }

    fn filter(
        mut self,
        filter: impl FnOnce() -> BenchmarkFilter,
        configure: impl FnOnce(criterion::Criterion<M>) -> criterion::Criterion<M>,
    ) -> Criterion<M> {
        if let CriterionSide::Gate(gated) = &mut self.side {
            gated.filter = filter();
        }
        self.configure(configure)
    }

    /// Changes what is measured.
    pub fn with_measurement<M2: Measurement>(self, m: M2) -> Criterion<M2> {
        let side = match self.side {
            CriterionSide::Criterion(criterion) => {
                CriterionSide::Criterion(Box::new(criterion.with_measurement(m)))
            }
            CriterionSide::Gate(gated) => CriterionSide::Gate(gated.with_measurement(m)),
        };
        Criterion { side }
    }

    /// Changes the profiler that `--profile-time` runs.
    #[must_use]
    pub fn with_profiler<P: Profiler + 'static>(self, p: P) -> Criterion<M> {
        self.configure(|criterion| criterion.with_profiler(p))
    }

    /// Chooses what draws the plots.
    #[must_use]
    pub fn plotting_backend(self, backend: PlottingBackend) -> Criterion<M> {
        self.configure(|criterion| criterion.plotting_backend(backend))
    }

    /// Sets the number of samples, at least 10.
    #[must_use]
    pub fn sample_size(self, n: usize) -> Criterion<M> {
        self.configure(|criterion| criterion.sample_size(times::samples(n)))
    }

    /// Sets how long a routine is run before it is timed.
    #[must_use]
    pub fn warm_up_time(self, dur: Duration) -> Criterion<M> {
        self.configure(|criterion| criterion.warm_up_time(times::warm_up(dur)))
    }

    /// Sets how long a routine is timed, about.
    #[must_use]
    pub fn measurement_time(self, dur: Duration) -> Criterion<M> {
        self.configure(|criterion| criterion.measurement_time(times::measurement(dur)))
    }

    /// Sets the number of resamples of the bootstrap.
    #[must_use]
    pub fn nresamples(self, n: usize) -> Criterion<M> {
        self.configure(|criterion| criterion.nresamples(n))
    }

    /// Sets the change below which a difference is noise, as a fraction.
    #[must_use]
    pub fn noise_threshold(self, threshold: f64) -> Criterion<M> {
        self.configure(|criterion| criterion.noise_threshold(threshold))
    }

    /// Sets the confidence level of intervals, between 0 and 1.
    #[must_use]
    pub fn confidence_level(self, cl: f64) -> Criterion<M> {
        self.configure(|criterion| criterion.confidence_level(cl))
    }

    /// Sets the significance level of comparisons, between 0 and 1.
    #[must_use]
    pub fn significance_level(self, sl: f64) -> Criterion<M> {
        self.configure(|criterion| criterion.significance_level(sl))
    }

    /// Draws plots.
    #[must_use]
    pub fn with_plots(self) -> Criterion<M> {
        self.configure(criterion::Criterion::with_plots)
    }

    /// Draws no plots.
    #[must_use]
    pub fn without_plots(self) -> Criterion<M> {
        self.configure(criterion::Criterion::without_plots)
    }

    /// Names criterion's baseline that is written.
    #[must_use]
    pub fn save_baseline(self, baseline: String) -> Criterion<M> {
        self.configure_unless_tool_does(|criterion| criterion.save_baseline(baseline))
    }

    /// Names criterion's baseline that is compared with.
    #[must_use]
    pub fn retain_baseline(self, baseline: String, strict: bool) -> Criterion<M> {
        self.configure_unless_tool_does(|criterion| criterion.retain_baseline(baseline, strict))
    }

    /// Runs only benchmarks whose id this regular expression matches. Under the gate the others are not there at all.
    ///
    /// # Panics
    /// When it is no regular expression.
    #[must_use]
    pub fn with_filter<S: Into<String>>(self, filter: S) -> Criterion<M> {
        let text = filter.into();
        let regex = || {
            regex::Regex::new(&text)
                .unwrap_or_else(|error| panic!("Unable to parse '{text}' as a regular expression: {error}"))
        };
        self.filter(
            || BenchmarkFilter::Regex(regex()),
            |criterion| times::unless_tool_does(criterion, |criterion| criterion.with_filter(&text)),
        )
    }

    /// Runs only benchmarks that this filter selects. Under the gate the others are not there at all.
    pub fn with_benchmark_filter(self, filter: BenchmarkFilter) -> Criterion<M> {
        let same = filter.clone();
        self.filter(
            || filter,
            |criterion| times::unless_tool_does(criterion, |criterion| criterion.with_benchmark_filter(same)),
        )
    }

    /// Chooses whether the output has colours.
    #[must_use]
    pub fn with_output_color(self, enabled: bool) -> Criterion<M> {
        self.configure(|criterion| criterion.with_output_color(enabled))
    }

    /// Chooses where criterion writes its files.
    #[must_use]
    #[doc(hidden)]
    pub fn output_directory(self, path: &Path) -> Criterion<M> {
        self.configure_unless_tool_does(|criterion| criterion.output_directory(path))
    }

    /// Chooses to profile for so long instead of timing.
    #[must_use]
    #[doc(hidden)]
    pub fn profile_time(self, profile_time: Option<Duration>) -> Criterion<M> {
        self.configure_unless_tool_does(|criterion| criterion.profile_time(profile_time))
    }

    /// Writes criterion's summary; under the gate, the answer.
    #[doc(hidden)]
    pub fn final_summary(&self) {
        match &self.side {
            CriterionSide::Criterion(criterion) => criterion.final_summary(),
            CriterionSide::Gate(gated) => gated.gate.answer(),
        }
    }

    /// Configures from the command line, which under the gate has nothing to say. As in criterion, a filter that was set
    /// before is gone.
    #[must_use]
    pub fn configure_from_args(self) -> Criterion<M> {
        self.filter(|| BenchmarkFilter::AcceptAll, criterion::Criterion::configure_from_args)
    }
}

impl<M: Measurement + 'static> Criterion<M> {
    /// Adds a benchmark without a group.
    pub fn bench_function<F>(&mut self, id: &str, mut f: F) -> &mut Criterion<M>
    where
        F: FnMut(&mut Bencher<'_, M>),
    {
        match &mut self.side {
            CriterionSide::Criterion(_) if times::is_left_out::<M>() => {}
            CriterionSide::Criterion(criterion) => {
                criterion.bench_function(id, |bencher| {
                    f(&mut Bencher { side: Side::Criterion(&mut |lent| lent(bencher)) });
                });
            }
            CriterionSide::Gate(gated) => {
                assert!(!id.is_empty(), "Group name must not be empty.");
                gated.bench(id, f);
            }
        }
        self
    }
}

impl<M: Measurement> std::fmt::Debug for Criterion<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Criterion").finish_non_exhaustive()
    }
}
