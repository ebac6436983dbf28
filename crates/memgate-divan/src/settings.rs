//! What a suite's `main` asks for that the gate obeys: which benchmarks are left out, and on how many threads they run.

use regex_lite::Regex;

/// What is asked for in the code. What the command line says is divan's alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) skips: Vec<Skip>,
    pub(crate) ignored: Ignored,
    /// Instead of what the attributes say.
    pub(crate) threads: Option<Vec<usize>>,
}

/// What is left out.
#[derive(Clone, Debug)]
pub(crate) enum Skip {
    /// For as long as the process: what drops one would be compiled again with this package.
    Regex(&'static Regex),
    Exact(String),
}

/// Which benchmarks run, as to `#[ignore]`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Ignored {
    #[default]
    No,
    Yes,
    Only,
}

impl Settings {
    /// Whether a benchmark is left out, by its name without a number of threads.
    pub(crate) fn skips(&self, name: &str) -> bool {
        self.skips.iter().any(|skip| match skip {
            Skip::Regex(regex) => regex.is_match(name),
            Skip::Exact(exact) => exact == name,
        })
    }

    pub(crate) fn runs(&self, is_ignored: bool) -> bool {
        match self.ignored {
            Ignored::No => !is_ignored,
            Ignored::Yes => true,
            Ignored::Only => is_ignored,
        }
    }
}
