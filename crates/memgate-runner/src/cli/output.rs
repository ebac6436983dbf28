//! Where reports go.

use std::io::Write;

use memgate_report::format::visible;
use memgate_report::model::{BenchmarkResult, Run};
use memgate_report::render::{Format, RenderOptions, render};
use memgate_report::report::Report;
use memgate_report::text::fitted;

use super::arguments::OutputArguments;
use crate::console::shown_on;
use crate::error::Error;
use crate::session::MeasureRequest;
use crate::store::Destination;

/// Writes a report to standard output and to the files that are asked for. Where one of them has standard output, people read
/// theirs on standard error.
///
/// # Errors
/// What could not be written, after all else was.
pub(super) fn write_report(
    report: &Report,
    arguments: &OutputArguments,
    command: &str,
    request: Option<&MeasureRequest>,
) -> Result<(), Error> {
    let files = arguments.files()?;
    let mut failures = Vec::new();
    let mut stream = Destination::Stdout;
    for file in files {
        let text = render(report, file.format, &file_options(arguments, command, request));
        if let Err(problem) = file.destination.write(text.as_bytes()) {
            failures.push(Error::file("write", file.path)(problem));
        }
        if file.destination == Destination::Stdout {
            stream = Destination::Stderr;
        }
    }
    let is_stdout = stream == Destination::Stdout;
    let (color, width) = if is_stdout {
        (arguments.color.for_stdout(), stdout_width())
    } else {
        (arguments.color.for_stderr(), stderr_width())
    };
    let options = RenderOptions {
        color: arguments.format == Format::Terminal && color,
        width,
        ..file_options(arguments, command, request)
    };
    let text = render(report, arguments.format, &options);
    if is_stdout {
        failures.extend(write_stdout(&text).err());
    } else {
        // With standard error closed there is nobody to tell.
        drop(stream.write(shown_on(&text, &std::io::stderr()).as_bytes()));
    }
    Error::of_all(failures)
}

/// How to render for a file, which is no terminal.
pub(super) fn file_options(
    arguments: &OutputArguments,
    command: &str,
    request: Option<&MeasureRequest>,
) -> RenderOptions {
    RenderOptions {
        verbose: arguments.verbose,
        cold: arguments.cold,
        color: false,
        width: None,
        command: command.to_owned(),
        cargo_flags: request.map(|request| request.cargo.build_flags()).unwrap_or_default(),
        filters: request.map(|request| request.selection.words()).unwrap_or_default(),
    }
}

/// Says on standard error what of a run failed, for commands that don't report.
pub(super) fn say_failures(run: &Run) {
    let targets = run.bench_targets.iter().filter_map(|part| {
        let failure = part.failure.as_ref()?;
        Some(format!("error: failed to list {}/{}: {}\n", part.package, part.bench_target, failure.message))
    });
    let benchmarks = run.results().filter_map(|(id, result)| match result {
        BenchmarkResult::Failed(failure) => {
            Some(format!("error: failed to measure {id}: {}\n", failure.message))
        }
        BenchmarkResult::Measured(_) => None,
    });
    for line in targets.chain(benchmarks) {
        // With standard error closed, the exit code still tells.
        drop(anstream::stderr().write_all(visible(&line, true).as_bytes()));
    }
}

/// How wide the terminal is that standard output is. None where it is none.
pub(super) fn stdout_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// How wide the terminal is that standard error is. None where it is none.
pub(super) fn stderr_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0))
}

/// Writes text for people to standard output, no wider than that is.
pub(super) fn write_fitted(text: &str) -> Result<(), Error> {
    write_stdout(&fitted(text, stdout_width()))
}

/// Writes text for people, or what nothing is hidden in, to standard output. A reader that has gone, as `head` does, is no error.
pub(super) fn write_stdout(text: &str) -> Result<(), Error> {
    Destination::Stdout
        .write(shown_on(&visible(text, true), &std::io::stdout()).as_bytes())
        .map_err(Error::file("write to", "standard output"))
}
