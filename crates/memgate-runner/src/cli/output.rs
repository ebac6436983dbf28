//! Where reports go.

use std::io::{ErrorKind, Write};

use super::arguments::{MeasureArguments, OutputArguments};
use crate::error::Error;
use crate::model::{BenchmarkResult, Run};
use crate::report::{Format, RenderOptions, Report, render};
use crate::store::write_atomically;

/// Writes a report to standard output and to the files that are asked for.
pub(super) fn write_report(
    report: &Report,
    arguments: &OutputArguments,
    command: &str,
    measure: Option<&MeasureArguments>,
) -> Result<(), Error> {
    let options = |color, width| RenderOptions { color, width, ..file_options(arguments, command, measure) };
    for (format, path) in arguments.files()? {
        let text = render(report, format, &file_options(arguments, command, measure));
        write_atomically(&path, &text).map_err(Error::file("write", path))?;
    }
    let color = arguments.format == Format::Terminal && arguments.color.for_stdout();
    let width = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    write_stdout(&render(report, arguments.format, &options(color, width)))
}

/// How to render for a file, which is no terminal.
pub(super) fn file_options(
    arguments: &OutputArguments,
    command: &str,
    measure: Option<&MeasureArguments>,
) -> RenderOptions {
    RenderOptions {
        verbose: arguments.verbose,
        cold: arguments.cold,
        color: false,
        width: None,
        command: command.to_owned(),
        cargo_flags: measure.map(|measure| measure.cargo.build_flags()).unwrap_or_default(),
        filters: measure.map(|measure| measure.select.words()).unwrap_or_default(),
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
        drop(anstream::stderr().write_all(line.as_bytes()));
    }
}

/// Writes to standard output. A reader that has gone, as `head` does, is no error.
pub(super) fn write_stdout(text: &str) -> Result<(), Error> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::file("write to", "standard output")(error))
        }
        _ => Ok(()),
    }
}
