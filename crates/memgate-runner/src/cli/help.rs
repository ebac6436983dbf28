//! `help`: a command, the metrics, the exit codes.

use clap::Command;
use memgate_report::rules::Limit;
use memgate_report::text::nearest;

use super::output::write_stdout;
use crate::error::Error;
use crate::exit::ExitCode;

/// Explain a command, the metrics, or the exit codes.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct HelpArguments {
    /// A command, `metrics` or `exit-codes`
    topic: Option<String>,
}

const METRICS: &str = "metrics";
const EXIT_CODES: &str = "exit-codes";

pub(super) fn help(arguments: &HelpArguments, mut program: Command) -> Result<ExitCode, Error> {
    // So that the help of a command says how the whole is called.
    program.build();
    let text = match arguments.topic.as_deref() {
        None => program.render_long_help().to_string(),
        Some(METRICS) => metrics(),
        Some(EXIT_CODES) => exit_codes(),
        Some(topic) => match program.find_subcommand_mut(topic) {
            Some(command) => command.render_long_help().to_string(),
            None => {
                let topics = program.get_subcommands().map(Command::get_name).chain([METRICS, EXIT_CODES]);
                let topics: Vec<&str> = topics.collect();
                let hint = nearest(topic, topics.iter().copied())
                    .map(|nearest| format!("; did you mean `{nearest}`?"))
                    .unwrap_or_else(|| format!("; the topics are {}", topics.join(", ")));
                return Err(Error::Usage(format!("no help on `{topic}`{hint}")));
            }
        },
    };
    write_stdout(&text)?;
    Ok(ExitCode::Passed)
}

fn metrics() -> String {
    use memgate_protocol::{Metric, Unit};

    let mut text = "All metrics are about heap memory requested through the global allocator, by all threads of the \
                    process,\nwithin one window: one execution of the routine, without its set-up and without \
                    dropping its output.\n"
        .to_owned();
    for metric in Metric::ALL {
        let unit = match metric.unit() {
            Unit::Bytes => "bytes",
            Unit::Count => "count",
        };
        let limit = Limit::default_of(metric).shown(metric.unit());
        text +=
            &format!("\n{metric} ({unit}; default limit: {limit})\n{}", wrapped(metric.definition(), 4, 110));
    }
    text + "\nA realloc counts its change in size, as if it happened in place. Only calls that succeed count. Blocks \
            that were\nlive before the window and are freed in it lower the live count. From zero, any rise is beyond \
            the limit.\n\nThe same metrics of the first window of a process are named cold.peak_bytes and so on; they \
            are shown with --cold,\nand gated only when [limits.cold] in memgate.toml says so.\n\nOf a whole \
            command ([[command]] in memgate.toml, and `measure`), they are about all calls of malloc and its kin by all\nthreads of \
            all its processes, from the first instruction of each to its end: the loader's, the C library's and what the\nlanguage does \
            before main are in them. The peak is that of each process, added up; retained_bytes is what was live\nwhen each ended; \
            there is no leaked_bytes, and nothing cold.\n\n\
            Beside them stand two figures of the kernel's, which differ from run to run, and are gated only when `limits` or\n`budget` say \
            so (then by default: > 10 % and > 1.00 MiB):\n\nresident.peak_bytes (bytes)\n    the highest resident memory of the process \
            that had the most: code, stacks and what the allocator keeps are in it\n\ncgroup.peak_bytes (bytes)\n    the highest that was \
            charged to a control group of the command's own, where one can be made: all its processes\n    together, with the files that they \
            were the first to read\n"
}

fn exit_codes() -> String {
    let mut text = "When several hold, the most serious wins: 101, 100, 104, 103.\n\n".to_owned();
    for (code, meaning) in ExitCode::MEANINGS {
        text += &format!("{:>5}{}", code.code(), &wrapped(meaning, 7, 110)[5..]);
    }
    text
}

/// Words on lines of at most `width` characters, each line indented.
fn wrapped(words: &str, indent: usize, width: usize) -> String {
    let mut text = String::new();
    let mut line = " ".repeat(indent);
    for word in words.split(' ') {
        if line.len() > indent && line.len() + 1 + word.len() > width {
            text += &format!("{line}\n");
            line = " ".repeat(indent);
        }
        if line.len() > indent {
            line.push(' ');
        }
        line += word;
    }
    text + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_shown_as_they_are_documented() {
        insta::assert_snapshot!(metrics());
        insta::assert_snapshot!(exit_codes());
    }
}
