//! Types that carry no benchmark: settings, measurements, profilers, executors.

use std::cell::Cell;
use std::hash::Hash;
use std::path::Path;

use criterion::async_executor::{AsyncExecutor, FuturesExecutor, SmolExecutor};
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::profiler::{ExternalProfiler, Profiler};
use criterion::{
    AxisScale, Baseline, BatchSize, BenchmarkFilter, BenchmarkId, PlotConfiguration, PlottingBackend,
    SamplingMode, Throughput,
};

/// A measurement of our own: it counts how often it is asked.
#[derive(Default)]
pub(crate) struct Ticks {
    asked: Cell<u64>,
}

impl Measurement for Ticks {
    type Intermediate = u64;
    type Value = u64;

    fn start(&self) -> u64 {
        self.asked.replace(self.asked.get() + 1)
    }
    fn end(&self, start: u64) -> u64 {
        self.asked.get() - start
    }
    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }
    fn zero(&self) -> u64 {
        0
    }
    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        &TicksFormatter
    }
}

struct TicksFormatter;

impl ValueFormatter for TicksFormatter {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "ticks"
    }
    fn scale_throughputs(&self, _: f64, throughput: &Throughput, _: &mut [f64]) -> &'static str {
        match throughput {
            Throughput::Bits(_) | Throughput::Bytes(_) | Throughput::BytesDecimal(_) => "B",
            Throughput::Elements(_) | Throughput::ElementsAndBytes { elements: _, bytes: _ } => "elements",
        }
    }
    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "ticks"
    }
}

pub(crate) struct Silent;

impl Profiler for Silent {
    fn start_profiling(&mut self, _id: &str, _folder: &Path) {}
    fn stop_profiling(&mut self, _id: &str, _folder: &Path) {}
}

pub(crate) fn values() -> usize {
    fn comparable<T: Clone + Eq + Hash>(_: T) -> usize {
        1
    }
    let sizes = [
        BatchSize::SmallInput,
        BatchSize::LargeInput,
        BatchSize::PerIteration,
        BatchSize::NumBatches(2),
        BatchSize::NumIterations(3),
    ];
    let baselines = [Baseline::CompareLenient, Baseline::CompareStrict, Baseline::Save, Baseline::Discard];
    let filters =
        [BenchmarkFilter::AcceptAll, BenchmarkFilter::Exact("a".to_owned()), BenchmarkFilter::RejectAll];
    let modes = [SamplingMode::Auto, SamplingMode::Linear, SamplingMode::Flat, SamplingMode::default()];
    let backends = [PlottingBackend::Gnuplot, PlottingBackend::Plotters, PlottingBackend::None];
    let plots = PlotConfiguration::default().summary_scale(AxisScale::Logarithmic);
    let _ = (plots.clone(), AxisScale::default(), AxisScale::Linear);
    let _: (&dyn Profiler, Silent) = (&ExternalProfiler, Silent);
    let throughputs = [Throughput::Bits(1), Throughput::Bytes(1)];
    assert!(throughputs[0] != throughputs[1]);
    let value: f64 = WallTime.to_f64(&WallTime.zero());
    let formatted = WallTime.formatter().format_value(value)
        + &WallTime.formatter().format_throughput(&throughputs[1], 1.0);
    formatted.len()
        + sizes.len()
        + baselines.len()
        + filters.len()
        + modes.len()
        + backends.len()
        + comparable(BenchmarkId::new("f", 1))
        + FuturesExecutor.block_on(async { 1 })
        + SmolExecutor.block_on(async { 1 })
}
