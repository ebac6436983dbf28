//! The command line of a bench target: what libtest's has, so that cargo and cargo-nextest can drive it.

use std::ffi::OsString;

/// What the process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Measure and print a table: what `cargo bench` asks for with `--bench`.
    Table,
    /// Run each benchmark once: what `cargo test --benches` asks for.
    Test,
    /// Name the benchmarks.
    List,
    /// Explain the command line.
    Help,
}

/// How `--list` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListFormat {
    Pretty,
    Terse,
}

/// A parsed command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) action: Action,
    pub(super) list_format: ListFormat,
    /// `--ignored`: only ignored benchmarks, of which there are none.
    pub(super) only_ignored: bool,
    pub(super) quiet: bool,
    exact: bool,
    filters: Vec<String>,
    skips: Vec<String>,
}

pub(super) const HELP: &str = "\
Usage: cargo bench --bench NAME -- [OPTIONS] [FILTER...]

A FILTER is a part of a benchmark's name; several select what any of them selects.

Options:
      --exact          A filter is a whole name
      --skip FILTER    Leave out what the filter selects (may be repeated)
      --list           List the benchmarks instead of running them
      --format FORMAT  How --list prints: pretty or terse
      --bench          Measure and print a table (cargo bench says this)
      --test           Run each benchmark once, without measuring
  -q, --quiet          Print less
  -h, --help           Print this

The options of libtest that have no meaning here are accepted and ignored.
";

/// Options of libtest that take a value and have no meaning here.
const IGNORED_WITH_VALUE: [&str; 5] = ["--color", "--test-threads", "--logfile", "-Z", "--shuffle-seed"];
/// Flags of libtest that have no meaning here.
const IGNORED: [&str; 9] = [
    "--nocapture",
    "--no-capture",
    "--show-output",
    "--include-ignored",
    "--force-run-in-process",
    "--exclude-should-panic",
    "--ensure-time",
    "--report-time",
    "--shuffle",
];

impl Arguments {
    /// Parses a command line without the program's name.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn parse(line: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut arguments = Self {
            action: Action::Test,
            list_format: ListFormat::Pretty,
            only_ignored: false,
            quiet: false,
            exact: false,
            filters: Vec::new(),
            skips: Vec::new(),
        };
        let (mut bench, mut test, mut list) = (false, false, false);
        let mut line = line.into_iter().map(|word| word.to_string_lossy().into_owned());
        let mut only_filters = false;
        while let Some(word) = line.next() {
            if only_filters || !word.starts_with('-') {
                arguments.filters.push(word);
                continue;
            }
            let (name, attached) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word, None),
            };
            let mut value =
                || attached.clone().or_else(|| line.next()).ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--" => only_filters = true,
                "--bench" => bench = true,
                "--test" => test = true,
                "--list" => list = true,
                "--exact" => arguments.exact = true,
                "--ignored" => arguments.only_ignored = true,
                "-q" | "--quiet" => arguments.quiet = true,
                "-h" | "--help" => arguments.action = Action::Help,
                "--skip" => arguments.skips.push(value()?),
                "--format" => {
                    arguments.list_format = match value()?.as_str() {
                        "terse" => ListFormat::Terse,
                        "pretty" => ListFormat::Pretty,
                        other => return Err(format!("--format {other}: the formats are pretty and terse")),
                    };
                }
                name if IGNORED_WITH_VALUE.contains(&name) => drop(value()?),
                name if IGNORED.contains(&name) => {}
                name => return Err(format!("unknown option {name}")),
            }
        }
        if arguments.action != Action::Help {
            arguments.action = match (list, bench && !test) {
                (true, _) => Action::List,
                (false, true) => Action::Table,
                (false, false) => Action::Test,
            };
        }
        Ok(arguments)
    }

    /// Whether a benchmark is asked for.
    pub(super) fn selects(&self, name: &str) -> bool {
        let matches =
            |filter: &String| if self.exact { name == filter } else { name.contains(filter.as_str()) };
        !self.only_ignored
            && (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skips.iter().any(matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn cargo_and_nextest_say_what_to_do() {
        assert_eq!(parse("--bench").unwrap().action, Action::Table);
        assert_eq!(parse("").unwrap().action, Action::Test);
        assert_eq!(parse("--bench --test").unwrap().action, Action::Test);
        let listed = parse("--list --format terse").unwrap();
        assert_eq!((listed.action, listed.list_format), (Action::List, ListFormat::Terse));
        assert_eq!(parse("build/10 --nocapture --exact").unwrap().action, Action::Test);
        assert_eq!(parse("--list -h").unwrap().action, Action::Help);
    }

    #[test]
    fn filters_are_those_of_libtest() {
        let any = parse("a b --skip=ab").unwrap();
        assert!(any.selects("xa") && any.selects("b") && !any.selects("c") && !any.selects("ab"));
        let exact = parse("a --exact").unwrap();
        assert!(exact.selects("a") && !exact.selects("ab"));
        assert!(!parse("--ignored").unwrap().selects("a"));
        assert!(parse("-- --odd").unwrap().selects("x--odd"));
        // The one takes a value and the other does not.
        let ignored = parse("--color never --report-time a").unwrap();
        assert!(ignored.selects("a") && !ignored.selects("never"));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse("--skip").unwrap_err(), "--skip needs a value");
        assert_eq!(parse("--lisst").unwrap_err(), "unknown option --lisst");
        assert_eq!(parse("--format json").unwrap_err(), "--format json: the formats are pretty and terse");
    }
}
