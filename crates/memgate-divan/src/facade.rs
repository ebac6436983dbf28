//! The benchmark runner: divan's, or the gate's.

use std::time::Duration;

use divan::counter::{BytesCount, BytesFormat, CharsCount, CyclesCount, IntoCounter, ItemsCount};
use regex_lite::Regex;

use crate::gated::gate;
use crate::settings::{Ignored, Settings, Skip};
use crate::{gated, outside};

/// Runs all benchmarks, as the command line says.
pub fn main() {
    Divan::from_args().main();
}

/// The benchmark runner. Divan's methods, with the same meaning.
///
/// Under the gate, what leaves benchmarks out and how many threads there are is obeyed; the command line, and what is about time, samples
/// and counters, is not looked at.
#[derive(Debug, Default)]
pub struct Divan {
    divan: divan::Divan,
    settings: Settings,
}

impl Divan {
    fn configure(self, configure: impl FnOnce(divan::Divan) -> divan::Divan) -> Self {
        Self { divan: configure(self.divan), settings: self.settings }
    }

    fn run(&self, run: impl FnOnce(&divan::Divan)) {
        match gate() {
            Some(gate) => gated::run(gate, &self.settings),
            None => {
                outside::register();
                run(&self.divan);
            }
        }
    }

    /// Does what was configured: runs benchmarks, tests or lists them.
    pub fn main(&self) {
        self.run(divan::Divan::main);
    }

    /// Runs benchmarks.
    pub fn run_benches(&self) {
        self.run(divan::Divan::run_benches);
    }

    /// Runs each benchmark once.
    pub fn test_benches(&self) {
        self.run(divan::Divan::test_benches);
    }

    /// Lists benchmarks.
    pub fn list_benches(&self) {
        self.run(divan::Divan::list_benches);
    }

    /// Configures from the command line.
    pub fn from_args() -> Self {
        Self::default().config_with_args()
    }

    /// Changes what the command line says, which under the gate has nothing to say.
    #[must_use]
    pub fn config_with_args(self) -> Self {
        if gate().is_some() { self } else { self.configure(divan::Divan::config_with_args) }
    }

    /// Chooses whether the output has colours.
    #[must_use]
    pub fn color(self, yes: impl Into<Option<bool>>) -> Self {
        self.configure(|divan| divan.color(yes))
    }

    /// Runs ignored benchmarks too.
    #[must_use]
    pub fn run_ignored(mut self) -> Self {
        self.settings.ignored = Ignored::Yes;
        self.configure(divan::Divan::run_ignored)
    }

    /// Runs ignored benchmarks alone.
    #[must_use]
    pub fn run_only_ignored(mut self) -> Self {
        self.settings.ignored = Ignored::Only;
        self.configure(divan::Divan::run_only_ignored)
    }

    /// Leaves out benchmarks whose names match a regular expression.
    ///
    /// # Panics
    /// When it is text, and no regular expression.
    #[must_use]
    #[track_caller]
    pub fn skip_regex(mut self, filter: impl IntoRegex) -> Self {
        let regex = filter.into_regex();
        self.settings.skips.push(Skip::Regex(Box::leak(Box::new(regex.clone()))));
        self.configure(|divan| divan.skip_regex(regex))
    }

    /// Leaves out the benchmark of a name.
    #[must_use]
    pub fn skip_exact(mut self, filter: impl Into<String>) -> Self {
        let name = filter.into();
        self.settings.skips.push(Skip::Exact(name.clone()));
        self.configure(|divan| divan.skip_exact(name))
    }

    /// Sets the number of samples.
    #[must_use]
    pub fn sample_count(self, count: u32) -> Self {
        self.configure(|divan| divan.sample_count(count))
    }

    /// Sets the number of iterations of a sample.
    #[must_use]
    pub fn sample_size(self, count: u32) -> Self {
        self.configure(|divan| divan.sample_size(count))
    }

    /// Runs across so many threads. 0 stands for as many as there are.
    #[must_use]
    pub fn threads<T: IntoIterator<Item = usize>>(mut self, threads: T) -> Self {
        let threads: Vec<usize> = threads.into_iter().collect();
        self.settings.threads = Some(threads.clone());
        self.configure(|divan| divan.threads(threads))
    }

    /// Sets how long a benchmark runs at least.
    #[must_use]
    pub fn min_time(self, time: Duration) -> Self {
        self.configure(|divan| divan.min_time(time))
    }

    /// Sets how long a benchmark runs at most.
    #[must_use]
    pub fn max_time(self, time: Duration) -> Self {
        self.configure(|divan| divan.max_time(time))
    }

    /// Chooses whether what happens outside of the routine counts for those times.
    #[must_use]
    pub fn skip_ext_time(self, skip: bool) -> Self {
        self.configure(|divan| divan.skip_ext_time(skip))
    }

    /// Sets a counter of what every benchmark processes.
    #[must_use]
    pub fn counter<C: IntoCounter>(self, counter: C) -> Self {
        self.configure(|divan| divan.counter(counter))
    }

    /// Sets how many items every benchmark processes.
    #[must_use]
    pub fn items_count<C: Into<ItemsCount>>(self, count: C) -> Self {
        self.counter(count.into())
    }

    /// Sets how many bytes every benchmark processes.
    #[must_use]
    pub fn bytes_count<C: Into<BytesCount>>(self, count: C) -> Self {
        self.counter(count.into())
    }

    /// Sets how bytes are shown.
    #[must_use]
    pub fn bytes_format(self, format: BytesFormat) -> Self {
        self.configure(|divan| divan.bytes_format(format))
    }

    /// Sets how many characters every benchmark processes.
    #[must_use]
    pub fn chars_count<C: Into<CharsCount>>(self, count: C) -> Self {
        self.counter(count.into())
    }

    /// Sets how many cycles every benchmark takes.
    #[must_use]
    pub fn cycles_count<C: Into<CyclesCount>>(self, count: C) -> Self {
        self.counter(count.into())
    }
}

/// What [`Divan::skip_regex`] takes: a regular expression, or text that is one.
pub trait IntoRegex {
    /// The regular expression.
    fn into_regex(self) -> Regex;
}

impl IntoRegex for Regex {
    fn into_regex(self) -> Regex {
        self
    }
}

impl IntoRegex for &str {
    #[track_caller]
    fn into_regex(self) -> Regex {
        Regex::new(self)
            .unwrap_or_else(|error| panic!("failed to read `{self}` as a regular expression: {error}"))
    }
}

impl IntoRegex for String {
    #[track_caller]
    fn into_regex(self) -> Regex {
        self.as_str().into_regex()
    }
}
