//! What is shown while work is done: a bar on a terminal, plain lines elsewhere, on standard error.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use memgate_report::format::visible;
use memgate_report::model::BenchmarkId;
use memgate_report::text::{BENCHMARKS, in_ascii};

use crate::measure::Progress;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` or `CARGO_TERM_COLOR` says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Whether to colour what goes to standard output.
    #[must_use]
    pub(crate) fn for_stdout(self) -> bool {
        self.for_stream(|| anstream::AutoStream::choice(&std::io::stdout()))
    }

    /// Whether to colour what goes to standard error.
    #[must_use]
    pub(crate) fn for_stderr(self) -> bool {
        self.for_stream(|| anstream::AutoStream::choice(&std::io::stderr()))
    }

    fn for_stream(self, detected: impl Fn() -> anstream::ColorChoice) -> bool {
        let says = |choice: &str| std::env::var("CARGO_TERM_COLOR").is_ok_and(|value| value == choice);
        match self {
            Self::Always => true,
            Self::Never => false,
            // The common variable first: it is set by people who want no colours from anyone.
            Self::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
            Self::Auto if says("always") => true,
            Self::Auto if says("never") => false,
            Self::Auto => detected() != anstream::ColorChoice::Never,
        }
    }
}

/// Text as a stream shows it: in ASCII on a terminal that the locale says to show no UTF-8.
///
/// Files, pipes and CI's logs are UTF-8 whatever the locale, which is mostly not set there; and a dumb terminal may show every
/// character that there is. On Windows, the standard library writes to a console in UTF-16, so its code page does not matter.
pub(crate) fn shown_on<'a>(text: &'a str, stream: &impl IsTerminal) -> Cow<'a, str> {
    if stream.is_terminal() && !is_utf8(|name| std::env::var(name).ok()) {
        Cow::Owned(in_ascii(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether the locale's encoding is UTF-8, or nobody has said one. The first variable that has a value decides, as POSIX has it.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    set.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Says on standard error what is going on.
#[derive(Debug)]
pub(crate) struct Console {
    quiet: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Console {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet, bar: Mutex::new(None) }
    }

    /// One line about what is going on.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            // A closed standard error is no reason to stop.
            drop(std::io::Write::write_all(
                &mut anstream::stderr(),
                format!("{}\n", visible(line, true)).as_bytes(),
            ));
        }
    }

    /// Ends the bar.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.lock().take() {
            bar.finish_and_clear();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Moves the bar's clock on until it is finished. Indicatif's own ticker panics where no thread can be started; without one,
/// the bar moves when a benchmark is done.
fn tick(bar: &ProgressBar) {
    let bar = bar.downgrade();
    // An error means that there is none.
    let _ = std::thread::Builder::new().spawn(move || {
        while let Some(bar) = bar.upgrade().filter(|bar| !bar.is_finished()) {
            bar.tick();
            drop(bar);
            std::thread::sleep(Duration::from_millis(200));
        }
    });
}

impl Progress for Console {
    fn begin(&self, work: &'static str, benchmarks: usize) {
        if self.quiet {
            return;
        }
        let is_terminal = std::io::stderr().is_terminal();
        let is_wanted = std::env::var("CARGO_TERM_PROGRESS_WHEN").map_or_else(
            // As cargo has it: no bars in CI, even where it offers a terminal.
            |_| std::env::var_os("CI").is_none() && std::env::var("TERM").map_or(true, |term| term != "dumb"),
            |when| when != "never",
        );
        if !is_terminal || !is_wanted {
            self.say(&format!("   {work:>9} {}", BENCHMARKS.counted(benchmarks)));
            return;
        }
        let style = ProgressStyle::with_template("   {prefix:>9} [{bar:24}] {pos}/{len} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(
            Some(u64::try_from(benchmarks).unwrap_or(u64::MAX)),
            ProgressDrawTarget::stderr_with_hz(15),
        );
        bar.set_style(style);
        bar.set_prefix(work);
        tick(&bar);
        *self.lock() = Some(bar);
    }

    fn done(&self, id: &BenchmarkId) {
        if let Some(bar) = self.lock().as_ref() {
            bar.set_message(visible(&id.to_string(), false).into_owned());
            bar.inc(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_says_what_a_terminal_shows() {
        let of = |variables: &[(&str, &str)]| {
            is_utf8(|name| {
                variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(of(&[]));
        assert!(of(&[("LANG", "C.UTF-8")]));
        assert!(of(&[("LC_ALL", ""), ("LANG", "de_DE.utf8")]));
        assert!(of(&[("LC_CTYPE", "en_US.UTF-8"), ("LANG", "C")]));
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!of(&[("LANG", "de_DE.ISO-8859-1")]));
    }
}
