//! The files of `explain`, for other tools.

use std::path::PathBuf;

use memgate_protocol::Metric;
use memgate_report::explain::ExplainedBenchmark;
use memgate_report::model::Phase;
use memgate_report::sites::{StoredSites, profile_of_sites};

use super::output::{stderr_width, stdout_width, write_stdout};
use crate::error::Error;
use crate::session::{
    CommittedSites, NamedWindow, Recorder, Windows, check_output, destination, window_of, write_dhat,
    write_difference, write_flame_graph, write_folded, write_pprof,
};
use crate::store::Destination;

/// Files for other tools, of one benchmark. `-` is standard output, and what is said of it is then on standard error.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Files, of one benchmark")]
pub(super) struct FileArguments {
    /// Write a profile for pprof, and beside it one of the peak (`….peak.pb.gz`)
    #[arg(long, value_name = "PATH")]
    pprof: Option<PathBuf>,
    /// Write a file for DHAT's viewer, dh_view.html
    #[arg(long, value_name = "PATH")]
    pub(super) dhat: Option<PathBuf>,
    /// Write folded stacks of the metric
    #[arg(long, value_name = "PATH")]
    folded: Option<PathBuf>,
    /// Write a flame graph of the metric as SVG
    #[arg(long, value_name = "PATH")]
    flamegraph: Option<PathBuf>,
    /// Write a flame graph of the difference from the baseline as SVG
    #[arg(long, value_name = "PATH")]
    difference_flamegraph: Option<PathBuf>,
}

impl FileArguments {
    pub(super) fn is_any(&self) -> bool {
        self.all().next().is_some()
    }

    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        let Self { pprof, dhat, folded, flamegraph, difference_flamegraph } = self;
        [pprof, dhat, folded, flamegraph, difference_flamegraph].into_iter().flatten()
    }

    /// Looks whether what is asked for can be written, while it has cost nothing yet.
    ///
    /// # Errors
    /// When a file can't be written, or two have one place.
    pub(super) fn check(&self) -> Result<(), Error> {
        if let Some(path) = &self.pprof
            && !matches!(destination(path)?, Destination::File(_))
        {
            return Err(Error::Usage(
                "--pprof writes two files side by side; give it the name of one".to_owned(),
            ));
        }
        let mut known = Vec::new();
        for path in self.all() {
            check_output(path)?;
            let place = destination(path)?;
            if known.contains(&place) && !place.takes_several() {
                let path = path.display();
                return Err(Error::Usage(format!(
                    "{path} is asked for twice; give each file a name of its own"
                )));
            }
            known.push(place);
        }
        Ok(())
    }

    /// Says something to people, where no file is.
    pub(super) fn write_words(&self, text: &str) -> Result<(), Error> {
        if self.has_stdout() {
            // With standard error closed there is nobody to tell.
            drop(Destination::Stderr.write(text.as_bytes()));
            return Ok(());
        }
        write_stdout(text)
    }

    /// How wide the terminal is that words go to. None where they go elsewhere.
    pub(super) fn words_width(&self) -> Option<usize> {
        if self.has_stdout() { stderr_width() } else { stdout_width() }
    }

    /// Whether standard output is one of the files. What is none has been refused before anything was measured.
    fn has_stdout(&self) -> bool {
        self.all().any(|path| destination(path).is_ok_and(|place| place == Destination::Stdout))
    }

    /// Writes the files that were asked for, about the first of the metrics and the window that it is of.
    pub(super) fn write(
        &self,
        benchmark: &ExplainedBenchmark,
        recorder: &mut Recorder<'_>,
        windows: &mut Windows<'_>,
        committed: &mut CommittedSites<'_>,
    ) -> Result<(), Error> {
        let FileArguments { pprof, dhat, folded, flamegraph, difference_flamegraph } = self;
        if !self.is_any() {
            return Ok(());
        }
        let Some(key) = benchmark.metrics.first().map(|metric| metric.metric) else { return Ok(()) };
        let (id, metric) = (benchmark.id.to_string(), key.metric);
        let NamedWindow { profile, table, .. } =
            windows.get(recorder, window_of(key)).map_err(Error::Export)?;
        if let Some(path) = pprof {
            write_pprof(path, profile, &id)?;
        }
        if let Some(path) = dhat {
            write_dhat(path, profile, &id)?;
        }
        if let Some(path) = folded {
            write_folded(path, profile, metric)?;
        }
        if let Some(path) = flamegraph {
            write_flame_graph(path, profile, metric, &id)?;
        }
        if let Some(path) = difference_flamegraph {
            // Only sites of steady windows are committed.
            let base = committed.of(&benchmark.target, &benchmark.id).map_err(Error::Export)?;
            let Some(base) = base.filter(|_| key.phase == Phase::Steady) else {
                return Err(Error::Usage(format!(
                    "--difference-flamegraph: the baseline has no call sites of {id}; `update` records them"
                )));
            };
            let head = profile_of_sites(&StoredSites::of(table, &Metric::ALL));
            write_difference(path, &profile_of_sites(base), &head, metric, &id)?;
        }
        Ok(())
    }
}
