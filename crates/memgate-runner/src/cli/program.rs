//! From words to a command, and from its result to an exit code.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use memgate_report::format::visible;

use super::{
    bisect, check, comment, comment_arguments, compare, explain, help, history, init, list, measure, report,
    run, selftest, update, verify,
};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::process::Interrupt;
use crate::store::is_closed_pipe;

/// Measures memory benchmarks, compares them with the numbers that are committed in baselines/, and fails when memory grew.
#[derive(Debug, Parser)]
#[command(
    name = "memgate",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = "Without a command, `check` is meant. `help metrics` and `help exit-codes` explain what is shown.\nBegin with `init`; https://github.com/memgate/memgate has the documentation, and docs/GLOSSARY.md the words."
)]
struct Program {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: check::CheckArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build, measure, compare with the baselines, report, and exit with the verdict
    Check(check::CheckArguments),
    /// Write the baselines: what is new, gone, or changed beyond its limit
    Update(update::UpdateArguments),
    /// Measure only, and write the run as JSON
    Run(run::RunArguments),
    /// List the benchmarks
    List(list::ListArguments),
    /// Show the call sites of benchmarks, and write profiles and flame graphs
    Explain(explain::ExplainArguments),
    /// Measure two revisions, and compare them
    Compare(compare::CompareArguments),
    /// Find the commit that raised a metric
    Bisect(bisect::BisectArguments),
    /// Show the exact heap numbers of any command, without a project
    Measure(measure::CommandArguments),
    /// Put what several jobs or platforms measured together, and report
    Report(report::ReportArguments),
    /// Put a report on its pull request, as one comment that is brought up to date
    ///
    /// The token is taken from GITHUB_TOKEN or GH_TOKEN, and needs the permission `pull-requests: write`.
    ///
    /// This needs memgate with the feature `github`: `cargo install memgate-runner --features github`, or, in a project with
    /// an xtask, `cargo run --package xtask --features memgate-runner/github -- memgate comment …`. Only --dry-run works
    /// without.
    Comment(comment_arguments::CommentArguments),
    /// Numbers over time, in git notes: record, show, check, html, import, prune
    History(history::HistoryArguments),
    /// Measure twice, and with the counters of stats_alloc and dhat, and say where they disagree
    Verify(verify::VerifyArguments),
    /// Make benchmarks allocate more on purpose, and require a red verdict for each
    Selftest(selftest::SelftestArguments),
    /// Set a project up: a first benchmark, `cargo xtask memgate`, memgate.toml, workflows
    Init(init::InitArguments),
    /// Explain a command, the metrics, or the exit codes
    Help(help::HelpArguments),
}

/// The command line. What `bisect` can't do is not in its help.
pub(super) fn definition() -> clap::Command {
    Program::command().mut_subcommand("bisect", bisect::adapted)
}

/// Runs the tool. `command` is how it is called, for messages: `cargo memgate`, `cargo xtask memgate`.
///
/// Everything is said on standard output and error; the exit code is that of [`ExitCode`].
pub(crate) fn run_program(command: &str, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    Interrupt::forget_earlier();
    let words = std::iter::once(OsString::from(command)).chain(arguments);
    let parser = definition().bin_name(command);
    let program =
        match parser.try_get_matches_from(words).and_then(|matches| Program::from_arg_matches(&matches)) {
            Ok(program) => program,
            Err(error) => {
                let printed = error.print().and_then(|()| std::io::Write::flush(&mut std::io::stdout()));
                return match printed {
                    _ if error.use_stderr() => ExitCode::Usage,
                    // A closed pipe is no reason for another exit code.
                    Err(problem) if !is_closed_pipe(&problem) => {
                        let error = Error::file("write to", "standard output")(problem);
                        say_error(&error);
                        ExitCode::from(&error)
                    }
                    _ => ExitCode::Passed,
                };
            }
        };
    if let Err(problem) = std::env::current_dir() {
        let folder = std::env::var_os("PWD").unwrap_or_else(|| ".".into());
        let error = Error::file("find the current folder", folder)(problem);
        say_error(&error);
        return ExitCode::from(&error);
    }
    let result = match program.command {
        None => match misplaced_command(&program.check) {
            Some(word) => Err(Error::Usage(format!(
                "`{word}` after an option would be a filter; put the command first: `{command} {word} …` (for benchmarks \
                 with this name, use a longer part of their ids)"
            ))),
            None => check::check(&program.check, command),
        },
        Some(Command::Check(arguments)) => check::check(&arguments, command),
        Some(Command::Update(arguments)) => update::update(&arguments, command),
        Some(Command::Run(arguments)) => run::run(&arguments, command),
        Some(Command::List(arguments)) => list::list(&arguments, command),
        Some(Command::Explain(arguments)) => explain::explain(&arguments, command),
        Some(Command::Compare(arguments)) => compare::compare_revisions(&arguments, command),
        Some(Command::Bisect(arguments)) => bisect::bisect(&arguments, command),
        Some(Command::Measure(arguments)) => measure::measure(&arguments),
        Some(Command::Report(arguments)) => report::report(&arguments, command),
        Some(Command::Comment(arguments)) => comment::comment(&arguments, command),
        Some(Command::History(arguments)) => history::history(&arguments, command),
        Some(Command::Verify(arguments)) => verify::verify(&arguments, command),
        Some(Command::Selftest(arguments)) => selftest::selftest(&arguments, command),
        Some(Command::Init(arguments)) => init::init(&arguments),
        Some(Command::Help(arguments)) => help::help(&arguments, definition().bin_name(command)),
    };
    result.unwrap_or_else(|error| {
        // Of Ctrl-C cargo dies as well, and whatever it was asked has failed then.
        let error = if Interrupt::was_pressed_by_now() { Error::Interrupted } else { error };
        if matches!(error, Error::NotSetUp) {
            say(&not_set_up(command));
        } else {
            say_error(&error);
        }
        ExitCode::from(&error)
    })
}

/// What memgate is, and where to begin, for whoever has just installed it.
fn not_set_up(command: &str) -> String {
    // Elsewhere a command has to be built for it.
    let any_command = if cfg!(target_os = "linux") {
        format!(
            "`{command} measure -- COMMAND` shows the heap numbers of any command at once, without a project.\n"
        )
    } else {
        String::new()
    };
    format!(
        "memgate measures the memory of benchmarks, and fails when it grows. This project has none of its benchmarks yet.\n\
         `{command} init` sets the project up with a first one (--dry-run only shows it); then `{command} update`, and `{command}` to compare.\n\
         {any_command}"
    )
}

/// A filter that is the name of a command. Green with nothing but that filter's benchmarks would be a lie.
fn misplaced_command(arguments: &check::CheckArguments) -> Option<String> {
    let program = definition();
    let mut filters = arguments.measure.select.filters.iter();
    filters.find(|filter| program.get_subcommands().any(|command| command.get_name() == *filter)).cloned()
}

fn say_error(error: &Error) {
    let red = anstyle::Style::new().fg_color(Some(anstyle::AnsiColor::Red.into())).bold();
    say(&format!("{red}error{red:#}: {}\n", visible(&error.to_string(), false)));
}

fn say(text: &str) {
    // With standard error closed there is nobody to tell.
    drop(std::io::Write::write_all(&mut anstream::stderr(), text.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Program, clap::Error> {
        let words = std::iter::once("memgate").chain(line.split_whitespace());
        definition().try_get_matches_from(words).and_then(|matches| Program::from_arg_matches(&matches))
    }

    #[test]
    fn the_definition_is_consistent() {
        definition().debug_assert();
    }

    #[test]
    fn without_a_command_words_are_filters() {
        let program = parse("parser/ json --strict -p parser").unwrap();
        assert!(program.command.is_none());
        assert_eq!(program.check.measure.select.filters, ["parser/", "json"]);
        assert!(program.check.strict);
        assert!(matches!(parse("update --all").unwrap().command, Some(Command::Update(_))));
    }

    #[test]
    fn a_command_after_an_option_is_no_filter() {
        assert_eq!(misplaced_command(&parse("--strict check").unwrap().check), Some("check".into()));
        assert_eq!(misplaced_command(&parse("-p two update").unwrap().check), Some("update".into()));
        assert_eq!(misplaced_command(&parse("--strict checksum").unwrap().check), None);
    }

    #[test]
    fn slips_are_usage_errors() {
        assert!(parse("--stict").is_err());
        assert!(parse("check --jobs 0").is_err());
        assert!(parse("report").is_err(), "there is nothing to report on");
        assert!(parse("--time-limit 1h").is_err());
    }
}
