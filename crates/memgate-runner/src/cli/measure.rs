//! `measure`: the heap numbers of any command.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use memgate_protocol::Metric;
use memgate_report::command::{CommandOptions, ExpectedEnd, print_command, render_command};
use memgate_report::format::visible;
use memgate_report::sites::Profile;

use super::output::{stderr_width, write_stdout};
use crate::command::{CommandRequest, Surroundings};
use crate::console::{ColorChoice, Console, shown_on};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::process::Interrupt;
use crate::session::{
    MeasuredCommand, check_output, destination, measure_command, write_flame_graph, write_pprof,
};
use crate::store::Destination;

/// Show the exact heap numbers of any command, without a project
///
/// Counts what all its processes allocate, by putting a library in front of their malloc: on Linux with glibc, of programs that share
/// it. What can't be seen so (a static program, Go, an allocator of its own) is said to have failed, and never counted as a part. A
/// program of Rust's can count by itself, there and on Windows and macOS (docs/COMMANDS.md).
///
/// The command reads and prints as it would without memgate; the report goes to standard error.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CommandArguments {
    /// The command, and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    words: Vec<OsString>,
    /// Kill the command after so many seconds, and fail
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
    /// The exit code that the command is to have
    #[arg(long, value_name = "CODE", default_value_t = 0, value_parser = clap::value_parser!(i32).range(0..=255))]
    expect_exit: i32,
    /// Record no call sites, which is faster
    #[arg(long, help_heading = "Call sites", conflicts_with_all = ["flamegraph", "pprof"])]
    no_sites: bool,
    /// Write a flame graph of what was live at the peak, as SVG
    #[arg(long, value_name = "PATH", help_heading = "Call sites")]
    flamegraph: Option<PathBuf>,
    /// Write a profile for pprof, and beside it one of the peak (`….peak.pb.gz`)
    #[arg(long, value_name = "PATH", help_heading = "Call sites")]
    pprof: Option<PathBuf>,
    /// Write everything as JSON to standard output; what the command prints there goes to standard error
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Show all programs and all call sites
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

pub(super) fn measure(arguments: &CommandArguments) -> Result<ExitCode, Error> {
    let Some((program, rest)) = arguments.words.split_first() else {
        return Err(Error::Usage("which command? put it after `--`".to_owned()));
    };
    let has_stdout = arguments.check_files()?;
    let request = CommandRequest {
        program: program.clone(),
        arguments: rest.to_vec(),
        has_sites: !arguments.no_sites,
        time_limit: arguments.timeout.map(Duration::from_secs),
        surroundings: Surroundings::Tools { takes_stdout: arguments.json || has_stdout },
    };
    let expected = ExpectedEnd { exit_code: arguments.expect_exit };
    let interrupt = Interrupt::listen();
    let MeasuredCommand { report, profile } = measure_command(&request, expected, &interrupt)?;
    let mut failures = Vec::new();
    if arguments.json {
        failures.extend(write_stdout(&print_command(&report)).err());
    } else {
        let options = CommandOptions {
            all: arguments.verbose,
            color: arguments.color.for_stderr(),
            width: stderr_width(),
        };
        let text = render_command(&report, options);
        // With standard error closed there is nobody to tell.
        drop(Destination::Stderr.write(shown_on(&visible(&text, true), &std::io::stderr()).as_bytes()));
    }
    match &profile {
        Some(profile) => failures.extend(arguments.write_files(profile, &report.command.join(" "))),
        None if arguments.files().next().is_some() => {
            let why = match report.totals {
                Some(_) => "what counts by itself has no call sites",
                None => "a part of the command was not seen",
            };
            Console::new(false).say(&format!("warning: no file was written, since {why}"));
        }
        None => {}
    }
    Error::of_all(failures)?;
    Ok(ExitCode::from(&report))
}

impl CommandArguments {
    fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.flamegraph.iter().chain(&self.pprof)
    }

    /// Looks whether files can be written, while the command has not run yet. Whether one of them is standard output.
    fn check_files(&self) -> Result<bool, Error> {
        if let Some(path) = &self.pprof
            && !matches!(destination(path)?, Destination::File(_))
        {
            return Err(Error::Usage(
                "--pprof writes two files side by side; give it the name of one".to_owned(),
            ));
        }
        let mut places = Vec::new();
        for path in self.files() {
            check_output(path)?;
            places.push(destination(path)?);
        }
        let has_stdout = places.contains(&Destination::Stdout);
        if has_stdout && self.json {
            return Err(Error::Usage(
                "--json writes to standard output; give the flame graph a file".to_owned(),
            ));
        }
        if let [one, other] = &places[..]
            && one == other
            && !one.takes_several()
        {
            return Err(Error::Usage(
                "two files are to have one name; give each a name of its own".to_owned(),
            ));
        }
        Ok(has_stdout)
    }

    /// Writes the files that were asked for. What could not be.
    fn write_files(&self, profile: &Profile, name: &str) -> Vec<Error> {
        let graph = |path| write_flame_graph(path, profile, Metric::PeakBytes, name);
        let flame_graph = self.flamegraph.as_deref().and_then(|path| graph(path).err());
        let pprof = self.pprof.as_deref().and_then(|path| write_pprof(path, profile, name).err());
        flame_graph.into_iter().chain(pprof).collect()
    }
}
